/// The checked header of a safetensors file: a length, a JSON object, then nothing but data.
struct SafeTensorsHeader {
    /// Room for all tensors there may be, with long names. What is read of a header is held a few times over, so this
    /// bounds what a small file can make a reader take; the format itself allows 100 MB.
    static let lengthLimit = 16 << 20
    static let tensorLimit = 65_536
    static let metadataLimit = 65_536
    static let dimensionLimit = 16

    private(set) var metadata: [String: String] = [:]
    private(set) var entries: [SafeTensors.Entry] = []
    private(set) var index: [String: Int] = [:]
    private let file: String
    private let dataStart: Int

    /// How many bytes from a file's start hold its header, as its first bytes say; no more than could be one.
    static func extent(_ start: [UInt8], total: Int) -> Int {
        guard start.count >= 8, length(start) <= lengthLimit else { return start.count }
        return min(total, 8 + Int(length(start)))
    }

    /// `bytes`: The file's, at least to the header's end. `total`: How many it has.
    init(_ bytes: [UInt8], total: Int, file: String) throws(SafeTensorsError) {
        self.file = file
        let header = try Self.headerRange(bytes, total: total, file: file)
        dataStart = header.upperBound
        var scanner = JSONScanner(bytes, in: header)
        try scan(&scanner)
        for offset in scanner.position..<header.upperBound where bytes[offset] != 0x20 {
            throw error(.headerPadding(offset: offset, byte: bytes[offset]))
        }
        try order()
        let end = entries.last.map { $0.bytes.upperBound } ?? dataStart
        guard end == total else {
            throw error(.wrongDataSize(tensorsEnd: end - dataStart, dataBytes: total - dataStart))
        }
    }

    private static func length(_ start: [UInt8]) -> UInt64 {
        (0..<8).reduce(UInt64(0)) { $0 | UInt64(start[$1]) << (8 * UInt64($1)) }
    }

    private static func headerRange(
        _ bytes: [UInt8], total: Int, file: String
    ) throws(SafeTensorsError) -> Range<Int> {
        func error(_ problem: SafeTensorsError.Problem) -> SafeTensorsError {
            SafeTensorsError(file: file, problem: problem)
        }
        guard bytes.count >= 8 else { throw error(.shorterThanLengthField(bytes: bytes.count)) }
        let length = length(bytes)
        guard length >= 2 else { throw error(.headerTooSmall(length: length)) }
        guard length <= lengthLimit else {
            throw error(.headerTooLarge(length: length, limit: lengthLimit))
        }
        guard Int(length) <= total - 8 else {
            throw error(.headerBeyondFile(length: length, available: total - 8))
        }
        guard bytes[8] == UInt8(ascii: "{") else { throw error(.headerNotAnObject(firstByte: bytes[8])) }
        return 8..<8 + Int(length)
    }

    private mutating func scan(_ scanner: inout JSONScanner) throws(SafeTensorsError) {
        var members = JSONScanner.Members()
        try syntax { () throws(JSONFault) in try scanner.expect(UInt8(ascii: "{")) }
        while let name = try syntax({ () throws(JSONFault) in try scanner.nextKey(&members) }) {
            if name == "__metadata__" {
                metadata = try syntax { () throws(JSONFault) in
                    if try scanner.peek() == UInt8(ascii: "n") {
                        try scanner.literal("null")
                        return [:]
                    }
                    return try Self.metadata(&scanner)
                }
            } else {
                guard entries.count < Self.tensorLimit else {
                    throw error(.tooManyTensors(limit: Self.tensorLimit))
                }
                let entry = try tensor(name, try fields(name, &scanner))
                // Keys that differ in bytes may still be equal as strings (composed and decomposed accents).
                guard index.updateValue(entries.count, forKey: name) == nil else {
                    throw error(.headerSyntax(scanner.fault(.duplicateKey(name))))
                }
                entries.append(entry)
            }
        }
    }

    /// Puts the tensors in the order of their data, as the reference reader does, and refuses holes and overlaps: a
    /// header may list them by name.
    private mutating func order() throws(SafeTensorsError) {
        entries.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
        var expected = dataStart
        for (place, entry) in entries.enumerated() {
            guard entry.bytes.lowerBound == expected else {
                throw error(
                    .notContiguous(
                        tensor: entry.name, start: entry.bytes.lowerBound - dataStart, expected: expected - dataStart))
            }
            expected = entry.bytes.upperBound
            index[entry.name] = place
        }
    }

