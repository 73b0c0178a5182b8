import Crypto
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Makes receipts that say other things than a genuine one, or the same in another way; those that a thief of the key
/// could make too.
struct ReceiptForger {
    let key: SigningKey
    /// A genuine one, as its file holds it.
    let text: String
    let receipt: Receipt
    let statement: String

    init(_ file: URL, _ key: SigningKey) throws {
        self.key = key
        text = try String(contentsOf: file, encoding: .utf8)
        receipt = try Receipt(contentsOf: file)
        statement = String(decoding: Data(base64Encoded: receipt.payload) ?? Data(), as: UTF8.self)
    }

    /// Everything about a statement signed, an entry made of it, and a log that holds the entry.
    func signed(_ statement: [UInt8], entry change: (String) -> [UInt8] = { Array($0.utf8) }) throws -> [UInt8] {
        let old = try #require(LogEntry(bytes: Array(receipt.logEntry.utf8))?.statement)
        let entry = change(
            receipt.logEntry.replacing(old, with: Array(SHA256.hash(data: statement)).hexadecimal))
        var nodes: [[UInt8]] = []
        let entries = [Array("one".utf8), entry, Array("three".utf8)]
        for (index, entry) in entries.enumerated() {
            let known = nodes
            nodes += try MerkleTree(size: index) { known[$0] }.completed(by: entry)
        }
        let all = nodes
        let tree = MerkleTree(size: entries.count) { all[$0] }
        let head = LogHead(origin: "sisa-test", size: entries.count, root: try tree.root())
        let hashes = try tree.inclusionProof(of: 1)
        let proof = LogProof(index: 1, hashes: hashes, note: try head.note(signedBy: [key]))
        let forged = try Receipt(
            Data(statement), salts: receipt.salts, entry: entry, proof: proof.text, key: key)
        return try Array(JSONEncoder().encode(forged))
    }

