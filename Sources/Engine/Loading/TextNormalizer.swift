/// Text to words, as the reference's `BertNormalizer` and `BertPreTokenizer` make them.
///
/// Works on Unicode scalars; every step but one looks at a single scalar. The exception is the
/// order of combining marks, which only shows where marks survive `strip_accents`.
package struct TextNormalizer: Sendable {
    private let cleanText: Bool
    let handleChinese: Bool
    let stripAccents: Bool
    let lowercase: Bool
    private let table = UnicodeTable.shared
    private static let space: UInt32 = 0x20

    /// The settings of a tokenizer; `stripAccents` nil: accents go where case goes.
    package init(
        cleanText: Bool = true, handleChinese: Bool = true, stripAccents: Bool? = nil, lowercase: Bool = true
    ) {
        self.cleanText = cleanText
        self.handleChinese = handleChinese
        // Unless told otherwise the reference strips accents exactly where it lowers case.
        self.stripAccents = stripAccents ?? lowercase
        self.lowercase = lowercase
    }

    /// Appends the normal form of `text` to `output`.
    func normalize(_ text: ArraySlice<UInt32>, into output: inout [UInt32]) {
        var runStart = output.count  // marks are reordered within a run of marks, never across its start
        for scalar in text {
            if scalar < 0x80 {
                normalizeASCII(scalar, into: &output)
                runStart = output.count
            } else {
                normalize(scalar, table[scalar], runStart: &runStart, into: &output)
            }
        }
    }

    private func normalizeASCII(_ scalar: UInt32, into output: inout [UInt32]) {
        if scalar < 0x20 || scalar == 0x7F {
            let flags = table[scalar]
            if cleanText, flags.contains(.removed) { return }
            output.append(cleanText && flags.contains(.space) ? Self.space : scalar)
        } else if lowercase, scalar &- 0x41 < 26 {
            output.append(scalar | 0x20)
        } else {
            output.append(scalar)
        }
    }

    private func normalize(
        _ scalar: UInt32, _ flags: UnicodeTable.Flags, runStart: inout Int, into output: inout [UInt32]
    ) {
        if cleanText {
            if flags.contains(.removed) { return }
            if flags.contains(.space) {
                output.append(Self.space)
                runStart = output.count
                return
            }
        }
        let isolated = handleChinese && flags.contains(.chinese)
        if isolated {
            output.append(Self.space)
            runStart = output.count
        }
        if stripAccents {
            strip(scalar, flags, runStart: &runStart, into: &output)
        } else {
            appendLowered(scalar, flags, to: &output)
        }
        if isolated {
            output.append(Self.space)
            runStart = output.count
        }
    }

    /// Canonical decomposition without nonspacing marks.
    private func strip(
        _ scalar: UInt32, _ flags: UnicodeTable.Flags, runStart: inout Int, into output: inout [UInt32]
    ) {
        if flags.contains(.mark) { return }
        if flags.contains(.startingMark) {
            runStart = output.count
        } else if flags.contains(.decomposed) {
            for part in table.decomposed(scalar) { place(part, table[part], &runStart, &output) }
        } else if scalar &- Hangul.first < Hangul.count {
            Hangul.decompose(scalar, into: &output)
            runStart = output.count
        } else {
            place(scalar, flags, &runStart, &output)
        }
    }

    private func place(
        _ scalar: UInt32, _ flags: UnicodeTable.Flags, _ runStart: inout Int, _ output: inout [UInt32]
    ) {
        guard flags.contains(.reordered) else {
            appendLowered(scalar, flags, to: &output)
            runStart = output.count
            return
        }
        let combiningClass = table.combiningClass(scalar)
        var position = output.count
        while position > runStart, table.combiningClass(output[position - 1]) > combiningClass { position -= 1 }
        output.insert(scalar, at: position)
    }

    private func appendLowered(_ scalar: UInt32, _ flags: UnicodeTable.Flags, to output: inout [UInt32]) {
        if lowercase, flags.contains(.lowered) {
            output.append(contentsOf: table.lowered(scalar))
        } else {
            output.append(scalar)
        }
    }

    /// The words of a text.
    package func words(_ text: String) -> [String] {
        var normal: [UInt32] = []
        normalize(text.unicodeScalars.map(\.value)[...], into: &normal)
        var words: [String] = []
        forEachWord(in: normal, range: normal.indices) { word in
            words.append(String(String.UnicodeScalarView(normal[word].compactMap(Unicode.Scalar.init))))
            return true
        }
        return words
    }

    /// Calls `body` with the range of every word of normalized text, until it returns false.
    func forEachWord(in text: [UInt32], range: Range<Int>, _ body: (Range<Int>) -> Bool) {
        var start = range.lowerBound
        for position in range {
            let flags = table[text[position]]
            guard !flags.isDisjoint(with: [.space, .punctuation]) else { continue }
            if start < position, !body(start..<position) { return }
            if flags.contains(.punctuation), !body(position..<position + 1) { return }
            start = position + 1
        }
        if start < range.upperBound { _ = body(start..<range.upperBound) }
    }
}

/// Hangul syllables decompose by arithmetic (Unicode Standard, section 3.12).
enum Hangul {
    static let first: UInt32 = 0xAC00
    static let count: UInt32 = 11_172

    static func decompose(_ syllable: UInt32, into output: inout [UInt32]) {
        let index = syllable - first
        output.append(0x1100 + index / 588)
        output.append(0x1161 + index % 588 / 28)
        if index % 28 != 0 { output.append(0x11A7 + index % 28) }
    }

    /// The syllable of a consonant and a vowel, or of such a syllable and a last consonant.
    static func compose(_ left: UInt32, _ right: UInt32) -> UInt32? {
        if 0x1100..<0x1113 ~= left, 0x1161..<0x1176 ~= right {
            return first + (left - 0x1100) * 588 + (right - 0x1161) * 28
        }
        guard left &- first < count, (left - first) % 28 == 0, 0x11A8..<0x11C3 ~= right else { return nil }
        return left + right - 0x11A7
    }
}
