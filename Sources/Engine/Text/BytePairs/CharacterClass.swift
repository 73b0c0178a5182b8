/// What a scalar is to the grammars that split texts into words, frozen with this program.
struct CharacterClass: Hashable, Sendable {
    fileprivate(set) var bits: UInt8 = 0

    fileprivate static let letter: UInt8 = 1
    fileprivate static let number: UInt8 = 2
    fileprivate static let space: UInt8 = 4
    fileprivate static let digit: UInt8 = 8

    @inline(__always) var isLetter: Bool { bits & Self.letter != 0 }
    @inline(__always) var isNumber: Bool { bits & Self.number != 0 }
    @inline(__always) var isSpace: Bool { bits & Self.space != 0 }
    /// Whether the step that sets digits apart takes it for one: every number and some more.
    @inline(__always) var isDigit: Bool { bits & Self.digit != 0 }
    /// Neither letter nor number nor white space.
    @inline(__always) var isOther: Bool { bits & (Self.letter | Self.number | Self.space) == 0 }
}

/// The classes of all scalars, in two stages: a page for each 256 scalars, equal pages shared.
struct CharacterClasses: Sendable {
    static let shared = CharacterClasses()

    private let pages: [UInt16]  // (scalar / 256) -> number of its page in `classes`
    private let classes: [CharacterClass]

    subscript(scalar: UInt32) -> CharacterClass {
        classes[Int(pages[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
    }

    /// The class of the character that begins at a position of valid UTF-8, and where the next one begins.
    @inline(__always)
    func look(_ text: [UInt8], _ position: Int) -> (class: CharacterClass, end: Int) {
        let byte = text[position]
        if byte < 0x80 { return (classes[Int(byte)], position + 1) }  // page 0 is the first
        let (scalar, end) = UTF8Scalar.decode(text, position)
        return (self[scalar], end)
    }

    private init() {
        var all = [CharacterClass](repeating: CharacterClass(), count: 0x110000)
        let sets: [(StaticString, UInt8)] = [
            (CharacterClassData.letters, CharacterClass.letter),
            (CharacterClassData.numbers, CharacterClass.number | CharacterClass.digit),
            (CharacterClassData.digits, CharacterClass.digit), (CharacterClassData.space, CharacterClass.space)
        ]
        for (text, flag) in sets {
            for range in UnicodeTable.ranges(text) {
                for scalar in range { all[scalar].bits |= flag }
            }
        }
        var known: [[CharacterClass]: UInt16] = [:]
        var pages: [UInt16] = []
        var classes: [CharacterClass] = []
        for start in stride(from: 0, to: all.count, by: 256) {
            let page = Array(all[start..<start + 256])
            let index = known[page] ?? UInt16(classes.count >> 8)
            if known.updateValue(index, forKey: page) == nil { classes += page }
            pages.append(index)
        }
        self.pages = pages
        self.classes = classes
    }
}

/// Scalars in valid UTF-8.
enum UTF8Scalar {
    /// The scalar that begins at a position, and where the next one begins.
    static func decode(_ text: [UInt8], _ position: Int) -> (scalar: UInt32, end: Int) {
        let first = UInt32(text[position])
        if first < 0x80 { return (first, position + 1) }
        let second = UInt32(text[position + 1] & 0x3F)
        if first < 0xE0 { return ((first & 0x1F) << 6 | second, position + 2) }
        let third = UInt32(text[position + 2] & 0x3F)
        if first < 0xF0 { return ((first & 0x0F) << 12 | second << 6 | third, position + 3) }
        let fourth = UInt32(text[position + 3] & 0x3F)
        return ((first & 0x07) << 18 | second << 12 | third << 6 | fourth, position + 4)
    }

    /// How many bytes the character that begins with a byte has.
    static func length(_ first: UInt8) -> Int {
        first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    }
}
