/// The checked header of a GGUF file: metadata, and where each tensor lies.
///
/// Tensors follow one another in the order of the header, each padded to the alignment; nothing else is in the file.
struct GGUFHeader: Sendable {
    private typealias Problem = GGUFError.Problem

    static let tensorLimit = 65_536
    static let keyLimit = 65_536
    private static let nameLimit = 63
    private static let dimensionLimit: UInt32 = 4

    /// The header's bytes, in which texts and arrays lie.
    private(set) var bytes: [UInt8] = []
    private(set) var values: [String: GGUFValue] = [:]
    private(set) var entries: [GGUF.Entry] = []
    private(set) var index: [String: Int] = [:]

    init(_ cursor: inout GGUFCursor) throws(GGUFError.Problem) {
        let counts = try Self.beginning(&cursor)
        for _ in 0..<counts.keys {
            let key = try Self.key(&cursor)
            guard values[key] == nil else { throw .duplicateKey(key) }
            values[key] = try GGUFValue(&cursor, key: key)
        }
        if case .integer(let parts)? = values["split.count"], parts > 1 { throw .split(parts: parts) }
        var (infos, offset) = ([GGUF.Entry](), 0)
        let alignment = try alignment()
        for _ in 0..<counts.tensors { infos.append(try tensor(&cursor, &offset, alignment)) }
        if infos.contains(where: \.type.isQuantized) { try checkQuantization() }
        try place(infos, cursor: &cursor, alignment)
        bytes = cursor.bytes
    }

    private static func beginning(_ cursor: inout GGUFCursor) throws(Problem) -> (tensors: UInt64, keys: UInt64) {
        let magic = try cursor.skip(UInt64(min(4, cursor.total)))
        guard cursor.bytes[magic].elementsEqual("GGUF".utf8) else {
            throw .notGGUF(beginning: Array(cursor.bytes[magic]))
        }
        let version = try cursor.integer(UInt32.self)
        if version != 0, version & 0xFFFF == 0 { throw .byteSwapped }
        guard (2...3).contains(version) else { throw .unknownVersion(version) }
        let tensors = try cursor.integer(UInt64.self)
        guard tensors <= UInt64(tensorLimit) else { throw .tooManyTensors(tensors, limit: tensorLimit) }
        let keys = try cursor.integer(UInt64.self)
        guard keys <= UInt64(keyLimit) else { throw .tooManyKeys(keys, limit: keyLimit) }
        return (tensors, keys)
    }

    private static func key(_ cursor: inout GGUFCursor) throws(Problem) -> String {
        let start = cursor.position
        let place = try cursor.text()
        let text = cursor.bytes[place]
        let isPlain = text.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, !text.isEmpty else {
            throw .badKey(String(decoding: text.prefix(40), as: UTF8.self), offset: start)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func alignment() throws(Problem) -> Int {
        guard let value = values["general.alignment"] else { return 32 }
        guard case .integer(let alignment) = value, (1...65_536).contains(alignment),
            alignment.nonzeroBitCount == 1
        else { throw .badAlignment(found: value.kind) }
        return alignment
    }

    private func checkQuantization() throws(Problem) {
        guard let value = values["general.quantization_version"] else { throw .quantizationVersion(found: "missing") }
        guard case .integer(2) = value else { throw .quantizationVersion(found: value.kind) }
    }

    /// What the header says of one tensor, which begins at `offset` of the data; `offset` becomes that of the next one.
    private func tensor(
        _ cursor: inout GGUFCursor, _ offset: inout Int, _ alignment: Int
    ) throws(Problem) -> GGUF.Entry {
        let start = cursor.position
        let text = try cursor.text()
        guard (1...Self.nameLimit).contains(text.count), cursor.bytes[text].allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .badTensorName(offset: start) }
        let name = String(decoding: cursor.bytes[text], as: UTF8.self)
        let dimensions = try cursor.integer(UInt32.self)
        guard (1...Self.dimensionLimit).contains(dimensions) else {
            throw .badDimensionCount(tensor: name, found: dimensions)
        }
        var shape: [Int] = []
        for _ in 0..<dimensions {
            let dimension = try cursor.integer(UInt64.self)
            guard let value = Int(exactly: dimension), value > 0 else {
                throw .badDimension(tensor: name, found: dimension)
            }
            shape.insert(value, at: 0)
        }
        let identifier = try cursor.integer(UInt32.self)
        guard let type = StoredType(rawValue: identifier) else {
            throw .unsupportedType(tensor: name, found: StoredType.name(of: identifier))
        }
        let row = shape[shape.count - 1]
        guard row.isMultiple(of: type.blockElements) else {
            throw .rowInsideBlock(tensor: name, row: row, block: type.blockElements)
        }
        let found = try cursor.integer(UInt64.self)
        guard found == UInt64(offset) else { throw .wrongOffset(tensor: name, found: found, expected: offset) }
        var size = row / type.blockElements
        for factor in shape.dropLast() + [type.blockBytes] {
            let (product, overflow) = size.multipliedReportingOverflow(by: factor)
            guard !overflow else { throw .sizeOverflow(tensor: name, shape: shape) }
            size = product
        }
        let (end, overflow) = offset.addingReportingOverflow(size)
        // A file has no such length, and padding adds less than the room that is left.
        guard !overflow, end <= Int.max / 2 else { throw .sizeOverflow(tensor: name, shape: shape) }
        let entry = GGUF.Entry(name: name, type: type, shape: shape, bytes: offset..<end)
        offset = Self.padded(end, alignment)
        return entry
    }

    /// Puts the tensors where the data begin, and compares with the file's length.
    private mutating func place(
        _ infos: [GGUF.Entry], cursor: inout GGUFCursor, _ alignment: Int
    ) throws(Problem) {
        let end = cursor.position
        let start = Self.padded(end, alignment)
        // A file without tensors may end where its header does.
        if !infos.isEmpty || cursor.total > end {
            let padding = try cursor.skip(UInt64(start - end))
            for offset in padding where cursor.bytes[offset] != 0 {
                throw .padding(offset: offset, byte: cursor.bytes[offset])
            }
        }
        for info in infos {
            guard index.updateValue(entries.count, forKey: info.name) == nil else { throw .duplicateTensor(info.name) }
            let bytes = start + info.bytes.lowerBound..<start + info.bytes.upperBound
            entries.append(GGUF.Entry(name: info.name, type: info.type, shape: info.shape, bytes: bytes))
        }
        guard let last = entries.last?.bytes.upperBound else {
            guard cursor.total <= start else { throw .wrongFileSize(found: cursor.total, expected: start) }
            return
        }
        // The last tensor's padding may be missing.
        guard cursor.total == last || cursor.total == start + Self.padded(last - start, alignment) else {
            throw .wrongFileSize(found: cursor.total, expected: last)
        }
    }

    private static func padded(_ offset: Int, _ alignment: Int) -> Int {
        (offset + alignment - 1) / alignment * alignment
    }
}
