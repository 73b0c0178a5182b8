internal import Crypto
internal import Engine
internal import Foundation

/// The secret of a workspace, made once: it decides where records go, and keys every digest that outlives a record.
///
/// Who holds it can tell from a digest whether a record was there; nobody else can. Handed to an auditor, it makes
/// every placement and every checkpoint key checkable. Two workspaces with the same key, recipe and records are equal
/// bit for bit.
package struct WorkspaceKey: Sendable {
    /// Bytes of a key.
    package static let byteCount = 32
    private let bytes: [UInt8]

    /// A new random key from the system's source of randomness.
    package init() {
        bytes = unsafe SymmetricKey(size: .bits256).withUnsafeBytes { unsafe Array($0) }
    }

    /// A key that was written down. `text`: 64 hexadecimal digits; white space around them is ignored.
    package init(hexadecimal text: String) throws(KeyError) {
        // Editors end a file with a line break, and some begin it with a byte order mark.
        let around = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: "\u{FEFF}"))
        let digits = text.trimmingCharacters(in: around)
        guard let bytes = [UInt8](hexadecimal: digits), bytes.count == Self.byteCount else {
            throw .badKey(length: digits.utf8.count)
        }
        self.bytes = bytes
    }

    /// The key as 64 hexadecimal digits.
    package var hexadecimal: String { bytes.hexadecimal }

    /// A key of its own for every purpose: HMAC-SHA-256(key, purpose).
    func subkey(_ purpose: String) -> DigestKey {
        DigestKey(DigestKey(bytes).code(Array("sisa \(purpose)".utf8)))
    }
}

/// Why a text is no key of a workspace.
package enum KeyError: Error, Equatable {
    /// The text has `length` bytes, or something in it that is no hexadecimal digit.
    case badKey(length: Int)
}

extension KeyError: CustomStringConvertible {
    /// What was found, and what a key is.
    package var description: String {
        switch self {
        case .badKey(let length):
            "the key has \(length) characters; a key is 64 hexadecimal digits, as in a workspace's file `key`"
        }
    }
}

/// A key of HMAC-SHA-256, hashed once: a record is digested by the thousand, and under the same key.
struct DigestKey: Sendable {
    private let start: HMAC<SHA256>

    init(_ key: [UInt8]) {
        start = HMAC(key: SymmetricKey(data: key))
    }

    func code(_ message: [UInt8]) -> [UInt8] {
        var code = start
        code.update(data: message)
        return Array(code.finalize())
    }
}

/// A keyed digest of framed parts, so that no two lists of parts give the same bytes.
struct KeyedDigest {
    private let key: DigestKey
    private var message: [UInt8] = []

    init(_ key: DigestKey) {
        self.key = key
    }

    mutating func add(_ part: some Collection<UInt8>) {
        add(UInt64(part.count))
        message.append(contentsOf: part)
    }

    mutating func add(_ number: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) { message.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    consuming func finish() -> [UInt8] {
        key.code(message)
    }
}

extension [UInt8] {
    /// Two lower-case hexadecimal digits a byte.
    package var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Reads two hexadecimal digits a byte; nil where the text is anything else.
    package init?(hexadecimal text: String) {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let pair = String(bytes: digits[index..<index + 2], encoding: .ascii),
                pair.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let byte = UInt8(pair, radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        self = bytes
    }
}
