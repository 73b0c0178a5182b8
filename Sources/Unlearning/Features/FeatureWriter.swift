internal import Crypto
internal import Engine

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

    mutating func add(_ features: Features, named name: [UInt8], _ precision: FeaturePrecision) throws {
        try add(name + Self.number(features.rows) + features.encoded(precision))
    }

    /// An entry as it stands in another file.
    mutating func add(_ entry: FeatureFile.Entry, of file: FeatureFile) throws {
        try add(file.map.bytes(entry.bytes))
    }

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
