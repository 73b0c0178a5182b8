/// Writes a text so that every reader of YAML, and the strict one of recipes, reads the same text back.
package enum YAMLText {
    /// Plain where nobody can take it for anything else, in quotes otherwise.
    package static func written(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// Words that some readers of YAML take for no text.
    private static let reserved: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
        // Single blanks inside, no sign that means something anywhere.
        let isWord = bytes.allSatisfy {
            isLetter($0) || (0x30...0x39).contains($0) || [0x20, 0x2D, 0x2E, 0x5F].contains($0)
        }
        guard let first = bytes.first, isLetter(first), isWord, bytes.last != 0x20 else { return false }
        return !text.contains("  ") && !reserved.contains(text.lowercased())
    }

    /// In double quotes. What YAML forbids, folds or does not show is escaped; the asterisk too, since a recipe of many
    /// would be refused for its aliases.
    package static func quoted(_ text: String) -> String {
        var written = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { written += "\\" }
            if isShown(scalar) {
                written.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16)
                written += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return written + "\""
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        case .spaceSeparator: scalar == " "
        default: scalar != "*"
        }
    }
}
