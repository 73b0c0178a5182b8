/// The keys of one mapping of a recipe, read one by one; a key that nobody reads was refused at the start.
struct RecipeSection {
    let file: String
    /// The key path of the mapping itself; empty at the top.
    let path: String
    let line: Int
    private let entries: [RecipeNode.Entry]

    init(_ node: RecipeNode, file: String, path: String, allowed: [String]) throws(RecipeError) {
        self.file = file
        self.path = path
        self.line = node.line
        guard case .mapping(let entries) = node.content else {
            throw RecipeError(
                file: file, line: node.line, keyPath: path,
                problem: .wrongType(found: node.kind, expected: "keys with values, one to a line"))
        }
        self.entries = entries
        for entry in entries where !allowed.contains(entry.key) {
            let suggestion = Suggestion.nearest(to: entry.key, among: allowed)
            throw RecipeError(
                file: file, line: entry.line, keyPath: keyPath(entry.key),
                problem: .unknownKey(suggestion: suggestion, allowed: allowed))
        }
    }

    func keyPath(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    func node(_ key: String) -> RecipeNode? {
        entries.first { $0.key == key }?.value
    }

    /// The line of a key, for errors found later.
    func line(of key: String) -> Int {
        entries.first { $0.key == key }?.line ?? line
    }

    func required(_ key: String, example: String) throws(RecipeError) -> RecipeNode {
        guard let node = node(key) else {
            throw RecipeError(
                file: file, line: line, keyPath: keyPath(key),
                problem: .missingKey(example: example))
        }
        return node
    }

    func section(_ key: String, allowed: [String]) throws(RecipeError) -> RecipeSection? {
        guard let node = node(key) else { return nil }
        return try RecipeSection(node, file: file, path: keyPath(key), allowed: allowed)
    }

    func refusal(_ node: RecipeNode, _ key: String, _ problem: RecipeError.Problem) -> RecipeError {
        RecipeError(file: file, line: node.line, keyPath: keyPath(key), problem: problem)
    }
}

// Values of one kind each.
extension RecipeSection {
    /// A text as written, quoted or not; empty only in quotes, and only where that means something.
    func text(
        _ node: RecipeNode, _ key: String, expected: String, emptyAllowed: Bool = false
    ) throws(RecipeError) -> String {
        guard case .scalar(let text, let isPlain) = node.content else {
            throw refusal(node, key, .wrongType(found: node.kind, expected: expected))
        }
        if text.isEmpty && (isPlain || !emptyAllowed) {
            throw refusal(node, key, .wrongType(found: node.kind, expected: expected))
        }
        // The system ends a path at a NUL, so it would open another file than the recipe names.
        guard !text.utf8.contains(0) else {
            throw refusal(node, key, .wrongType(found: "a text with a NUL", expected: expected))
        }
        return text
    }

    /// A list of texts.
    ///
    /// One text alone is no list: whether a comma or a list was meant is not guessed.
    func texts(_ node: RecipeNode, _ key: String, expected: String) throws(RecipeError) -> [String] {
        guard case .sequence(let items) = node.content else {
            throw refusal(node, key, .wrongType(found: node.kind, expected: expected))
        }
        var texts: [String] = []
        for item in items {
            texts.append(
                try text(item, "\(key)[\(texts.count)]", expected: "a text that is not empty"))
        }
        return texts
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ node: RecipeNode, _ key: String
    ) throws(RecipeError) -> Choice {
        let allowed = Choice.allCases.map(\.rawValue)
        guard case .scalar(let text, _) = node.content else {
            let expected = "one of " + allowed.joined(separator: ", ")
            throw refusal(node, key, .wrongType(found: node.kind, expected: expected))
        }
        guard let choice = Choice(rawValue: text) else {
            let suggestion = Suggestion.nearest(to: text, among: allowed)
            let found = String(text.prefix(60))
            throw refusal(
                node, key, .notAllowed(found: found, allowed: allowed, suggestion: suggestion))
        }
        return choice
    }

    func integer<Value: FixedWidthInteger>(
        _ node: RecipeNode, _ key: String, in range: ClosedRange<Value>
    ) throws(RecipeError) -> Value {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let text, isPlain: true) = node.content, Self.isDecimal(text) else {
            throw refusal(node, key, .wrongType(found: node.kind, expected: expected))
        }
        // A number in whole digits that is refused here is one that does not fit the type.
        guard let value = Value(text), range.contains(value) else {
            guard text.allSatisfy({ $0.isNumber || $0 == "-" || $0 == "+" }) else {
                throw refusal(node, key, .wrongType(found: node.kind, expected: expected))
            }
            throw refusal(
                node, key, .outOfRange(found: String(text.prefix(60)), expected: expected))
        }
        return value
    }

    /// A count of bytes: a whole number, with a binary unit or, as bytes, without.
    func bytes(_ node: RecipeNode, _ key: String) throws(RecipeError) -> Int {
        let expected = "a size such as 512MiB or 2GiB, at most 1024TiB, or 0 for none"
        let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)]
        guard case .scalar(let text, isPlain: true) = node.content else {
            throw refusal(node, key, .wrongType(found: node.kind, expected: expected))
        }
        let unit = units.first { text.hasSuffix($0.0) }
        let digits = text.dropLast(unit == nil ? 0 : 3)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw refusal(node, key, .wrongType(found: node.kind, expected: expected))
        }
        let limit = 1 << 50
        guard let count = Int(digits), count <= limit >> (unit?.1 ?? 0) else {
            throw refusal(node, key, .outOfRange(found: String(text.prefix(60)), expected: expected))
        }
        return count << (unit?.1 ?? 0)
    }

    func number(_ node: RecipeNode, _ key: String, in range: RecipeNumberRange) throws(RecipeError)
        -> Double
    {
        guard case .scalar(let text, isPlain: true) = node.content else {
            throw refusal(node, key, .wrongType(found: node.kind, expected: range.words))
        }
        let word = text.lowercased().drop { $0 == "-" || $0 == "+" || $0 == "." }
        if ["inf", "infinity", "nan"].contains(word) {
            throw refusal(node, key, .notFinite(found: text, expected: range.words))
        }
        guard Self.isDecimal(text), let value = Double(text) else {
            throw refusal(node, key, .wrongType(found: node.kind, expected: range.words))
        }
        guard value.isFinite, range.contains(value) else {
            throw refusal(
                node, key, .outOfRange(found: String(text.prefix(60)), expected: range.words))
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
