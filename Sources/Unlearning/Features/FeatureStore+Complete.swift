internal import Engine

extension FeatureStore {
    /// The features of a slice's live records where its file holds exactly those, in canonical order; else nil.
    func whole(_ cell: Cell, _ records: [Record]) -> [Features]? {
        guard let held = FeatureFile(url(cell), cell, key, precision), held.entries.count == records.count,
            zip(held.entries, records).allSatisfy({ $0.name == key.name($1) }), held.isGenuine(key)
        else { return nil }
        return views(held, records.count)
    }

    /// Makes a slice's file what it should be, and gives the features of the records that it holds: a beginning of `records`.
    ///
    /// `records`: All live records of the slice, in canonical order. What is missing is computed in large batches and written durably.
    /// A disk that is full or cannot be written fails no training: then there is no file, or the one that was there.
    func complete(
        _ cell: Cell, _ records: [Record], _ model: Model, threads: Int
    ) throws -> [Features] {
        // Below layer 0 there is only the embedding, which costs less to compute than to read back.
        guard share > 0, model.layout.firstLayer > 0, !records.isEmpty else { return [] }
        if let whole = whole(cell, records) { return whole }
        let names = records.map(key.name)
        let held = read(cell)
        var count = 0
        if let held { count = zip(held.entries, names).prefix { $0.name == $1 }.count }

        let (fitting, size) = try fitting(records, model, threads: threads)
        if let held, count == fitting, count == held.entries.count { return views(held, count) }
        do {
            guard fitting > 0 else {
                try DurableFile.remove([url(cell)])
                return []
            }
            guard hasRoom(for: size) else { return held.map { views($0, count) } ?? [] }
            try write(cell, width: model.layout.hidden) { writer in
                if let held {
                    for entry in held.entries.prefix(min(count, fitting)) { try writer.add(entry, of: held) }
                }
                for group in Self.groups(min(count, fitting)..<fitting) {
                    let features = try model.features(records[group].map(\.text), threads: threads)
                    for (index, features) in zip(group, features) {
                        try writer.add(features, named: names[index], precision)
                    }
                }
            }
        } catch is StorageError {
            return held.map { views($0, count) } ?? []
        }
        // Read back, so that what trains is what lies on the disk.
        return read(cell).map { views($0, fitting) } ?? []
    }

    private func views(_ file: FeatureFile, _ count: Int) -> [Features] {
        file.entries.prefix(count).map(file.features)
    }

    /// How many of the records fit into the share, from the first on, up to the first that does not; and the bytes of their file.
    private func fitting(
        _ records: [Record], _ model: Model, threads: Int
    ) throws -> (count: Int, bytes: Int) {
        var bytes = FeatureFile.headerBytes + FeatureFile.sealBytes
        for group in Self.groups(records.indices) {
            let rows = try model.featureRows(records[group].map(\.text), threads: threads)
            for (index, rows) in zip(group, rows) {
                let more = FeatureWriter.size(rows: rows, width: model.layout.hidden, precision)
                guard more <= share - bytes else { return (index, bytes) }
                bytes += more
            }
        }
        return (records.count, bytes)
    }

    /// Work is cut into pieces of this many records: enough for all threads, and little memory.
    static func groups(_ range: Range<Int>) -> [Range<Int>] {
        stride(from: range.lowerBound, to: range.upperBound, by: 256).map { $0..<min($0 + 256, range.upperBound) }
    }
}
