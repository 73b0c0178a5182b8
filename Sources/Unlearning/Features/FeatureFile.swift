internal import Crypto
internal import Engine
internal import Foundation

/// The stored features of one slice, mapped into memory.
///
/// Layout, numbers little-endian: magic, trunk and cell (32 bytes), width (8); then for each entry its name (32), rows
/// (8) and rows x width values of F32 or BF16; at the end a keyed digest (32) of everything before it.
struct FeatureFile {
    static let magic = Array("sisa features 2\n".utf8)
    static let headerBytes = magic.count + 32 + 8
    static let entryBytes = 32 + 8
    static let sealBytes = 32

    /// The features of one record in the file.
    struct Entry {
        /// A keyed digest, see `FeatureKey.name`.
        let name: [UInt8]
        /// Token vectors; head only it is one.
        let rows: Int
        /// Name, rows and values, in the file.
        let bytes: Range<Int>
    }

    let map: MappedFile
    let width: Int
    let entries: [Entry]
    private let precision: FeaturePrecision

    /// Nil where there is no file, or none of this trunk and cell, or one whose parts do not fit together.
    init?(_ url: URL, _ cell: Cell, _ key: FeatureKey, _ precision: FeaturePrecision) {
        guard let map = MappedFile(url), map.count >= Self.headerBytes + Self.sealBytes,
            map.bytes(0..<Self.magic.count + 32) == Self.magic + key.place(cell)
        else { return nil }
        let width = Self.number(map, at: Self.magic.count + 32)
        let end = map.count - Self.sealBytes
        guard width > 0, width <= map.count else { return nil }
        var entries: [Entry] = []
        var offset = Self.headerBytes
        while offset < end {
            guard end - offset >= Self.entryBytes else { return nil }
            let rows = Self.number(map, at: offset + 32)
            let values = offset + Self.entryBytes
            // Divided, as a damaged number of rows may be anything.
            guard rows > 0, rows <= (end - values) / (width * precision.bytes) else { return nil }
            let next = values + rows * width * precision.bytes
            entries.append(Entry(name: map.bytes(offset..<offset + 32), rows: rows, bytes: offset..<next))
            offset = next
        }
        self.map = map
        self.width = width
        self.entries = entries
        self.precision = precision
    }

    /// Whether every byte is what was written; asked before any value is used.
    func isGenuine(_ key: FeatureKey) -> Bool {
        let end = map.count - Self.sealBytes
        map.populate()
        var content = SHA256()
        unsafe map.withBytes { unsafe content.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<end])) }
        return map.bytes(end..<map.count) == key.seal(content.finalize())
    }

    /// The features of an entry, (rows, width), read in place.
    func features(_ entry: Entry) -> Features {
        Features(
            rows: entry.rows, count: entry.rows * width, in: map, at: entry.bytes.lowerBound + Self.entryBytes,
            precision)
    }

    private static func number(_ map: MappedFile, at offset: Int) -> Int {
        let value = map.bytes(offset..<offset + 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(clamping: value)
    }
}

/// Puts the features of a slice into a file, entry by entry, so that they need not be in memory together.
struct FeatureWriter {
    private let key: FeatureKey
    private let sink: ([UInt8]) throws(StorageError) -> Void
    private var content = SHA256()
    private var waiting: [UInt8] = []

    init(
        _ key: FeatureKey, _ cell: Cell, width: Int,
        to sink: @escaping ([UInt8]) throws(StorageError) -> Void
    ) throws {
        self.key = key
        self.sink = sink
        try add(FeatureFile.magic + key.place(cell) + Self.number(width))
    }

    /// The bytes that an entry takes.
    static func size(rows: Int, width: Int, _ precision: FeaturePrecision) -> Int {
        FeatureFile.entryBytes + rows * width * precision.bytes
    }

    /// Features under the name of their record.
    mutating func add(_ features: Features, named name: [UInt8], _ precision: FeaturePrecision) throws {
        try add(name + Self.number(features.rows) + features.encoded(precision))
    }

    /// An entry as it stands in another file.
    mutating func add(_ entry: FeatureFile.Entry, of file: FeatureFile) throws {
        try add(file.map.bytes(entry.bytes))
    }

    /// Vouches for all of it; nothing may follow.
    mutating func finish() throws {
        let seal = key.seal(content.finalize())
        try sink(waiting + seal)
        waiting = []
    }

    private mutating func add(_ bytes: [UInt8]) throws {
        content.update(data: bytes)
        waiting += bytes
        guard waiting.count >= 1 << 20 else { return }
        try sink(waiting)
        waiting.removeAll(keepingCapacity: true)
    }

    private static func number(_ value: Int) -> [UInt8] { UInt64(value).bigEndianBytes.reversed() }
}
