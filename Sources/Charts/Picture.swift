/// The frame that all pictures share: an SVG document with its name and its words for people who do not see it.
struct Picture {
    /// Begins the ids of the title and of the words.
    let id: String
    let title: String
    let description: String
    let width: Double
    let height: Double

    /// The document around a body; embedded is inside a page that has `styles` already.
    func svg(_ body: String, embedded: Bool) -> String {
        let (id, w, h) = (Markup.escaped(id), Numeral.coordinate(width), Numeral.coordinate(height))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" class="sisa" role="img" width="\(w)" height="\(h)" \
            viewBox="0 0 \(w) \(h)" aria-labelledby="\(id)-title \(id)-words">
            <title id="\(id)-title">\(Markup.escaped(title))</title>
            <desc id="\(id)-words">\(Markup.escaped(description))</desc>
            \(embedded ? "" : "<style>\(Self.styles)</style>")
            <rect class="paper" width="\(w)" height="\(h)" fill="#fff"/>
            \(body)
            </svg>
            """
    }

    /// The style sheet of all pictures.
    static let styles = Palette.style + Palette.heatStyle

    /// A width in which a picture can be laid out.
    static func width(_ wanted: Int) -> Double { Double(min(4000, max(280, wanted))) }

    static func titleLines(_ title: String, width: Double) -> [String] {
        // A tenth for the weight of the letters.
        TextWidth.lines(title, size: 15 * 1.1, width: width - 16, maxLines: 3)
    }

    static func heading(_ lines: [String]) -> String {
        lines.enumerated().map {
            text($0.element, 8, 22 + Double($0.offset) * 20, size: 15, extra: " font-weight=\"600\"")
        }.joined()
    }

    static func text(_ text: String, _ x: Double, _ y: Double, size: Double = 12, extra: String = "") -> String {
        """
        <text x="\(Numeral.coordinate(x))" y="\(Numeral.coordinate(y))" \
        font-size="\(Numeral.coordinate(size))"\(extra)>\(Markup.escaped(text))</text>

        """
    }
}

/// Text made safe for SVG and for HTML written as XML.
package enum Markup {
    /// The text with escapes, for text and for attribute values in double quotes.
    ///
    /// Characters that XML 1.0 forbids, and those that reorder the text around them, become U+FFFD: no label can end an
    /// element or rearrange the page.
    package static func escaped(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\t", "\n", "\r": out += " "
            default: out.unicodeScalars.append(isForbidden(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return out
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
        // The last two code points of every plane, and the block in the middle, are not characters.
        case 0xFDD0...0xFDEF: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }
}

/// How wide a text will be, without a font at hand: estimated by the wide sans-serif faces, so rather too much than too
/// little.
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
    static func lines(_ text: String, size: Double, width limit: Double, maxLines: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, lines.count >= maxLines || of("\(last) \(word)", size: size) <= limit {
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
