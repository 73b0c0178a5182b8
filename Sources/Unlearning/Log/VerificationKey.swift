internal import Crypto
internal import Foundation

/// The public half of a signing key: Ed25519 (RFC 8032).
package struct VerificationKey: Sendable, Equatable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// What stands before the 32 bytes of a key in its DER form (RFC 8410).
    private static let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]

    init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads a PEM file, or the one-line form of signed notes: NAME+HASH+BASE64.
    package init(_ file: InputFile) throws {
        guard let key = Self(text: String(decoding: try file.bytes(limit: 1 << 16), as: UTF8.self)) else {
            throw LogError.noKey(path: file.name)
        }
        self = key
    }

    init?(text: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if let der = PEM.decode(text, "PUBLIC KEY") {
            guard der.count == Self.prefix.count + 32, der.starts(with: Self.prefix) else { return nil }
            self.init(bytes: Array(der.dropFirst(Self.prefix.count)))
        } else {
            // The name may hold anything but a plus; base64 may.
            let parts = text.split(separator: "+", maxSplits: 2).map(String.init)
            guard parts.count == 3, let data = Data(canonicalBase64: parts[2]), data.count == 33, data.first == 1,
                let key = Self(bytes: Array(data.dropFirst())), key.noteID(parts[0]).hexadecimal == parts[1]
            else { return nil }
            self = key
        }
    }

    /// The key as a PEM file holds it.
    package var pem: String { PEM.encode(Self.prefix + bytes, "PUBLIC KEY") }

    /// The one-line form that readers of signed notes take.
    package func line(name: String) -> String {
        "\(name)+\(noteID(name).hexadecimal)+\(Data([1] + bytes).base64EncodedString())"
    }

    /// SHA-256 of the key, in hexadecimal.
    package var fingerprint: String { Array(SHA256.hash(data: bytes)).hexadecimal }

    /// How a signed note names the key: the first 4 bytes of SHA-256(name, newline, 1, key), as C2SP signed-note says.
    func noteID(_ name: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(name.utf8) + [0x0A, 0x01] + bytes).prefix(4))
    }

    func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}

/// The text form of keys: base64 between two lines (RFC 7468).
enum PEM {
    static func encode(_ der: [UInt8], _ kind: String) -> String {
        "-----BEGIN \(kind)-----\n\(Data(der).base64EncodedString())\n-----END \(kind)-----\n"
    }

    static func decode(_ text: String, _ kind: String) -> [UInt8]? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        guard lines.count >= 3, lines.first == "-----BEGIN \(kind)-----", lines.last == "-----END \(kind)-----" else {
            return nil
        }
        return Data(canonicalBase64: lines.dropFirst().dropLast().joined()).map { Array($0) }
    }
}
