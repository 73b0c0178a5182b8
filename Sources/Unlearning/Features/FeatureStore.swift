internal import Engine
internal import Foundation

/// Features on disk: one file a slice, beside the records, so that what lies below the adapted layers is computed once
/// a record.
///
/// A file holds the longest beginning of its slice, in canonical order, that fits into the slice's share of the budget.
/// So its bytes are a function of the live records, the trunk and the workspace's key: a slice that lost a record has
/// the file of one that never had it. It holds no id and no text, and is no more than a cache: what is missing, damaged
/// or of another trunk is computed.
struct FeatureStore: Sendable {
    /// The folder of all files, with one for each shard.
    let root: URL
    /// Names and vouches for what is stored.
    let key: FeatureKey
    /// What features are rounded to.
    let precision: FeaturePrecision
    /// Bytes that a slice's file may have.
    let share: Int
    /// Bytes that stay free on the disk: checkpoints and the ledger need room, and a cache must not take the last of
    /// it.
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
    /// A file that cannot be trusted, or cannot be written anew, goes as a whole. Half-written files of the shard go
    /// too.
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

    /// Takes over the files of cells that are the same in another shape of the plan, whole ones that fit: what was
    /// computed once need not be again. A cache: whatever fails is left out, and what is wrong is noticed when it is
    /// read.
    func take(_ other: FeatureStore, _ old: [[SliceSummary]], _ new: [[SliceSummary]]) {
        for shard in new.indices.prefix(old.count) {
            let same = new[shard].indices.prefix(old[shard].count).filter {
                new[shard][$0] == old[shard][$0] && new[shard][$0].records > 0
            }
            for slice in same {
                let cell = Cell(shard: shard, slice: slice)
                guard let file = other.read(cell), file.entries.count == new[shard][slice].records,
                    let size = try? DurableFile.size(other.url(cell)), size <= share
                else { continue }
                try? DurableFile.makeFolder(root)
                try? DurableFile.makeFolder(folder(shard: shard))
                try? DurableFile.link(other.url(cell), to: url(cell))
            }
            if !same.isEmpty { try? DurableFile.syncName(of: url(Cell(shard: shard, slice: 0))) }
        }
    }
}

extension FeatureStore {
    /// The features of a slice's live records where its file holds exactly those, in canonical order; else nil.
    func whole(_ cell: Cell, _ records: [Record]) -> [Features]? {
        guard let held = FeatureFile(url(cell), cell, key, precision), held.entries.count == records.count,
            zip(held.entries, records).allSatisfy({ $0.name == key.name($1) }), held.isGenuine(key)
        else { return nil }
        return views(held, records.count)
    }

    /// Makes a slice's file what it should be, and gives the features of the records that it holds: a beginning of
    /// `records`.
    ///
    /// What is missing is computed in large batches and written durably. A disk that is full or cannot be written fails
    /// no training: then there is no file, or the one that was there.
    ///
    /// `records`: all live records of the slice, in canonical order. `computed`: told how many more records were
    /// computed.
    func complete(
        _ cell: Cell, _ records: [Record], _ model: Model, threads: Int, computed: (Int) -> Void = { _ in }
    ) throws -> [Features] {
        // Below layer 0 there is only the embedding, which costs less to compute than to read back.
        guard share > 0, model.layout.firstLayer > 0, !records.isEmpty else { return [] }
        if let whole = whole(cell, records) { return whole }
        let names = records.map(key.name)
        let held = read(cell)
        let entries = held.map { file in zip(file.entries, names).prefix { $0.name == $1 }.map(\.0) } ?? []
        let new = try fitting(records, held: entries.map(\.rows), model, threads: threads)
        if let held, entries.count == new.count, entries.count == held.entries.count { return views(held, new.count) }
        do {
            guard new.count > 0 else {
                try DurableFile.remove([url(cell)])
                return []
            }
            guard hasRoom(for: new.bytes) else { return held.map { views($0, entries.count) } ?? [] }
            try write(cell, width: model.layout.hidden) { writer in
                let kept = min(entries.count, new.count)
                if let held {
                    for entry in entries[..<kept] { try writer.add(entry, of: held) }
                }
                for group in Self.groups(kept..<new.count) {
                    let features =
                        if let tokens = new.tokens {
                            try model.features(
                                tokens: Array(tokens[group.lowerBound - kept..<group.upperBound - kept]),
                                threads: threads)
                        } else {
                            try model.features(of: Array(records[group]), threads: threads)
                        }
                    for (index, features) in zip(group, features) {
                        try writer.add(features, named: names[index], precision)
                    }
                    computed(group.count)
                }
            }
        } catch is StorageError {
            return held.map { views($0, entries.count) } ?? []
        }
        // Read back, so that what trains is what lies on the disk.
        return read(cell).map { views($0, new.count) } ?? []
    }

    private func views(_ file: FeatureFile, _ count: Int) -> [Features] {
        file.entries.prefix(count).map(file.features)
    }

    /// How many of the records fit into the share, from the first on, up to the first that does not; the bytes of their
    /// file; and, where features have a row for each token, the token ids of those of them that are not held.
    ///
    /// `held`: The rows of the first records, whose features are there.
    private func fitting(
        _ records: [Record], held: [Int], _ model: Model, threads: Int
    ) throws -> (count: Int, bytes: Int, tokens: [[Int32]]?) {
        var bytes = FeatureFile.headerBytes + FeatureFile.sealBytes
        func takes(_ rows: Int) -> Bool {
            let more = FeatureWriter.size(rows: rows, width: model.layout.hidden, precision)
            guard more <= share - bytes else { return false }
            bytes += more
            return true
        }
        for (index, rows) in held.enumerated() where !takes(rows) { return (index, bytes, []) }
        guard model.hasRowPerToken else {
            for index in held.count..<records.count where !takes(1) { return (index, bytes, nil) }
            return (records.count, bytes, nil)
        }
        var tokens: [[Int32]] = []
        for group in Self.groups(held.count..<records.count) {
            for ids in try model.tokens(of: Array(records[group]), threads: threads) {
                guard takes(ids.count) else { return (held.count + tokens.count, bytes, tokens) }
                tokens.append(ids)
            }
        }
        return (records.count, bytes, tokens)
    }

    /// Work is cut into pieces of this many records: enough for all threads, and little memory.
    static func groups(_ range: Range<Int>) -> [Range<Int>] {
        stride(from: range.lowerBound, to: range.upperBound, by: 256).map { $0..<min($0 + 256, range.upperBound) }
    }
}
