import Foundation

/// The golden files of the loading tests.
enum Fixture {
    static let tokenizer = Bundle.module.bundleURL.appending(path: "Fixtures/tokenizer")

    /// Hashes stored as little-endian 64-bit numbers.
    static func hashes(_ name: String) throws -> [UInt64] {
        let bytes = [UInt8](try Data(contentsOf: tokenizer.appending(path: "\(name).fnv64")))
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// Runs `body` with a fresh folder, which is gone afterwards.
    static func withFolder<T>(_ body: (URL) throws -> T) throws -> T {
        let folder = FileManager.default.temporaryDirectory.appending(path: "loading-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

/// The 64-bit FNV-1a hash (Fowler, Noll, Vo), as the golden files use it.
struct FNV1a {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    /// Of ids as 32-bit little-endian numbers.
    static func of(_ ids: [Int32]) -> UInt64 {
        var hash = FNV1a()
        for id in ids { hash.add((0..<4).map { UInt8(truncatingIfNeeded: id >> (8 * $0)) }) }
        return hash.value
    }

    static func hex(_ ids: [Int32]) -> String {
        let digits = String(of(ids), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Columns of a table with a header line, fields quoted as RFC 4180 says.
enum DelimitedText {
    static func column(_ name: String, of file: URL, delimiter: Unicode.Scalar) throws -> [String] {
        let rows = rows([UInt8](try Data(contentsOf: file)), UInt8(ascii: delimiter))
        guard let header = rows.first, let column = header.firstIndex(of: name) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return rows.dropFirst().map { $0[column] }
    }

    private static func rows(_ bytes: [UInt8], _ delimiter: UInt8) -> [[String]] {
        let quote = UInt8(ascii: "\""), newline = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")
        var rows: [[String]] = []
        var row: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var position = 0
        func end() {
            row.append(String(decoding: field, as: UTF8.self))
            field = []
        }
        while position < bytes.count {
            let byte = bytes[position]
            let next = position + 1 < bytes.count ? bytes[position + 1] : 0
            if isQuoted, byte == quote, next == quote {
                field.append(quote)
                position += 1
            } else if byte == quote, isQuoted || field.isEmpty {
                isQuoted.toggle()
            } else if !isQuoted, byte == delimiter {
                end()
            } else if !isQuoted, byte == newline || (byte == carriageReturn && next == newline) {
                if byte == carriageReturn { position += 1 }
                end()
                rows.append(row)
                row = []
            } else {
                field.append(byte)
            }
            position += 1
        }
        if !field.isEmpty || !row.isEmpty {
            end()
            rows.append(row)
        }
        return rows
    }
}
