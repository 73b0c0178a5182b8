internal import Foundation

/// Size and root of the log, as text that is signed: a C2SP tlog-checkpoint.
package struct LogHead: Sendable, Equatable {
    /// What the log calls itself.
    package let origin: String
    /// How many entries it has.
    package let size: Int
    /// The root of the hash tree over them: 32 bytes.
    package let root: [UInt8]

    init(origin: String, size: Int, root: [UInt8]) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Three lines: origin, size, root.
    var text: String { "\(origin)\n\(size)\n\(Data(root).base64EncodedString())\n" }

    private init?(lines: [String]) {
        // The origin is the name in the lines of signatures, where a blank would end it.
        guard lines.count >= 3, !lines[0].isEmpty, !lines[0].utf8.contains(0x20), let size = Int(canonical: lines[1]),
            let root = Data(canonicalBase64: lines[2]), root.count == 32
        else { return nil }
        self.init(origin: lines[0], size: size, root: Array(root))
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
        guard let note = SignedNote(note) else { return nil }
        self.init(lines: note.lines)
    }

    /// Reads a note that this key signed; nil for any other.
    package init?(note: String, signedBy key: VerificationKey) {
        guard let note = SignedNote(note), let head = Self(lines: note.lines) else { return nil }
        let signed = Array(note.text.utf8)
        let isSigned = note.signatures.contains { name, bytes in
            name.utf8.elementsEqual(head.origin.utf8) && bytes.count == 4 + 64
                && Array(bytes[..<4]) == key.noteID(head.origin) && key.isValid(Array(bytes[4...]), of: signed)
        }
        guard isSigned else { return nil }
        self = head
    }
}
