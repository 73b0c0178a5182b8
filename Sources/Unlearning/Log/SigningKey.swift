internal import Crypto
internal import Foundation

/// What a workspace signs its log and its receipts with: Ed25519, kept as PKCS #8 in PEM (RFC 8410), readable by the
/// owner only.
struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    private static let prefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20
    ]

    /// A new random one.
    init() { key = Curve25519.Signing.PrivateKey() }

    init?(pem: String) {
        guard let der = PEM.decode(pem, "PRIVATE KEY"), der.count == Self.prefix.count + 32,
            der.starts(with: Self.prefix),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: der.dropFirst(Self.prefix.count))
        else { return nil }
        self.key = key
    }

    /// Reads a PEM file; nil where there is no such file.
    init?(contentsOf file: URL) throws {
        guard let bytes = try DurableFile.contents(file) else { return nil }
        guard let key = Self(pem: String(decoding: bytes, as: UTF8.self)) else {
            throw LogError.noKey(path: file.path)
        }
        self = key
    }

    func write(to file: URL) throws {
        try DurableFile.write(
            Array(PEM.encode(Self.prefix + Array(key.rawRepresentation), "PRIVATE KEY").utf8), to: file)
    }

    var verification: VerificationKey {
        guard let key = VerificationKey(bytes: Array(key.publicKey.rawRepresentation)) else {
            preconditionFailure("an Ed25519 public key has 32 bytes")
        }
        return key
    }

    func signature(of message: [UInt8]) throws -> [UInt8] { Array(try key.signature(for: message)) }
}
