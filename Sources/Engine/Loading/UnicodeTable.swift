/// What the tokenizer must know of every Unicode scalar, frozen with this program.
///
/// The standard library knows it too, but its Unicode version changes with the toolchain, and a
/// scalar that changes class would change token ids and with them every digest. Two-level tables:
/// a page per 256 scalars, equal pages shared.
struct UnicodeTable: Sendable {
    static let shared = UnicodeTable()

    /// Properties of one scalar.
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt16
        static let removed = Flags(rawValue: 1)
        static let space = Flags(rawValue: 2)
        static let chinese = Flags(rawValue: 4)
        static let punctuation = Flags(rawValue: 8)
        static let mark = Flags(rawValue: 16)
        static let startingMark = Flags(rawValue: 32)
        static let reordered = Flags(rawValue: 64)
        static let decomposed = Flags(rawValue: 128)
        static let lowered = Flags(rawValue: 256)
    }

    private let pages: [UInt16]  // (scalar / 256) -> start of the page in `flags`
    private let flags: [Flags]
    private let classes: [UInt32: UInt8]
    private let decompositions: [UInt32: [UInt32]]
    private let lowercase: [UInt32: [UInt32]]

    subscript(scalar: UInt32) -> Flags {
        flags[Int(pages[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
    }

    /// The canonical combining class of a scalar that is `reordered`; 0 otherwise.
    func combiningClass(_ scalar: UInt32) -> UInt8 { classes[scalar] ?? 0 }

    func lowered(_ scalar: UInt32) -> [UInt32] { lowercase[scalar] ?? [scalar] }

    func decomposed(_ scalar: UInt32) -> [UInt32] { decompositions[scalar] ?? [scalar] }

    private init() {
        var all = [Flags](repeating: [], count: 0x110000)
        let sets: [(StaticString, Flags)] = [
            (UnicodeData.removed, .removed), (UnicodeData.space, .space), (UnicodeData.chinese, .chinese),
            (UnicodeData.punctuation, .punctuation), (UnicodeData.marks, .mark),
            (UnicodeData.startingMarks, .startingMark)
        ]
        for (text, flag) in sets {
            for range in Self.ranges(text) {
                for scalar in range { all[scalar].insert(flag) }
            }
        }
        decompositions = Self.mapping(UnicodeData.decomposed)
        lowercase = Self.mapping(UnicodeData.lowered)
        classes = Self.mapping(UnicodeData.classes).compactMapValues { $0.first.map(UInt8.init) }
        for scalar in decompositions.keys { all[Int(scalar)].insert(.decomposed) }
        for scalar in lowercase.keys { all[Int(scalar)].insert(.lowered) }
        for scalar in classes.keys { all[Int(scalar)].insert(.reordered) }

        var known: [[Flags]: UInt16] = [:]
        var pages: [UInt16] = []
        var flags: [Flags] = []
        for start in stride(from: 0, to: all.count, by: 256) {
            let page = Array(all[start..<start + 256])
            let index = known[page] ?? UInt16(flags.count >> 8)
            if known.updateValue(index, forKey: page) == nil { flags += page }
            pages.append(index)
        }
        self.pages = pages
        self.flags = flags
    }

    /// "41-5A 5F" -> [0x41...0x5A, 0x5F...0x5F]
    static func ranges(_ text: StaticString) -> [ClosedRange<Int>] {
        words(text, " ").map { word in
            let ends = word.split(separator: UInt8(ascii: "-")).map { Int(number($0)) }
            return ends[0]...ends[ends.count - 1]
        }
    }

    /// "C0:41,41 DF:73+73" -> [0xC0: [0x41], 0xC1: [0x41], 0xDF: [0x73, 0x73]]
    static func mapping(_ text: StaticString) -> [UInt32: [UInt32]] {
        var mapping: [UInt32: [UInt32]] = [:]
        for run in words(text, " ") {
            let parts = run.split(separator: UInt8(ascii: ":"))
            var scalar = number(parts[0])
            for image in parts[1].split(separator: UInt8(ascii: ",")) {
                mapping[scalar] = image.split(separator: UInt8(ascii: "+")).map(number)
                scalar += 1
            }
        }
        return mapping
    }

    private static func words(_ text: StaticString, _ separator: Unicode.Scalar) -> [ArraySlice<UInt8>] {
        Array(text.description.utf8).split { $0 == UInt8(ascii: separator) || $0 == UInt8(ascii: "\n") }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt32 {
        digits.reduce(0) { value, digit in
            value << 4 | UInt32(digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - 55)
        }
    }
}

extension UnicodeTable.Flags: Hashable {}
