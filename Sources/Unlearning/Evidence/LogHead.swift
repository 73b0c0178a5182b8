internal import Foundation

/// Size and root of the log, as text that is signed: a C2SP tlog-checkpoint.
package struct LogHead: Sendable, Equatable {
    package let origin: String
    package let size: Int
    package let root: [UInt8]

    init(origin: String, size: Int, root: [UInt8]) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Three lines: origin, size, root.
    var text: String { "\(origin)\n\(size)\n\(Data(root).base64EncodedString())\n" }

    init?(text: some StringProtocol) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.last == "", !lines[0].isEmpty, let size = Int(lines[1]), size >= 0,
            "\(size)" == lines[1], let root = Data(base64Encoded: String(lines[2])), root.count == 32
        else { return nil }
        self.init(origin: String(lines[0]), size: size, root: Array(root))
    }

    /// The signed note: the text, an empty line, and a line for each key (C2SP signed-note).
    func note(signedBy keys: [SigningKey]) throws -> String {
        try text + "\n"
            + keys.map { key in
                let signature = try key.verification.noteID(origin) + key.signature(of: Array(text.utf8))
                return "\u{2014} \(origin) \(Data(signature).base64EncodedString())\n"
            }.joined()
    }

    /// Reads a note without looking at its signatures.
    init?(note: String) {
        guard let end = note.range(of: "\n\n") else { return nil }
        self.init(text: note[..<note.index(after: end.lowerBound)])
    }

    /// Reads a note that this key signed; nil for any other.
    package init?(note: String, signedBy key: VerificationKey) {
        guard let head = Self(note: note), let end = note.range(of: "\n\n") else { return nil }
        let signed = Array(note[..<note.index(after: end.lowerBound)].utf8)
        let isSigned = note[end.upperBound...].split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            guard words.count == 3, words[0] == "\u{2014}", words[1] == head.origin,
                let bytes = Data(base64Encoded: String(words[2])).map({ Array($0) }), bytes.count == 4 + 64,
                Array(bytes[..<4]) == key.noteID(head.origin)
            else { return false }
            return key.isValid(Array(bytes[4...]), of: signed)
        }
        guard isSigned else { return nil }
        self = head
    }
}
