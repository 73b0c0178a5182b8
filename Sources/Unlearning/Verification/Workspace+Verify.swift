package import Foundation

extension Workspace {
    /// Trains again from the records, in an empty folder, through no cache of this workspace, and compares every bit.
    ///
    /// The records are placed afresh from the key and their names, trained from the initial state, and stored in a
    /// workspace of their own. Then the digests of slices, the keys, the checkpoints' bytes and the probabilities of
    /// `texts` must all be the same. `shard`: Only this one; nil: all. `scratch`: Where to train; nil: inside the
    /// workspace.
    package func verify(
        shard: Int? = nil, texts: [String] = Verifier.texts, scratch: URL? = nil, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in }, waiting: () -> Void = {}
    ) throws -> VerificationReport {
        if let shard, shard < 0 || shard >= recipe.shards {
            throw WorkspaceError.noSuchShard(shard + 1, shards: recipe.shards)
        }
        return try training(in: scratch, sweeps: true, waiting: waiting) { folder in
            try Verifier(subject: self, shards: shard.map { [$0] }, threads: threads, progress: progress)
                .run(texts: texts, in: folder)
        }
    }

    /// Calls `body` with a folder to train in, which is removed afterwards.
    ///
    /// Inside the workspace nobody else writes meanwhile. In `scratch` the workspace may be one that cannot be written,
    /// such as a snapshot; where it can, nobody does. `sweeps`: Whether what killed commands left inside the workspace
    /// is removed or finished first, as every command that writes does.
    func training<Result>(
        in scratch: URL?, sweeps: Bool, waiting: () -> Void, _ body: (URL) throws -> Result
    ) throws -> Result {
        guard let scratch else {
            let lock = try WorkspaceLock(files[.lock], waiting: waiting)
            defer { withExtendedLifetime(lock) {} }
            if sweeps { _ = try Session(self, Session.Beginning(threads: 1), lock: lock) }
            try DurableFile.removeFolder(files[.verification])
            defer { try? DurableFile.removeFolder(files[.verification]) }
            return try body(files[.verification])
        }
        let folder = WorkspaceFiles(root: scratch.appending(path: "sisa-" + Evidence.randomRequestID())).root
        guard !(folder.path + "/").hasPrefix(root.path + "/") else {
            throw WorkspaceError.insideWorkspace(path: scratch.path)
        }
        guard FileManager.default.fileExists(atPath: scratch.path) else {
            throw StorageError.notWritable(path: scratch.path)
        }
        defer { try? DurableFile.removeFolder(folder) }
        return try whileNobodyWrites(waiting) { try body(folder) } ?? body(folder)
    }
}
