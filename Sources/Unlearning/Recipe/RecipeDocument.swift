import Yams

/// The one door to YAML: bytes in, a tree of texts with their lines out.
///
/// Yams decides what is YAML. What it would decide about types is not asked for: a plain `no` stays the text `no`, and
/// the reader of each key says what it wants. Anchors, aliases, tags and several documents are refused; a recipe needs
/// none of them, and with aliases a short file can mean a huge one.
struct RecipeDocument {
    /// The whole recipe.
    let root: RecipeNode

    init(_ text: String, file: String) throws(RecipeError) {
        try Self.refuseAliasBomb(text, file: file)
        do {
            // Nodes hold their anchors weakly; the parser keeps them alive until the walk is over.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            guard let node = try parser.singleRoot() else {
                throw RecipeError(file: file, problem: .empty)
            }
            root = try withExtendedLifetime(parser) { try Walk(file: file).node(node, at: "") }
        } catch let error as RecipeError {
            throw error
        } catch {
            throw Self.refusal(error, text: text, file: file)
        }
    }

    /// Stops a file whose aliases could multiply before Yams follows them.
    ///
    /// Yams copies an alias's target cheaply, but compares keys by content, and a key may be an alias. Four aliases
    /// multiply to nothing worth mentioning, and those are refused with their place by the walk. The count here takes
    /// no notice of quotes and comments, so it can be too high there but never too low.
    private static func refuseAliasBomb(_ text: String, file: String) throws(RecipeError) {
        var line = 1
        var previous: UInt8 = 0
        var anchorLine: Int?
        var aliases = 0
        for byte in text.utf8 {
            let isName: Bool
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                isName = true
            default: isName = false
            }
            if isName && previous == UInt8(ascii: "&") { anchorLine = anchorLine ?? line }
            if isName && previous == UInt8(ascii: "*") { aliases += 1 }
            if byte == UInt8(ascii: "\n") { line += 1 }
            previous = byte
        }
        if aliases > 4, let anchorLine {
            throw RecipeError(file: file, line: anchorLine, problem: .anchorOrAlias)
        }
    }

    private static func refusal(_ error: any Error, text: String, file: String) -> RecipeError {
        func at(_ line: Int?, _ problem: RecipeError.Problem) -> RecipeError {
            RecipeError(file: file, line: line, problem: problem)
        }
        guard let error = error as? YamlError else { return at(nil, .malformed("\(error)")) }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            let line = lines.dropFirst(mark.line - 1).first ?? Substring.UnicodeScalarView()
            let indent = line.prefix { $0 == " " || $0 == "\t" }
            return at(mark.line, indent.contains("\t") ? .tab : .malformed(problem))
        case .composer(_, let problem, let mark, _):
            let isSecond = problem.contains("another document")
            return at(mark.line, isSecond ? .severalDocuments : .malformed(problem))
        case .reader(let problem, let offset, _, _):
            let before = text.unicodeScalars.prefix(offset ?? 0)
            return at(1 + before.count { $0 == "\n" }, .malformed(problem))
        case .duplicatedKeysInMapping(let names, let context):
            // Yams tells the place of the first of the two.
            return RecipeError(
                file: file, line: context.mark.line, keyPath: names.first ?? "",
                problem: .duplicateKey)
        default:
            return at(nil, .malformed("\(error)"))
        }
    }
}

/// Turns the nodes of Yams into those of a recipe, in the order of the file.
private struct Walk {
    let file: String

    func node(_ node: Node, at path: String) throws(RecipeError) -> RecipeNode {
        let line = node.mark?.line ?? 1
        func piece(_ content: RecipeNode.Content) -> RecipeNode {
            RecipeNode(file: file, line: line, path: path, content: content)
        }
        // An anchor comes before its first alias, so the walk never enters a copy.
        if node.anchor != nil {
            throw RecipeError(file: file, line: line, keyPath: path, problem: .anchorOrAlias)
        }
        switch node {
        case .scalar(let scalar):
            try refuseTag(scalar.tag, besides: "tag:yaml.org,2002:str", line: line, path: path)
            let isPlain = scalar.style == .plain
            return piece(.scalar(scalar.string, isPlain: isPlain))
        case .sequence(let sequence):
            try refuseTag(sequence.tag, besides: "tag:yaml.org,2002:seq", line: line, path: path)
            var items: [RecipeNode] = []
            for item in sequence {
                items.append(try self.node(item, at: "\(path)[\(items.count)]"))
            }
            return piece(.sequence(items))
        case .mapping(let mapping):
            try refuseTag(mapping.tag, besides: "tag:yaml.org,2002:map", line: line, path: path)
            return piece(.mapping(try entries(mapping, at: path)))
        case .alias:
            throw RecipeError(file: file, line: line, keyPath: path, problem: .anchorOrAlias)
        }
    }

    private func entries(
        _ mapping: Node.Mapping, at path: String
    ) throws(RecipeError) -> [RecipeNode.Entry] {
        var entries: [RecipeNode.Entry] = []
        // Keys are told apart by their bytes.
        var seen: Set<[UInt8]> = []
        for (keyNode, valueNode) in mapping {
            let key = try node(keyNode, at: path)
            guard case .scalar(let name, _) = key.content else {
                throw RecipeError(
                    file: file, line: key.line, keyPath: path,
                    problem: .wrongType(found: key.kind, expected: "the name of a key"))
            }
            let inner = path.isEmpty ? name : "\(path).\(name)"
            guard seen.insert(Array(name.utf8)).inserted else {
                throw RecipeError(
                    file: file, line: key.line, keyPath: inner, problem: .duplicateKey)
            }
            let value = try node(valueNode, at: inner)
            entries.append(RecipeNode.Entry(key: name, line: key.line, value: value))
        }
        return entries
    }

    private func refuseTag(
        _ tag: Tag, besides implied: String, line: Int, path: String
    ) throws(RecipeError) {
        let name = tag.description
        if !name.isEmpty && name != implied {
            throw RecipeError(file: file, line: line, keyPath: path, problem: .tag(name))
        }
    }
}
