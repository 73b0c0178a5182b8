internal import Engine
internal import Foundation

/// Features on disk: one file a slice, beside the records, so that what lies below the adapted layers is computed once a record.
///
/// A file holds the longest beginning of its slice, in canonical order, that fits into the slice's share of the budget. So its bytes
/// are a function of the live records, the trunk and the workspace's key: a slice that lost a record has the file of one that never
/// had it. It holds no id and no text, and is no more than a cache: what is missing, damaged or of another trunk is computed.
struct FeatureStore: Sendable {
    let root: URL
    let key: FeatureKey
    let precision: FeaturePrecision
    /// Bytes that a slice's file may have.
    let share: Int
    /// Bytes that stay free on the disk: checkpoints and the ledger need room, and a cache must not take the last of it.
    let reserve: Int

    init(_ root: URL, _ recipe: Recipe, _ key: WorkspaceKey, backbone: [UInt8], reserve: Int = 64 << 20) {
        self.root = root
        self.reserve = reserve
        self.key = FeatureKey(recipe, key, backbone: backbone)
        precision = recipe.features.precision
        share = recipe.features.budget / (recipe.shards * recipe.slices)
    }

    func folder(shard: Int) -> URL { root.appending(path: "shard-\(shard + 1)") }

    func url(_ cell: Cell) -> URL {
        folder(shard: cell.shard).appending(path: Self.name(slice: cell.slice))
    }

    private static func name(slice: Int) -> String { "slice-\(slice + 1).features" }

    /// The file of a slice, every byte checked; nil where there is none to be trusted.
    func read(_ cell: Cell) -> FeatureFile? {
        guard let file = FeatureFile(url(cell), cell, key, precision), file.isGenuine(key) else { return nil }
        return file
    }

    /// Takes out of a slice's file every entry that is not of one of these records, before this returns and durably.
    ///
    /// A file that cannot be trusted, or cannot be written anew, goes as a whole. Half-written files of the shard go too.
    func keep(_ live: [Record], _ cell: Cell) throws {
        let url = url(cell)
        let names = try DurableFile.names(in: folder(shard: cell.shard))
        let leftovers = names.filter { $0.hasPrefix(DurableFile.temporaryPrefix) }
            .map { folder(shard: cell.shard).appending(path: $0) }
        if let file = read(cell) {
            let wanted = Set(live.map(key.name))
            let left = file.entries.filter { wanted.contains($0.name) }
            // Synced all the same: a killed process may have done it, and not have come to that.
            if left.count == file.entries.count { return try DurableFile.remove(leftovers, in: url) }
            if !left.isEmpty {
                do {
                    try DurableFile.remove(leftovers, isCertain: false)
                    return try write(cell, width: file.width) { writer in
                        for entry in left { try writer.add(entry, of: file) }
                    }
                } catch is StorageError {
                    // Without room for the new file the old one must go all the same.
                }
            }
        }
        try DurableFile.remove(leftovers + [url])
    }

    /// Destroys whatever in a shard's folder is no file of this trunk that belongs to one of these slices.
    func sweep(shard: Int, slices: Set<Int>) throws {
        let folder = folder(shard: shard)
        let wanted = Dictionary(uniqueKeysWithValues: slices.map { (Self.name(slice: $0), $0) })
        let stale = try DurableFile.names(in: folder).filter { name in
            guard let slice = wanted[name] else { return true }
            return !isOurs(Cell(shard: shard, slice: slice))
        }
        // Synced in any case: a process that was killed may have written files and not have come to that.
        try DurableFile.remove(stale.map { folder.appending(path: $0) }, in: url(Cell(shard: shard, slice: 0)))
    }

    /// Whether a file of so many bytes leaves the disk its reserve.
    func hasRoom(for bytes: Int) -> Bool {
        guard let free = DurableFile.freeBytes(near: root) else { return true }
        return bytes <= free && free - bytes >= reserve
    }

    /// Bytes of all files.
    func storedBytes() throws -> Int {
        try shardsOnDisk().reduce(0) { sum, shard in
            let folder = folder(shard: shard)
            return try DurableFile.names(in: folder).reduce(sum) {
                try $0 + (DurableFile.size(folder.appending(path: $1)) ?? 0)
            }
        }
    }

    /// Shards that have a folder.
    func shardsOnDisk() throws -> [Int] {
        try DurableFile.names(in: root).compactMap { name in
            guard name.hasPrefix("shard-"), let number = Int(name.dropFirst(6)), number > 0 else { return nil }
            return number - 1
        }
    }

    /// A look at a file's first bytes, and at its size.
    private func isOurs(_ cell: Cell) -> Bool {
        guard let map = MappedFile(url(cell)), map.count >= FeatureFile.headerBytes, map.count <= share else {
            return false
        }
        let head = FeatureFile.magic + key.place(cell)
        return map.bytes(0..<head.count) == head
    }

    func write(_ cell: Cell, width: Int, _ entries: (inout FeatureWriter) throws -> Void) throws {
        // Of a cache, so that one which is there need not be made durable again.
        for folder in [root, folder(shard: cell.shard)] where try !DurableFile.exists(folder) {
            try DurableFile.makeFolder(folder)
        }
        try DurableFile.write(to: url(cell)) { sink in
            var writer = try FeatureWriter(key, cell, width: width, to: sink)
            try entries(&writer)
            try writer.finish()
        }
    }
}
