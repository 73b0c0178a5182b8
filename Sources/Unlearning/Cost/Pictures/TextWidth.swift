/// How wide a text will be, without a font at hand: estimated by the wide sans-serif faces, so rather too much than too little.
enum TextWidth {
    static func of(_ text: String, size: Double) -> Double {
        size * text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    /// Cut with an ellipsis where it is too long.
    static func fitted(_ text: String, size: Double, width limit: Double) -> String {
        guard of(text, size: size) > limit else { return text }
        var out = ""
        var used = size
        for character in text {
            used += of(String(character), size: size)
            guard used <= limit else { break }
            out.append(character)
        }
        return out + "…"
    }

    /// Broken at spaces into lines no wider than the limit, the last one cut.
    static func lines(_ text: String, size: Double, width limit: Double, most: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, lines.count >= most || of("\(last) \(word)", size: size) <= limit {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.map { fitted($0, size: size, width: limit) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!": 0.34
        case " ", "f", "r", "t", "(", ")", "-": 0.4
        case "m", "w", "M", "W", "%", "…", "@": 0.98
        case "A"..."Z": 0.71
        case "0"..."9": 0.64
        default: scalar.value >= 0x1100 && scalar.value < 0xFFFF_0000 ? 1.05 : 0.62
        }
    }
}
