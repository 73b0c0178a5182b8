internal import Engine
internal import Foundation

/// Texts that signatures and hashes are about, each read in one way or refused: two programs that read one receipt must
/// not come to say different things of it.
enum SignedJSON {
    /// Members that the type does not have are passed over: whoever signed them may have meant something by them.
    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        guard (try? UnambiguousJSON.check(bytes)) != nil else { return nil }
        return try? JSONDecoder().decode(type, from: Data(bytes))
    }

    /// Reads what nobody signed: a member that the type does not have is refused. What was read is written again, and
    /// must be as much.
    static func decodeWhole<Value: Codable>(_ type: Value.Type, _ bytes: [UInt8]) throws(JSONFault) -> Value? {
        let count = try UnambiguousJSON.check(bytes)
        guard let value = try? JSONDecoder().decode(type, from: Data(bytes)),
            let again = try? SortedJSON.encode(value), try UnambiguousJSON.check(Array(again)) == count
        else { return nil }
        return value
    }
}

extension Data {
    /// Bytes from the one base64 text that stands for them: others differ in bits that stand for nothing.
    init?(canonicalBase64 text: String) {
        guard let data = Data(base64Encoded: text), data.base64EncodedString().utf8.elementsEqual(text.utf8) else {
            return nil
        }
        self = data
    }
}

extension [UInt8] {
    /// Bytes from the one text of small hexadecimal digits that stands for them.
    init?(canonicalHexadecimal text: String) {
        guard let bytes = [UInt8](hexadecimal: text), bytes.hexadecimal.utf8.elementsEqual(text.utf8) else {
            return nil
        }
        self = bytes
    }
}

extension Int {
    /// A number in the one way to write it.
    init?(canonical text: String) {
        guard text.utf8.count <= UnambiguousJSON.mostDigits, let number = Int(text), number >= 0, "\(number)" == text
        else { return nil }
        self = number
    }
}

extension String {
    /// Its lines, cut at line feeds and nowhere else: to Swift's `split`, a carriage return and a line feed are one
    /// letter.
    var lines: [String] {
        utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
}