    /// Other ways to write a JSON text, and other texts.
    private static let rewritings: [@Sendable (String, inout SeededGenerator) -> [UInt8]] = [
        { text, _ in Array(text.utf8) }, { text, _ in [0xEF, 0xBB, 0xBF] + text.utf8 },
        { text, _ in Array("\u{20}\r\n\t\(text)\n ".utf8) }, { text, _ in Array("\(text){}".utf8) },
        { text, _ in Array("\(text)\0".utf8) }, { text, _ in Array("[\(text)]".utf8) },
        { text, _ in Array("// no comment\n\(text)".utf8) },
        // A member twice, before and behind, with the same name or one that only looks like it.
        { text, generator in Array(text.inserting(text.member(&generator), &generator).utf8) },
        { text, generator in
            let (name, value) = (
                text.name(&generator), ["1", "\"x\"", "[]", "{}", "null"].randomElement(using: &generator) ?? ""
            )
            return Array(text.inserting("\"\(name)\":\(value)", &generator).utf8)
        },
        { text, generator in
            let name = text.name(&generator)
            let escaped = "\\u00" + [UInt8](name.utf8.prefix(1)).hexadecimal + name.dropFirst()
            return Array(
                (Bool.random(using: &generator)
                    ? text.replacing("\"\(name)\"", with: "\"\(escaped)\"")
                    : text.inserting("\"\(escaped)\":\"7\"", &generator)).utf8)
        },
        { text, generator in Array(text.inserting("\"plan\u{212A}ey\":\"x\"", &generator).utf8) },
        { text, generator in Array(text.inserting("\"more\":\(generator.value())", &generator).utf8) },
        // A member less, of another name, with another value.
        { text, generator in Array(text.replacing(text.member(&generator) + ",", with: "").utf8) },
        { text, generator in Array(text.replacing("\"\(text.name(&generator))\"", with: "\"other\"").utf8) },
        { text, generator in
            let name = text.name(&generator)
            return Array(text.replacing("\"\(name)\":", with: "\"\(name)\":\(generator.value()),\"z\":").utf8)
        },
        // Numbers in other ways.
        { text, generator in
            let forms = [
                "0$", "$.0", "$e0", "-$", "+$", "$000000000000000000000", "\"$\"", "$.5", " $ ", "0x$", "$E+0", "-0",
                "true"
            ]
            let form = forms.randomElement(using: &generator) ?? ""
            let places = text.ranges(of: /:[0-9]+/)
            guard let place = places.randomElement(using: &generator) else { return Array(text.utf8) }
            let number = text[place].dropFirst()
            return Array(text.replacingCharacters(in: place, with: ":" + form.replacing("$", with: number)).utf8)
        },
        // Bytes.
        { text, generator in
            var bytes = Array(text.utf8)
            let place = bytes.indices.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(bytes[place], at: place)
            default:
                let strange: [[UInt8]] = [
                    [0], [0x0D], [0x0A], [0x20], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], Array("\\ud800".utf8),
                    Array("\u{2028}".utf8),
                    Array("\u{301}".utf8), Array("\\u0000".utf8), Array("\"".utf8), Array(",".utf8)
                ]
                bytes.insert(contentsOf: strange.randomElement(using: &generator) ?? [], at: place)
            }
            return bytes
        },
        // Deep.
        { text, generator in
            let depth = [10, 60, 61, 62, 63, 64, 65, 2000, 200_000].randomElement(using: &generator) ?? 0
            let nest = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return Array(text.inserting("\"deep\":\(nest)", &generator).utf8)
        }
    ]

    /// Other ways to write what the envelope's texts say.
    private static let parts: [@Sendable (Receipt, inout SeededGenerator) throws -> [(String, String)]] = [
        { receipt, generator in
            let form = ["0$", " $", "$ ", "+$", "-$", "$.0", "\u{661}", "$\r"].randomElement(using: &generator) ?? ""
            let index = try #require(receipt.place?.index)
            return [
                (
                    receipt.logProof,
                    receipt.logProof.replacing(
                        "index \(index)\n", with: "index \(form.replacing("$", with: "\(index)"))\n")
                )
            ]
        },
        { receipt, generator in
            let extra = ["extra abc\n", "extra AAAA\n", "extra \n", "x\n"].randomElement(using: &generator) ?? ""
            let place = ["index", "\n\n", "c2sp"].randomElement(using: &generator) ?? ""
            return [(receipt.logProof, receipt.logProof.replacing(place, with: extra + place, maxReplacements: 1))]
        },
        { receipt, generator in
            let changes = [
                ("\n", "\r\n"), ("\n\n", "\n\n\n"), (" ", "  "), ("\u{2014}", "-"), ("\u{2014} ", "\u{2014}\u{A0}"),
                ("=\n", "\n"), ("=\n", "=\r\n"),
                ("=\n", "==\n"), ("=\n", "=\u{2028}\n"), ("=\n", "=\u{B}"),
                ("\n\u{2014}", "\n\u{2014} other AAAA\n\u{2014}"),
                ("\n\u{2014}", "\nnothing\n\u{2014}"), ("\n\u{2014}", "\n\n\u{2014}"), ("sisa-", "Sisa-"),
                ("c2sp", "C2SP")
            ]
            let (old, new) = changes.randomElement(using: &generator) ?? ("", "")
            let most = Bool.random(using: &generator) ? 1 : .max
            return [(receipt.logProof, receipt.logProof.replacing(old, with: new, maxReplacements: most))]
        },
        { receipt, generator in
            var lines = receipt.logProof.components(separatedBy: "\n")
            let place = lines.indices.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: lines.remove(at: place)
            case 1: lines.insert(lines[place], at: place)
            default: lines[place] = generator.respell(lines[place])
            }
            return [(receipt.logProof, lines.joined(separator: "\n"))]
        },
        { receipt, generator in [(receipt.payload, generator.respell(receipt.payload))] },
        { receipt, generator in [(receipt.signatures[0].sig, generator.respell(receipt.signatures[0].sig))] },
        { receipt, generator in [(receipt.signatures[0].keyid, generator.respell(receipt.signatures[0].keyid))] },
        { receipt, generator in
            let salt = receipt.salts.randomElement(using: &generator) ?? ""
            let others = [salt.uppercased(), "", " " + salt, salt + "0", salt.dropLast(2) + "", "0x" + salt]
            return [(salt, others.randomElement(using: &generator) ?? "")]
        },
        { receipt, _ in [(receipt.payloadType, receipt.payloadType + " ")] },
        { receipt, _ in [(receipt.logEntry, receipt.logEntry + "\n")] }
    ]

    /// One of very many, by the generator.
    func forge(_ generator: inout SeededGenerator) throws -> [UInt8] {
        func rewrite(_ text: String) -> [UInt8] {
            (Self.rewritings.randomElement(using: &generator) ?? { text, _ in Array(text.utf8) })(text, &generator)
        }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return rewrite(text.replacing(" : ", with: ":").replacing(/\n */, with: ""))
        case 1: return try signed(rewrite(statement))
        case 2:
            let body = Array(statement.utf8)
            return try signed(body) { rewrite($0) }
        default:
            let change = try #require(Self.parts.randomElement(using: &generator))
            return try change(receipt, &generator).reduce(text) { text, change in
                try text.replacing(Self.json(change.0), with: Self.json(change.1))
            }.utf8.map(\.self)
        }
    }

    /// A string as a receipt's file holds it.
    private static func json(_ text: String) throws -> String {
        String(decoding: try SortedJSON.encode(text), as: UTF8.self)
    }
}

