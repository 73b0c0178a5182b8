/// A piece of a recipe's YAML that knows its place, free of anchors, tags and repeated keys.
struct RecipeNode {
    /// The recipe's file, for messages.
    let file: String
    /// Counted from 1.
    let line: Int
    /// For example `adapter.rank` or `labels[1]`; empty for the recipe as a whole.
    let path: String
    let content: Content

    /// What YAML tells apart.
    indirect enum Content {
        /// A text as written. `isPlain` is false where it stands in quotes or is a block of text.
        case scalar(String, isPlain: Bool)
        /// The items of a list.
        case sequence([RecipeNode])
        /// Keys with values, in the order of the file.
        case mapping([Entry])
    }

    /// One key of a mapping, with the line that it stands on.
    struct Entry {
        let key: String
        let line: Int
        let value: RecipeNode
    }

    /// What was found, for messages.
    var kind: String {
        switch content {
        case .scalar(let text, isPlain: true) where text.isEmpty: "nothing"
        case .scalar(let text, isPlain: true): "`\(text.prefix(60))`"
        case .scalar(let text, isPlain: false): "the quoted text \"\(text.prefix(60))\""
        case .sequence: "a list"
        case .mapping: "keys with values"
        }
    }

    /// An error of this place, or of another line that belongs to it.
    func refusal(_ problem: RecipeError.Problem, line: Int? = nil) -> RecipeError {
        RecipeError(file: file, line: line ?? self.line, keyPath: path, problem: problem)
    }

    /// What is thrown where a mapping lacks a key.
    func missing(_ key: String, example: String) -> RecipeError {
        let keyPath = path.isEmpty ? key : "\(path).\(key)"
        return RecipeError(file: file, line: line, keyPath: keyPath, problem: .missingKey(example: example))
    }

    /// What is thrown where the value is of another kind than the key wants.
    func wrongType(expected: String) -> RecipeError { refusal(.wrongType(found: kind, expected: expected)) }
}

// What a key can want. Nothing is guessed: a value of another kind is an error.
extension RecipeNode {
    /// The value of a key; nil where this is no mapping, or has no such key.
    func value(_ key: String) -> RecipeNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The keys of a mapping, each of which must be one of `allowed`. `elsewhere`: Why another one is refused that is
    /// known, but not here.
    func entries(
        allowed: [String], elsewhere: (_ key: String) -> RecipeError.Problem? = { _ in nil }
    ) throws(RecipeError) -> [Entry] {
        guard case .mapping(let entries) = content else {
            throw wrongType(expected: "keys with values, one to a line")
        }
        if let unknown = entries.first(where: { !allowed.contains($0.key) }) {
            if let problem = elsewhere(unknown.key) { throw unknown.value.refusal(problem, line: unknown.line) }
            let suggestion = Suggestion.nearest(to: unknown.key, among: allowed)
            throw unknown.value.refusal(.unknownKey(suggestion: suggestion, allowed: allowed), line: unknown.line)
        }
        return entries
    }

    /// The items of a list.
    func items(expected: String) throws(RecipeError) -> [RecipeNode] {
        guard case .sequence(let items) = content else { throw wrongType(expected: expected) }
        return items
    }

    /// The items of a list that is not empty.
    func someItems(expected: String) throws(RecipeError) -> [RecipeNode] {
        let items = try items(expected: expected)
        if items.isEmpty { throw refusal(.tooFew(found: 0, expected: 1)) }
        return items
    }

    /// A text as written, quoted or not; empty only in quotes, and only where that means something.
    func text(expected: String, emptyAllowed: Bool = false) throws(RecipeError) -> String {
        guard case .scalar(let text, let isPlain) = content, !text.isEmpty || (emptyAllowed && !isPlain) else {
            throw wrongType(expected: expected)
        }
        // The system ends a path at a NUL, so it would open another file than the recipe names.
        guard !text.utf8.contains(0) else {
            throw refusal(.wrongType(found: "a text with a NUL", expected: expected))
        }
        return text
    }

    /// A list of texts.
    ///
    /// One text alone is no list: whether a comma or a list was meant is not guessed.
    func texts(expected: String) throws(RecipeError) -> [String] {
        var texts: [String] = []
        for item in try items(expected: expected) { texts.append(try item.text(expected: "a text that is not empty")) }
        return texts
    }

