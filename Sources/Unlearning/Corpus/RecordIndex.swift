internal import Crypto
internal import Engine
internal import Foundation

/// Finds the cells of records by their text, their owner or their id, without reading the corpus.
///
/// One small file a bucket, of sorted keyed digests and cells: a function of the live records and the key, so that a
/// bucket which lost a record is the file of one that never had it. It holds no id, owner or text, and who has no key
/// learns nothing from it.
struct RecordIndex: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// Only where owners or groups place records; else an id's cell is a function of it.
        case ids
        case owners
        case texts
    }

    /// One of the files.
    struct Bucket: Hashable, Sendable {
        let kind: Kind
        let number: Int
    }

    /// What stands at the end of buckets, and in the ledger: so that a bucket of another day is none of today's. Empty:
    /// not known.
    typealias Seals = [Bucket: [UInt8]]

    /// A value's digest and a cell that has a record with it.
    struct Entry: Hashable, Comparable, Sendable {
        let digest: [UInt8]
        let cell: Cell

        static func < (left: Entry, right: Entry) -> Bool {
            left.digest == right.digest
                ? left.cell < right.cell : left.digest.lexicographicallyPrecedes(right.digest)
        }
    }

    private static let magic = Array("sisa index 1\n".utf8)
    private static let digestBytes = 32
    private static let entryBytes = digestBytes + 8 + 8

    let root: URL
    /// How many buckets a kind has: as many as there are cells, so that a bucket costs about what a slice costs.
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

    /// The bucket in which a value would be.
    func bucket(_ kind: Kind, _ value: String) -> Bucket {
        Bucket(kind: kind, number: bucket(of: digest(kind, value)))
    }

    /// The cells that have a record with this value, of the entries of its bucket.
    func cells(_ kind: Kind, _ value: String, in entries: [Entry]) -> [Cell] {
        let digest = digest(kind, value)
        return entries.filter { $0.digest == digest }.map(\.cell)
    }

    /// The entries of a bucket: all that are there, and those without the ones of records whose deletion is accepted.
    ///
    /// `seal`: What the ledger says of it; nil: a ledger of an earlier version, which says nothing. `waiting`: Is asked
    /// where it says otherwise: what such records put into the index, and no other record of their cells.
    func entries(of bucket: Bucket, _ seal: [UInt8]?, waiting: () throws -> Set<Entry>) throws -> (
        held: [Entry], live: [Entry]
    ) {
        let held = try read(bucket.kind, bucket.number)
        guard let seal, seal != self.seal(bucket, held) else { return (held, held) }
        let waiting = try waiting()
        let live = held.filter { !waiting.contains($0) }
        guard seal == self.seal(bucket, live) else { throw CorpusError.indexDamaged(path: url(bucket).path) }
        return (held, live)
    }

    /// The seal of a bucket that holds these entries.
    func seal(_ bucket: Bucket, _ entries: [Entry]) -> [UInt8] {
        Array(encode(bucket.kind, bucket.number, entries).suffix(Self.digestBytes))
    }

    /// What records put into the index.
    func entries(_ records: [StoredRecord], _ kind: Kind) -> Set<Entry> {
        Set(
            records.compactMap { stored in
                Self.value(kind, stored.record).map { Entry(digest: digest(kind, $0), cell: stored.cell) }
            })
    }

    /// What records put in that no other record of their cell does, by bucket.
    func leaving(_ gone: [StoredRecord], _ left: [StoredRecord]) -> [Bucket: Set<Entry>] {
        var found: [Bucket: Set<Entry>] = [:]
        for kind in kinds {
            for entry in entries(gone, kind).subtracting(entries(left, kind)) {
                found[Bucket(kind: kind, number: bucket(of: entry.digest)), default: []].insert(entry)
            }
        }
        return found
    }

    /// Takes out, durably, what records put in that no other record of their cell does.
    ///
    /// `left`: The records that stay in the cell. A bucket that is damaged, or for which there is no room, is removed:
    /// forgetting waits for nothing, and whoever looks something up there is told.
    func remove(_ gone: [StoredRecord], leaving left: [StoredRecord]) throws {
        for (bucket, leaving) in leaving(gone, left) {
            let url = url(bucket)
            do {
                let rest = try read(bucket.kind, bucket.number).filter { !leaving.contains($0) }
                try DurableFile.write(encode(bucket.kind, bucket.number, rest), to: url)
            } catch {
                // With what a killed process may have left of it half written; a write takes that name over.
                try DurableFile.remove([url, DurableFile.temporary(url)])
            }
        }
    }

    /// Takes in, durably, what records put into the index; the seals of the buckets that changed. One that is damaged,
    /// or not what the ledger says, goes, and is made anew as a whole later.
    func insert(_ new: [StoredRecord], _ known: (Bucket) throws -> [UInt8]?) throws -> Seals {
        var seals: Seals = [:]
        for (bucket, entering) in leaving(new, []) {
            let url = url(bucket)
            guard let held = try? entries(of: bucket, known(bucket), waiting: { [] }).held else {
                try DurableFile.remove([url])
                seals[bucket] = []
                continue
            }
            let all = Set(held).union(entering).sorted()
            try DurableFile.write(encode(bucket.kind, bucket.number, all), to: url)
            seals[bucket] = seal(bucket, all)
        }
        return seals
    }

    /// Writes a bucket; it is durable only after `DurableFile.syncAll`. `entries`: sorted, each once.
    func write(_ bucket: Bucket, _ entries: [Entry]) throws {
        try DurableFile.writeLater(encode(bucket.kind, bucket.number, entries), to: url(bucket))
    }

    /// Every bucket's file.
    var paths: [String] { kinds.flatMap { kind in (0..<buckets).map { url(kind, $0).path } } }

    /// Every bucket's file, and what is wrong with it. `seals`: What the ledger says; nil: nothing.
    func faults(_ seals: Seals?, waiting: () throws -> Set<Entry>) -> [(path: String, fault: StoredFault?)] {
        kinds.flatMap { kind in
            (0..<buckets).map { number in
                let bucket = Bucket(kind: kind, number: number)
                let fault = StoredFault {
                    _ = try entries(of: bucket, seals.map { $0[bucket] ?? [] }, waiting: waiting)
                    return true
                }
                let isMissing = fault == .damaged && (try? DurableFile.exists(url(bucket))) == false
                return (url(bucket).path, isMissing ? .missing : fault)
            }
        }
    }

    /// Removes what is no bucket: half-written files of killed processes.
    func sweep() throws {
        for folder in kinds.map(folder) {
            let leftovers = try DurableFile.names(in: folder).filter { $0.hasPrefix(DurableFile.temporaryPrefix) }
            if !leftovers.isEmpty { try DurableFile.remove(leftovers.map { folder.appending(path: $0) }) }
        }
    }

    /// The first file that does not hold the bytes of another index's; nil: all do.
    func difference(from other: RecordIndex) throws -> String? {
        for kind in kinds {
            for bucket in 0..<buckets {
                let url = url(kind, bucket)
                if try DurableFile.contents(url) != DurableFile.contents(other.url(kind, bucket)) { return url.path }
            }
        }
        return nil
    }

    private static func value(_ kind: Kind, _ record: Record) -> String? {
        switch kind {
        case .ids: record.id.rawValue
        case .owners: record.owner
        case .texts: record.content.words
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

    func url(_ bucket: Bucket) -> URL { url(bucket.kind, bucket.number) }

    private func url(_ kind: Kind, _ bucket: Int) -> URL { folder(kind).appending(path: "bucket-\(bucket + 1)") }

    private func encode(_ kind: Kind, _ bucket: Int, _ entries: [Entry]) -> [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(Self.magic.count + entries.count * Self.entryBytes + Self.digestBytes)
        for entry in entries {
            bytes += entry.digest
            bytes += UInt64(entry.cell.shard).bigEndianBytes + UInt64(entry.cell.slice).bigEndianBytes
        }
        return bytes + seal(kind, bucket, bytes)
    }

    private func read(_ kind: Kind, _ bucket: Int) throws -> [Entry] {
        let url = url(kind, bucket)
        guard let bytes = try DurableFile.contents(url), bytes.count >= Self.magic.count + Self.digestBytes,
            case let end = bytes.count - Self.digestBytes, (end - Self.magic.count).isMultiple(of: Self.entryBytes),
            Array(bytes[end...]) == seal(kind, bucket, Array(bytes[..<end]))
        else { throw CorpusError.indexDamaged(path: url.path) }
        func number(_ at: Int) -> Int { Int(clamping: bytes[at..<at + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) }
        return stride(from: Self.magic.count, to: end, by: Self.entryBytes).map { at in
            let after = at + Self.digestBytes
            return Entry(
                digest: Array(bytes[at..<after]), cell: Cell(shard: number(after), slice: number(after + 8)))
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
