import Testing

@testable import Unlearning

@Suite struct RecipeErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var line: Int?
        var keyPath: String
        var problem: RecipeError.Problem
        var testDescription: String { String(text.suffix(60)) }

        init(_ text: String, _ line: Int?, _ keyPath: String, _ problem: RecipeError.Problem) {
            (self.text, self.line, self.keyPath, self.problem) = (text, line, keyPath, problem)
        }

        /// The same, behind the three lines of the shortest recipe.
        static func adding(
            _ text: String, _ line: Int, _ keyPath: String, _ problem: RecipeError.Problem
        ) -> Case {
            Case(RecipeFixture.short + text, line, keyPath, problem)
        }
    }

    private static func verify(_ item: Case) throws {
        let error = try #require(RecipeFixture.failure(item.text))
        #expect(error.line == item.line)
        #expect(error.keyPath == item.keyPath)
        #expect(error.problem == item.problem)
        #expect(
            error.description.hasPrefix("recipe.yaml" + (item.line.map { ":\($0)" } ?? "") + ": "))
        #expect(error.description.contains(item.keyPath))
        #expect(error.description.hasSuffix("."))
    }

    @Test(arguments: [
        Case("", nil, "", .empty),
        Case("# nothing\n", nil, "", .empty),
        Case("---\n", nil, "", .empty),
        Case(
            "- a\n", 1, "", .wrongType(found: "a list", expected: "keys with values, one to a line")
        ),
        Case(
            "labels: [x, y]\nbackbone: b\n", 1, "data",
            .missingKey(example: "data: {train: [records.csv]}")),
        Case(
            "\n\ndata: {train: [a]}\nlabels: [x, y]\n", 3, "backbone",
            .missingKey(example: "backbone: path/to/a/model/folder")),
        Case(
            "backbone: b\ndata: {train: [a]}\n", 1, "labels",
            .missingKey(example: "labels: [negative, positive]")),
        Case(
            "backbone: b\ndata: {test: [a]}\nlabels: [x, y]\n", 2, "data.train",
            .missingKey(example: "train: [records.csv]")),
        Case(
            "backbone: b\ndata: {train: []}\nlabels: [x, y]\n", 2, "data.train",
            .tooFew(found: 0, expected: 1)),
        Case(
            "backbone: b\ndata: {train: [a]}\nlabels: [x]\n", 3, "labels",
            .tooFew(found: 1, expected: 2)),
        Case(
            "backbone: b\ndata: {train: [a]}\nlabels: [x, y, x]\n", 3, "labels",
            .duplicateValue(found: "x")),
        Case(
            "backbone: b\ndata: {train: [a]}\nlabels: [x, \"\"]\n", 3, "labels[1]",
            .wrongType(found: "the quoted text \"\"", expected: "a text that is not empty")),
        Case(
            "backbone: b\ndata: {train: [a]}\nlabels:\n- x\n-\n", 5, "labels[1]",
            .wrongType(found: "nothing", expected: "a text that is not empty")),
        Case(
            "backbone: b\ndata: {train: [a]}\nlabels: [x, y: z]\n", 3, "labels[1]",
            .wrongType(found: "keys with values", expected: "a text that is not empty")),
        Case(
            "backbone: b\ndata: {train: [a]}\nlabels: x, y\n", 3, "labels",
            .wrongType(found: "`x, y`", expected: "a list of names, [like, this]")),
        Case(
            "backbone: [b]\ndata: {train: [a]}\nlabels: [x, y]\n", 1, "backbone",
            .wrongType(found: "a list", expected: "the path of a model folder"))
    ])
    func whatIsRequiredMustBeThere(_ item: Case) throws { try Self.verify(item) }

    private static let adapterKeys = ["kind", "rank", "alpha", "target_modules", "layers", "stages"]

    @Test(arguments: [
        Case.adding(
            "\nshrads: 3\n", 5, "shrads",
            .unknownKey(
                suggestion: "shards",
                allowed: [
                    "name", "task", "backbone", "data", "labels", "shards", "slices", "epochs", "adapter",
                    "pooling", "optimizer",
                    "batch", "max_tokens", "seed", "checkpoint_precision", "features", "aggregation",
                    "assign_by", "deleted_ids", "placement", "splits"
                ])),
        Case.adding(
            "adapter:\n  kind: lora\n  Rank: 3\n", 6, "adapter.Rank",
            .unknownKey(suggestion: "rank", allowed: adapterKeys)),
        Case.adding(
            "adapter: {layers: {bottom: 3}}\n", 4, "adapter.layers.bottom",
            .unknownKey(suggestion: nil, allowed: ["top"])),
        Case(
            "backbone: b\ndata: {train: [a], colums: {}}\nlabels: [x, y]\n", 2, "data.colums",
            .unknownKey(suggestion: "columns", allowed: ["train", "test", "format", "quoting", "columns"])),
        Case.adding("adapter:\n  kind: head\n  rank: 3\n", 6, "adapter.rank", .notWithHead),
        Case.adding("adapter: {layers: all, kind: head}\n", 4, "adapter.layers", .notWithHead),
        Case.adding("labels: [p, q]\n", 3, "labels", .duplicateKey),
        Case.adding("'labels': [p, q]\n", 3, "labels", .duplicateKey),
        Case.adding("optimizer: {beta1: 0.5, beta1: 0.5}\n", 4, "beta1", .duplicateKey),
        Case.adding(
            "? [a, b]\n: 1\n", 4, "", .wrongType(found: "a list", expected: "the name of a key"))
    ])
    func keysMustBeKnownAndStandOnce(_ item: Case) throws { try Self.verify(item) }

    @Test(arguments: [
        Case.adding("seed: &a 1\nbatch: *a\n", 4, "seed", .anchorOrAlias),
        Case.adding("optimizer: &o {beta1: 0.5}\n", 4, "optimizer", .anchorOrAlias),
        Case.adding("&k seed: 1\n", 4, "", .anchorOrAlias),
        Case.adding(
            "<<: {seed: 1}\n", 4, "<<",
            .unknownKey(
                suggestion: nil,
                allowed: [
                    "name", "task", "backbone", "data", "labels", "shards", "slices", "epochs", "adapter",
                    "pooling", "optimizer",
                    "batch", "max_tokens", "seed", "checkpoint_precision", "features", "aggregation",
                    "assign_by", "deleted_ids", "placement", "splits"
                ])),
        Case.adding("seed: !!int 1\n", 4, "seed", .tag("tag:yaml.org,2002:int")),
        Case.adding("seed: !env SEED\n", 4, "seed", .tag("!env")),
        Case.adding("adapter: !lora {rank: 1}\n", 4, "adapter", .tag("!lora")),
        Case.adding("---\nseed: 1\n", 4, "", .severalDocuments),
        Case.adding("adapter:\n\tkind: head\n", 5, "", .tab),
        Case.adding(
            "adapter: {kind: head\n", 5, "", .malformed("did not find expected ',' or '}'")),
        Case.adding("name: \"open\n", 5, "", .malformed("found unexpected end of stream")),
        Case.adding("seed: *a\n", 4, "", .malformed("found undefined alias")),
        Case.adding("name: a\u{7}b\n", 4, "", .malformed("control characters are not allowed"))
    ])
    func onlyPlainYAMLIsRead(_ item: Case) throws { try Self.verify(item) }

    /// Each level names the one before ten times, and a key asks for the comparison of them all.
    @Test func anAliasBombIsRefusedAtOnce() {
        var bomb = RecipeFixture.short + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        bomb += "? *a11\n: 1\n? *a11\n: 2\n"
        let error = RecipeFixture.failure(bomb)
        #expect(error?.problem == .anchorOrAlias)
        #expect(error?.line == 4)
    }

    @Test func starsInCommentsAndQuotesAreNoAliases() throws {
        let recipe = try RecipeFixture.parse(
            adding: "# *a *b *c *d *e *f\nname: \"*a & *b\"\n")
        #expect(recipe.name == "*a & *b")
    }

    @Test func deepNestingIsRefused() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(RecipeFixture.failure(RecipeFixture.short + "name: \(deep)\n")?.line == 4)
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        let error = #expect(throws: RecipeError.self) {
            try Recipe.parse([0x61, 0x3A, 0x20, 0xFF], file: "recipe.yaml", defaultName: "")
        }
        #expect(error?.problem == .invalidUTF8)
    }
}
