internal import Foundation

extension Workspace {
    /// Trains again from the records, in an empty folder, through no cache of this workspace, and compares every bit.
    ///
    /// The records are placed afresh from the key and their names, trained from the initial state, and stored in a workspace of
    /// their own. Then the digests of slices, the keys, the checkpoints' bytes and the probabilities of `texts` must all be the same.
    /// `shard`: Only this one; nil: all.
    package func verify(
        shard: Int? = nil, texts: [String] = Verifier.texts, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in }, waiting: () -> Void = {}
    ) throws -> VerificationReport {
        if let shard, shard < 0 || shard >= recipe.shards {
            throw WorkspaceError.noSuchShard(shard + 1, shards: recipe.shards)
        }
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        try sweep()
        defer { try? sweep() }
        return try Verifier(subject: self, shards: shard.map { [$0] }, threads: threads, progress: progress)
            .run(texts: texts, in: files.verification)
    }
}