extension String {
    /// The name of one of the members.
    fileprivate func name(_ generator: inout SeededGenerator) -> String {
        let names = matches(of: /"([A-Za-z_0-9]+)":/).map { String($0.output.1) }
        return names.randomElement(using: &generator) ?? "payload"
    }

    /// One of the members whose values are plain.
    fileprivate func member(_ generator: inout SeededGenerator) -> String {
        let all = matches(of: /"[A-Za-z_0-9]+":("[^"\\]*"|[0-9]+)/).map { String($0.output.0) }
        return all.randomElement(using: &generator) ?? "\"a\":1"
    }

    /// With a member more, in some object, as its first or its last.
    fileprivate func inserting(_ member: String, _ generator: inout SeededGenerator) -> String {
        let isFirst = Bool.random(using: &generator)
        let places = isFirst ? ranges(of: "{\"").map { index(after: $0.lowerBound) } : ranges(of: "}").map(\.lowerBound)
        guard let place = places.randomElement(using: &generator) else { return self }
        return self[..<place] + (isFirst ? member + "," : "," + member) + self[place...]
    }
}

extension SeededGenerator {
    /// A value that a member may get.
    fileprivate mutating func value() -> String {
        ["null", "0", "1", "1.0", "true", "\"\"", "\"1\"", "[]", "[1]", "{}", "{\"a\":\"b\"}", "[null]"].randomElement(
            using: &self) ?? ""
    }

    /// Base64 in another way, or of something else.
    fileprivate mutating func respell(_ text: String) -> String {
        var bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return "=" }
        switch Int.random(in: 0..<6, using: &self) {
        case 0: return text.replacing("=", with: "")
        case 1: return text + "="
        case 2: return text + "\n"
        case 3: return text.replacing("+", with: "-").replacing("/", with: "_")
        case 4:
            // The next letter in the place of the last before the padding: its last bits stand for nothing.
            if let place = bytes.lastIndex(where: { $0 != UInt8(ascii: "=") }) { bytes[place] += 1 }
        default:
            let place = bytes.indices.randomElement(using: &self) ?? 0
            bytes.insert([0x20, 0x0A, 0x3D, 0x41].randomElement(using: &self) ?? 0x41, at: place)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
