internal import Crypto
internal import Engine
internal import Foundation

/// Finds the cells of records by their text, their owner or their id, without reading the corpus.
///
/// One small file a bucket, of sorted keyed digests and cells: a function of the live records and the key, so that a bucket which lost a
/// record is the file of one that never had it. It holds no id, owner or text, and who has no key learns nothing from it.
struct RecordIndex: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// Only where owners or groups place records; else an id's cell is a function of it.
        case ids
        case owners
        case texts
    }

    /// A value's digest and a cell that has a record with it.
    struct Entry: Hashable, Comparable, Sendable {
        let digest: [UInt8]
        let position: Position

        static func < (left: Entry, right: Entry) -> Bool {
            left.digest == right.digest
                ? left.position < right.position : left.digest.lexicographicallyPrecedes(right.digest)
        }
    }

    private static let magic = Array("sisa index 1\n".utf8)
    private static let digestBytes = 32
    private static let entryBytes = digestBytes + 8 + 8

    let root: URL
    /// As many as there are cells: a bucket costs about what a slice costs.
    let buckets: Int
    let kinds: [Kind]
    private let key: DigestKey

    init(_ root: URL, _ recipe: Recipe, _ key: WorkspaceKey) {
        self.root = root
        self.key = key.subkey("index")
        buckets = recipe.shards * recipe.slices
        kinds =
            (recipe.placesByMoreThanID ? [.ids] : []) + (recipe.data.columns.owner == nil ? [] : [.owners]) + [.texts]
    }

    /// The cells that have a record with this value.
    func positions(_ kind: Kind, _ value: String) throws -> [Position] {
        let digest = digest(kind, value)
        return try read(kind, bucket(of: digest)).filter { $0.digest == digest }.map(\.position)
    }

    /// What records put into the index.
    func entries(_ records: [StoredRecord], _ kind: Kind) -> Set<Entry> {
        Set(
            records.compactMap { stored in
                Self.value(kind, stored.record).map { Entry(digest: digest(kind, $0), position: stored.position) }
            })
    }

    /// Takes out, durably, what records put in that no other record of their cell does.
    ///
    /// `left`: The records that stay in the cell. A bucket that is damaged, or for which there is no room, is removed: forgetting waits for
    /// nothing, and whoever looks something up there is told.
    func remove(_ gone: [StoredRecord], leaving left: [StoredRecord]) throws {
        for kind in kinds {
            let leaving = entries(gone, kind).subtracting(entries(left, kind))
            for (bucket, leaving) in Dictionary(grouping: leaving, by: { bucket(of: $0.digest) }) {
                do {
                    let rest = try read(kind, bucket).filter { !leaving.contains($0) }
                    try DurableFile.write(encode(kind, bucket, rest), to: url(kind, bucket))
                } catch {
                    // With what a killed process may have left of it half written; a write takes that name over.
                    let url = url(kind, bucket)
                    try DurableFile.remove([url, DurableFile.temporary(url)])
                }
            }
        }
    }

    /// Takes in, durably, what records put into the index. A bucket that is damaged goes, and is made anew as a whole later.
    func insert(_ new: [StoredRecord]) throws {
        for kind in kinds {
            for (bucket, entering) in Dictionary(grouping: entries(new, kind), by: { bucket(of: $0.digest) }) {
                let url = url(kind, bucket)
                guard let held = try? read(kind, bucket) else {
                    try DurableFile.remove([url])
                    continue
                }
                let all = Set(held).union(entering).sorted()
                try DurableFile.write(encode(kind, bucket, all), to: url)
            }
        }
    }

    /// Makes all buckets from what was sorted; they are durable, and everything that was written before, when this returns.
    func fill(from places: PlaceSorter) throws {
        for folder in [root] + kinds.map(folder) { try DurableFile.makeFolder(folder) }
        try places.write(self)
        try places.discard()
        try DurableFile.syncAll(in: root)
    }

    /// Writes a bucket; it is durable only after `DurableFile.syncAll`. `entries`: sorted, each once.
    func write(_ kind: Kind, _ bucket: Int, _ entries: [Entry]) throws {
        try DurableFile.writeLater(encode(kind, bucket, entries), to: url(kind, bucket))
    }

    /// Every bucket's file, and whether it is there and undamaged.
    func soundness() -> [(path: String, isSound: Bool)] {
        kinds.flatMap { kind in
            (0..<buckets).map { (url(kind, $0).path, (try? read(kind, $0)) != nil) }
        }
    }

    /// Removes what is no bucket: half-written files of killed processes.
    func sweep() throws {
        for folder in kinds.map(folder) {
            let leftovers = try DurableFile.names(in: folder).filter { $0.hasPrefix(DurableFile.temporaryPrefix) }
            if !leftovers.isEmpty { try DurableFile.remove(leftovers.map { folder.appending(path: $0) }) }
        }
    }

    /// Whether the files of two indexes hold the same bytes.
    func isEqual(_ other: RecordIndex) -> Bool {
        kinds == other.kinds && buckets == other.buckets
            && kinds.allSatisfy { kind in
                (0..<buckets).allSatisfy {
                    DurableFile.contents(url(kind, $0)) == DurableFile.contents(other.url(kind, $0))
                }
            }
    }

    private static func value(_ kind: Kind, _ record: Record) -> String? {
        switch kind {
        case .ids: record.id.rawValue
        case .owners: record.owner
        case .texts: record.text
        }
    }

    private func digest(_ kind: Kind, _ value: String) -> [UInt8] {
        var digest = KeyedDigest(key)
        digest.add(kind.rawValue.utf8)
        digest.add(value.utf8)
        return digest.finish()
    }

    func bucket(of digest: [UInt8]) -> Int { Assignment.share(digest[0..<8], of: buckets) }

    func folder(_ kind: Kind) -> URL { root.appending(path: kind.rawValue) }

    private func url(_ kind: Kind, _ bucket: Int) -> URL { folder(kind).appending(path: "bucket-\(bucket + 1)") }

    private func encode(_ kind: Kind, _ bucket: Int, _ entries: [Entry]) -> [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(Self.magic.count + entries.count * Self.entryBytes + Self.digestBytes)
        for entry in entries {
            bytes += entry.digest
            bytes += UInt64(entry.position.shard).bigEndianBytes + UInt64(entry.position.slice).bigEndianBytes
        }
        return bytes + seal(kind, bucket, bytes)
    }

    private func read(_ kind: Kind, _ bucket: Int) throws -> [Entry] {
        let url = url(kind, bucket)
        guard let bytes = DurableFile.contents(url), bytes.count >= Self.magic.count + Self.digestBytes,
            case let end = bytes.count - Self.digestBytes, (end - Self.magic.count).isMultiple(of: Self.entryBytes),
            Array(bytes[end...]) == seal(kind, bucket, Array(bytes[..<end]))
        else { throw WorkspaceError.indexDamaged(path: url.path) }
        func number(_ at: Int) -> Int { Int(clamping: bytes[at..<at + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) }
        return stride(from: Self.magic.count, to: end, by: Self.entryBytes).map { at in
            let after = at + Self.digestBytes
            return Entry(
                digest: Array(bytes[at..<after]), position: Position(shard: number(after), slice: number(after + 8)))
        }
    }

    /// Vouches for a bucket's bytes and for its place.
    private func seal(_ kind: Kind, _ bucket: Int, _ bytes: [UInt8]) -> [UInt8] {
        var digest = KeyedDigest(key)
        digest.add("bucket".utf8)
        digest.add(kind.rawValue.utf8)
        digest.add(UInt64(bucket))
        digest.add(Array(SHA256.hash(data: bytes)))
        return digest.finish()
    }
}
