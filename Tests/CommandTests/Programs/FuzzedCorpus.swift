import TestSupport

/// Makes records that can be recognised wherever they lie: the id and the text of each hold a word that nothing else
/// holds.
struct FuzzedCorpus {
    static let owners = ["ada", "ben", "eve", "caf\u{E9}", "cafe\u{301}"]
    static let labels = ["weather", "food", "travel"]

    private static let mark = Array("qz".utf8)
    private static let wordBytes = 8
    private static let ends = ["", " x", "\u{E9}", "e\u{301}", "\"'", "\\", "/..", "%20", "\u{1F642}", ",;"]
    private static let vocabulary = [
        "rain", "soup", "train", "fog", "salt", "boat", "the", "a", "of", "leaves", "Nine", "caf\u{E9}", "\u{65E5}",
        "\"",
        "\\", "-", "wind", "bread"
    ]

    let hasDates: Bool
    private var made = 0

    init(hasDates: Bool) { self.hasDates = hasDates }

    /// `twin`: Whose text it has; nil: one of its own.
    mutating func record(like twin: ToyRecord? = nil, using generator: inout SeededGenerator) -> ToyRecord {
        let word = word("i")
        var record = ToyRecord(
            id: word + (Self.ends.randomElement(using: &generator) ?? ""), owner: Self.owner(using: &generator),
            text: twin?.text ?? text(using: &generator), label: Self.label(using: &generator))
        if hasDates, Int.random(in: 0..<8, using: &generator) > 0 {
            let time = ["", "T12:00:00", "T23:59:59.5Z"].randomElement(using: &generator) ?? ""
            record.date = Self.day(using: &generator) + time
        }
        return record
    }

    mutating func text(using generator: inout SeededGenerator) -> String {
        let words = (0..<Int.random(in: 1...9, using: &generator)).compactMap { _ in
            Self.vocabulary.randomElement(using: &generator)
        }
        return (words + [word("t")]).shuffled(using: &generator).joined(separator: " ")
    }

    static func owner(using generator: inout SeededGenerator) -> String? {
        Int.random(in: 0..<5, using: &generator) == 0 ? nil : owners.randomElement(using: &generator)
    }

    static func label(using generator: inout SeededGenerator) -> String {
        labels.randomElement(using: &generator) ?? labels[0]
    }

    static func day(using generator: inout SeededGenerator) -> String {
        "2024-0\(Int.random(in: 1...3, using: &generator))-0\(Int.random(in: 1...9, using: &generator))"
    }

    private mutating func word(_ kind: String) -> String {
        made += 1
        let number = "\(made)"
        return String(decoding: Self.mark, as: UTF8.self) + kind
            + String(repeating: "0", count: Self.wordBytes - Self.mark.count - 1 - number.count) + number
    }

    /// All such words in some bytes.
    static func words(in bytes: [UInt8]) -> Set<String> {
        var found: Set<String> = []
        guard bytes.count >= wordBytes else { return found }
        for at in 0...bytes.count - wordBytes where bytes[at] == mark[0] && bytes[at + 1] == mark[1] {
            let word = bytes[at..<at + wordBytes]
            if word.dropFirst(mark.count + 1).allSatisfy({ (0x30...0x39).contains($0) }) {
                found.insert(String(decoding: word, as: UTF8.self))
            }
        }
        return found
    }

    static func words(of record: ToyRecord) -> Set<String> {
        words(in: Array(record.id.utf8)).union(words(in: Array(record.text.utf8)))
    }
}
