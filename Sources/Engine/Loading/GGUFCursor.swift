/// Reads a GGUF header from its beginning on, and only as much of the file as that needs.
struct GGUFCursor {
    /// Several times as much as the header of a model with 260,000 tokens has. It bounds what a file can make a reader
    /// hold, whatever the file claims of itself.
    static let limit = 64 << 20

    /// What was read so far, from the file's first byte on.
    private(set) var bytes: [UInt8]
    private(set) var position = 0
    /// The bytes of the whole file.
    let total: Int
    private let file: PartialFile?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        total = bytes.count
        file = nil
    }

    init(_ file: PartialFile) {
        bytes = []
        total = file.size
        self.file = file
    }

    /// Makes sure that so many bytes follow, and reads them if need be.
    mutating func require(_ count: UInt64) throws(GGUFError.Problem) {
        let available = total - position
        guard count <= UInt64(available) else {
            throw .headerBeyondFile(offset: position, needed: count, available: available)
        }
        let end = position + Int(count)
        guard end <= Self.limit else { throw .headerTooLarge(limit: Self.limit) }
        guard end > bytes.count, let file else { return }
        // Whole blocks, so that none is read and compared with its digest twice.
        let step = BlockDigests.blockBytes
        let target = min(total, max((end + step - 1) / step * step, bytes.count + 4 * step))
        do {
            bytes += try file.bytes(bytes.count..<target)
        } catch {
            throw .file(error)
        }
    }

    /// The next bytes, passed over.
    mutating func skip(_ count: UInt64) throws(GGUFError.Problem) -> Range<Int> {
        try require(count)
        position += Int(count)
        return position - Int(count)..<position
    }

    mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(GGUFError.Problem) -> Value {
        let range = try skip(UInt64(MemoryLayout<Value>.size))
        return Self.load(bytes, range.lowerBound)
    }

    /// The bytes of a text, whose length comes first.
    mutating func text() throws(GGUFError.Problem) -> Range<Int> {
        let length = try integer(UInt64.self)
        return try skip(length)
    }

    /// The number that begins at an offset, the least significant byte first.
    static func load<Value: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int) -> Value {
        unsafe bytes.withUnsafeBytes { all in
            // Inside the buffer: slicing checks it.
            let place = unsafe all[offset..<offset + MemoryLayout<Value>.size]
            return unsafe Value(littleEndian: UnsafeRawBufferPointer(rebasing: place).loadUnaligned(as: Value.self))
        }
    }
}