    private static func metadata(_ scanner: inout JSONScanner) throws(JSONFault) -> [String: String] {
        var members = JSONScanner.Members()
        var metadata: [String: String] = [:]
        try scanner.expect(UInt8(ascii: "{"))
        while let key = try scanner.nextKey(&members) {
            guard metadata.count < metadataLimit else { throw scanner.fault(.tooManyValues(limit: metadataLimit)) }
            guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
                throw scanner.fault(.duplicateKey(key))
            }
        }
        return metadata
    }

    /// The three fields of a tensor as they stand in the file.
    private struct Fields {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
    }

    private func fields(_ name: String, _ scanner: inout JSONScanner) throws(SafeTensorsError) -> Fields {
        var fields = Fields()
        var members = JSONScanner.Members()
        try syntax { () throws(JSONFault) in try scanner.expect(UInt8(ascii: "{")) }
        while let field = try syntax({ () throws(JSONFault) in try scanner.nextKey(&members) }) {
            switch field {
            case "dtype": fields.type = try syntax { () throws(JSONFault) in try scanner.string() }
            case "shape": fields.shape = try integers(name, field, &scanner)
            case "data_offsets": fields.offsets = try integers(name, field, &scanner)
            default: throw error(.unknownField(tensor: name, field: field))
            }
        }
        return fields
    }

    private func integers(
        _ name: String, _ field: String, _ scanner: inout JSONScanner
    ) throws(SafeTensorsError) -> [Int] {
        var members = JSONScanner.Members()
        var values: [Int] = []
        try syntax { () throws(JSONFault) in try scanner.expect(UInt8(ascii: "[")) }
        while try syntax({ () throws(JSONFault) in try scanner.nextElement(&members) }) {
            let text = try syntax { () throws(JSONFault) in try scanner.number() }
            guard let value = Int(text), value >= 0, text != "-0" else {
                throw error(.badInteger(tensor: name, field: field, found: text))
            }
            guard values.count < Self.dimensionLimit else {
                throw error(.tooManyDimensions(tensor: name, limit: Self.dimensionLimit))
            }
            values.append(value)
        }
        return values
    }

    private func tensor(_ name: String, _ fields: Fields) throws(SafeTensorsError) -> SafeTensors.Entry {
        guard let typeName = fields.type else { throw error(.missingField(tensor: name, field: "dtype")) }
        guard let shape = fields.shape else { throw error(.missingField(tensor: name, field: "shape")) }
        guard let offsets = fields.offsets else {
            throw error(.missingField(tensor: name, field: "data_offsets"))
        }
        guard let type = ElementType(rawValue: typeName) else {
            throw error(.unknownType(tensor: name, found: typeName))
        }
        guard offsets.count == 2 else { throw error(.badOffsetCount(tensor: name, found: offsets.count)) }
        var bits = type.bits
        for dimension in shape {
            let (product, overflow) = bits.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw error(.sizeOverflow(tensor: name, shape: shape)) }
            bits = product
        }
        guard bits.isMultiple(of: 8) else { throw error(.misaligned(tensor: name, bits: bits)) }
        // No overflow: both are at least 0, and the end is checked before anything is added to it.
        guard offsets[1] - offsets[0] == bits / 8 else {
            throw error(
                .wrongLength(tensor: name, shape: shape, found: offsets[1] - offsets[0], expected: bits / 8))
        }
        let (end, overflow) = dataStart.addingReportingOverflow(offsets[1])
        guard !overflow, offsets[0] <= offsets[1] else { throw error(.sizeOverflow(tensor: name, shape: shape)) }
        return SafeTensors.Entry(name: name, type: type, shape: shape, bytes: dataStart + offsets[0]..<end)
    }

    private func syntax<T>(_ body: () throws(JSONFault) -> T) throws(SafeTensorsError) -> T {
        do {
            return try body()
        } catch {
            throw self.error(.headerSyntax(error))
        }
    }

    private func error(_ problem: SafeTensorsError.Problem) -> SafeTensorsError {
        SafeTensorsError(file: file, problem: problem)
    }
}
