package import Foundation

/// Checkpoints on disk: one compressed file a stage, named by its key, a folder a shard.
///
/// The files are the truth about what exists. Which of them should exist is asked of the plan, never of the folder.
package struct CheckpointStore: Sendable {
    private let root: URL
    private static let suffix = ".safetensors.planes.zst"

    /// Opens a folder of checkpoints; nothing is read or made.
    package init(_ root: URL) {
        self.root = root
    }

    private func folder(shard: Int) -> URL {
        root.appending(path: "shard-\(shard + 1)")
    }

    func url(_ key: CheckpointKey, shard: Int) -> URL {
        folder(shard: shard).appending(path: key.description + Self.suffix)
    }

    /// Whether there is a file of this name. Its content is not looked at.
    package func contains(_ key: CheckpointKey, shard: Int) throws(StorageError) -> Bool {
        try DurableFile.exists(url(key, shard: shard))
    }

    /// Makes a shard's folder, durably.
    func prepare(shard: Int) throws(StorageError) {
        // Every file in it was written after this, so where there is one the folder is durable already.
        let names = try DurableFile.names(in: folder(shard: shard))
        if names.contains(where: { $0.hasSuffix(Self.suffix) && !$0.hasPrefix(DurableFile.temporaryPrefix) }) { return }
        try DurableFile.makeFolder(root)
        try DurableFile.makeFolder(folder(shard: shard))
    }

    /// Stores a checkpoint in a folder that `prepare` made; returns the bytes on disk. It counts once `commit` has
    /// returned.
    ///
    /// `seed`: The recipe's, so that what no stage has trained yet takes no room; nil: all is stored.
    func write(
        _ checkpoint: Checkpoint, _ key: CheckpointKey, shard: Int, seed: UInt64? = nil
    ) throws(StorageError) -> Int {
        let initial = seed.map { InitialTensors(seed: $0, shard: shard) }
        let packed = try Packing.pack(checkpoint.content, initial: initial)
        try DurableFile.writeContent(packed, to: url(key, shard: shard))
        return packed.count
    }

    /// Makes everything durable that was written for a shard.
    func commit(shard: Int) throws(StorageError) {
        try DurableFile.syncName(of: folder(shard: shard).appending(path: "-"))
    }

    /// The checkpoint, if it is there and its content has the size and digest that the ledger holds; else nil. A file
    /// that may not be read, or a link, is an error: it says nothing of the checkpoint.
    package func read(
        _ key: CheckpointKey, shard: Int, size: Int, digest: [UInt8]
    ) throws(StorageError) -> Checkpoint? {
        let packed: [UInt8]?
        do throws(StorageError) {
            packed = try DurableFile.contents(url(key, shard: shard))
        } catch {
            guard error.isDamage else { throw error }
            return nil
        }
        guard let packed, let content = Packing.unpack(packed, size: size) else { return nil }
        let checkpoint = Checkpoint(content: content)
        return checkpoint.digest == digest ? checkpoint : nil
    }

    /// Destroys every file of a shard that no key asks for, half-written ones included. Returns how many.
    ///
    /// Looks into this shard's folder only: what a deletion costs does not grow with the number of shards.
    @discardableResult
    package func removeAll(shard: Int, except keys: Set<CheckpointKey>) throws(StorageError) -> Int {
        let folder = folder(shard: shard)
        let names = try DurableFile.names(in: folder)
        let wanted = Set(keys.map { $0.description + Self.suffix })
        let stale = names.filter { !wanted.contains($0) }
        // Synced even where nothing is left to remove: a killed process may have removed it, and not have come to that.
        try DurableFile.remove(stale.map { folder.appending(path: $0) }, in: folder.appending(path: "-"))
        return stale.count
    }

    /// Shards that have a folder, so that what an older plan left behind is found.
    package func shardsOnDisk() throws(StorageError) -> [Int] {
        try DurableFile.names(in: root).compactMap { name in
            guard name.hasPrefix("shard-"), let number = Int(name.dropFirst(6)), number > 0 else { return nil }
            return number - 1
        }
    }
}