    /// One of the words that `Choice` knows.
    func choice<Choice: RawRepresentable<String> & CaseIterable>() throws(RecipeError) -> Choice {
        let allowed = Choice.allCases.map(\.rawValue)
        let word = try word(among: allowed)
        guard let choice = Choice(rawValue: word) else { throw notAllowed(word, allowed) }
        return choice
    }

    /// One of some words.
    func word(among allowed: [String]) throws(RecipeError) -> String {
        guard case .scalar(let text, _) = content else {
            throw wrongType(expected: "one of " + allowed.joined(separator: ", "))
        }
        guard allowed.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else { throw notAllowed(text, allowed) }
        return text
    }

    private func notAllowed(_ text: String, _ allowed: [String]) -> RecipeError {
        refusal(
            .notAllowed(
                found: String(text.prefix(60)), allowed: allowed,
                suggestion: Suggestion.nearest(to: text, among: allowed)))
    }

    /// A whole number in decimal digits.
    func integer<Value: FixedWidthInteger>(in range: ClosedRange<Value>) throws(RecipeError) -> Value {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let text, isPlain: true) = content, Self.isDecimal(text) else {
            throw wrongType(expected: expected)
        }
        // A number in whole digits that is refused here is one that does not fit the type.
        guard let value = Value(text), range.contains(value) else {
            guard text.allSatisfy({ $0.isNumber || $0 == "-" || $0 == "+" }) else {
                throw wrongType(expected: expected)
            }
            throw refusal(.outOfRange(found: String(text.prefix(60)), expected: expected))
        }
        return value
    }

    /// A count of bytes: a whole number, with a binary unit or, as bytes, without.
    func bytes() throws(RecipeError) -> Int {
        let expected = "a size such as 512MiB or 2GiB, at most 1024TiB, or 0 for none"
        let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)]
        guard case .scalar(let text, isPlain: true) = content else { throw wrongType(expected: expected) }
        let unit = units.first { text.hasSuffix($0.0) }
        let digits = text.dropLast(unit == nil ? 0 : 3)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw wrongType(expected: expected)
        }
        let limit = 1 << 50
        guard let count = Int(digits), count <= limit >> (unit?.1 ?? 0) else {
            throw refusal(.outOfRange(found: String(text.prefix(60)), expected: expected))
        }
        return count << (unit?.1 ?? 0)
    }

    /// A finite number in decimal digits.
    func number(in range: RecipeNumberRange) throws(RecipeError) -> Double {
        guard case .scalar(let text, isPlain: true) = content else { throw wrongType(expected: range.words) }
        let word = text.lowercased().drop { $0 == "-" || $0 == "+" || $0 == "." }
        if ["inf", "infinity", "nan"].contains(word) {
            throw refusal(.notFinite(found: text, expected: range.words))
        }
        guard Self.isDecimal(text), let value = Double(text) else { throw wrongType(expected: range.words) }
        guard value.isFinite, range.contains(value) else {
            throw refusal(.outOfRange(found: String(text.prefix(60)), expected: range.words))
        }
        // Negative zero is the same choice as zero, and must have the same identity.
        return value == 0 ? 0 : value
    }

    /// Digits with sign, point and exponent: keeps out what Swift also reads, such as `0x1p3` and `nan`.
    private static func isDecimal(_ text: String) -> Bool {
        text.contains { $0.isASCII && $0.isNumber }
            && text.unicodeScalars.allSatisfy { "0123456789+-.eE".unicodeScalars.contains($0) }
    }
}

/// An interval of numbers, either end of which may be left out.
struct RecipeNumberRange {
    var lower: Double
    var upper: Double
    var lowerIncluded = true
    var upperIncluded = true

    /// From 0 to 1, both included.
    static let fraction = RecipeNumberRange(lower: 0, upper: 1)

    func contains(_ value: Double) -> Bool {
        (lowerIncluded ? value >= lower : value > lower)
            && (upperIncluded ? value <= upper : value < upper)
    }

    /// The interval in words, for messages.
    var words: String {
        "a number \(lowerIncluded ? "from" : "above") \(short(lower))"
            + (upperIncluded ? " to " : " to below ") + short(upper)
    }

    private func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
