import Engine
import Foundation
import Testing

@testable import Unlearning

@Suite struct RecipeLoadTests {
    private static let full = """
        # Reviews of drugs.
        name: reviews
        backbone: ../../models/minilm
        data:
          train: [../train.tsv, more.csv]
          test: [/data/test.tsv]
          format: tsv
          columns: {id: "", text: review, label: rating, owner: who}
        labels: [negative, neutral, positive]
        shards: 5
        slices: 3
        epochs: 2.5
        adapter: {kind: lora, rank: 4, alpha: 16, target_modules: [value, attention.output, query], layers: {top: 2}}
        pooling: cls
        optimizer:
          name: adamw
          learning_rate: 3e-3
          head_learning_rate: 2E-2
          weight_decay: 0
          beta1: .8
          beta2: 0.99
          epsilon: 1e-6
          schedule: linear
          warmup: 0.1
        batch: 32
        max_tokens: 64
        seed: 18446744073709551615
        checkpoint_precision: bf16
        features: {budget: 512MiB, precision: bf16}
        aggregation: weighted
        assign_by: owner
        """

    @Test func everyKeyIsRead() throws {
        let recipe = try RecipeFixture.parse(Self.full)
        let columns = Columns(id: "", text: "review", label: "rating", owner: "who")
        var expected = Recipe(
            name: "reviews", backbone: "../../models/minilm",
            data: Recipe.DataSource(
                train: ["../train.tsv", "more.csv"], test: ["/data/test.tsv"], format: .tsv,
                columns: columns),
            labels: ["negative", "neutral", "positive"])
        (expected.shards, expected.slices, expected.epochs) = (5, 3, 2.5)
        var lora = Recipe.LoRA()
        (lora.rank, lora.alpha, lora.layers) = (4, 16, .top(2))
        lora.targetModules = [.query, .value, .attentionOutput]
        expected.adapter = .lora(lora)
        expected.pooling = .cls
        (expected.optimizer.learningRate, expected.optimizer.headLearningRate) = (3e-3, 2e-2)
        (expected.optimizer.weightDecay, expected.optimizer.epsilon) = (0, 1e-6)
        (expected.optimizer.beta1, expected.optimizer.beta2) = (0.8, 0.99)
        (expected.optimizer.schedule, expected.optimizer.warmup) = (.linear, 0.1)
        (expected.batch, expected.maxTokens, expected.seed) = (32, 64, .max)
        (expected.checkpointPrecision, expected.aggregation, expected.assignBy) = (
            .bf16, .weighted, .owner
        )
        (expected.features.budget, expected.features.precision) = (512 << 20, .bf16)
        #expect(recipe.differences(from: expected) == [])
        #expect(recipe == expected)
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let recipe = try RecipeFixture.parse(RecipeFixture.short)
        let expected = Recipe(
            name: "folder", backbone: "b", data: Recipe.DataSource(train: ["t.csv"]),
            labels: ["x", "y"])
        #expect(recipe.differences(from: expected) == [])
        #expect(try RecipeFixture.parse(adding: "adapter: {}\noptimizer: {}\n") == expected)
    }

    @Test(arguments: [
        ("0", 0), ("0GiB", 0), ("1000", 1000), ("1KiB", 1 << 10), ("3MiB", 3 << 20), ("2GiB", 2 << 30),
        ("1024TiB", 1 << 50), ("1125899906842624", 1 << 50)
    ])
    func budgetsAreBytesWithOrWithoutAUnit(text: String, bytes: Int) throws {
        #expect(try RecipeFixture.parse(adding: "features: {budget: \(text)}\n").features.budget == bytes)
    }

    // Workspaces keep the recipe that made them; one from before this choice must still be read.
    @Test func aKeptRecipeWithoutTheChoiceHasItsDefault() throws {
        let recipe = try RecipeFixture.parse(RecipeFixture.short)
        let data = try JSONEncoder().encode(recipe)
        var fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(fields.removeValue(forKey: "features") != nil)
        let old = try JSONSerialization.data(withJSONObject: fields)
        #expect(try JSONDecoder().decode(Recipe.self, from: old) == recipe)
    }

    @Test func layersAreAllTheTopOrAList() throws {
        func layers(_ text: String) throws -> Recipe.LayerSelection? {
            guard
                case .lora(let lora) = try RecipeFixture.parse(
                    adding: "adapter: {layers: \(text)}\n"
                ).adapter
            else { return nil }
            return lora.layers
        }
        #expect(try layers("all") == .all)
        #expect(try layers("{top: 3}") == .top(3))
        #expect(try layers("[5, 0, 4]") == .indices([0, 4, 5]))
        #expect(try RecipeFixture.parse(adding: "adapter: {kind: head}\n").adapter == .head)
    }

    /// YAML readers take some of these for booleans, numbers or nothing; here a name is a name.
    @Test func plainWordsStayAsWritten() throws {
        let words = [
            "no", "Yes", "true", "1", "1.0", "01", "0x1F", "1_000", "null", "~", "on", "2024-01-01",
            ".inf"
        ]
        let text =
            "name: 1.0\nbackbone: b\ndata: {train: [1], columns: {text: no}}\n"
            + "labels: [\(words.joined(separator: ", "))]\n"
        let recipe = try RecipeFixture.parse(text)
        #expect(recipe.labels == words)
        #expect(recipe.name == "1.0")
        #expect(recipe.data.train == ["1"])
        #expect(recipe.data.columns.text == "no")
    }

    @Test func theFolderOrTheFileMayBeNamed() throws {
        try RecordsFixture.withFile("recipe.yaml", Array(RecipeFixture.short.utf8)) { file in
            let folder = file.deletingLastPathComponent()
            let byFolder = try Recipe.load(folder: folder)
            #expect(byFolder.name == folder.lastPathComponent)
            #expect(try Recipe.load(folder: file) == byFolder)
            let other = folder.appendingPathComponent("other.yaml")
            try Data("name: other\n\(RecipeFixture.short)".utf8).write(to: other)
            #expect(try Recipe.load(folder: other).name == "other")
        }
    }

    @Test func missingLongAndStrangeFilesAreRefused() throws {
        try RecordsFixture.withFile(
            "long.yaml", [UInt8](repeating: UInt8(ascii: "#"), count: (1 << 20) + 1)
        ) { file in
            let folder = file.deletingLastPathComponent()
            let missing = #expect(throws: RecipeError.self) { try Recipe.load(folder: folder) }
            #expect(missing?.problem == .unreadable(.missing))
            #expect(missing?.file == folder.appendingPathComponent("recipe.yaml").path)
            let long = #expect(throws: RecipeError.self) { try Recipe.load(folder: file) }
            #expect(long?.problem == .tooLong(limit: 1 << 20))
            let device = #expect(throws: RecipeError.self) {
                try Recipe.load(folder: URL(fileURLWithPath: "/dev/null"))
            }
            #expect(device?.problem == .unreadable(.notARegularFile))
        }
    }

    @Test func pathsAreTakenFromTheFolder() throws {
        let recipe = try RecipeFixture.parse(RecipeFixture.short)
        let folder = URL(fileURLWithPath: "/home/ada/shards/reviews")
        #expect(recipe.resolve("../../models/m", relativeTo: folder).path == "/home/ada/models/m")
        #expect(
            recipe.resolve("a b/é.csv", relativeTo: folder).path == "/home/ada/shards/reviews/a b/é.csv"
        )
        #expect(recipe.resolve("/data/x.csv", relativeTo: folder).path == "/data/x.csv")
        let home = FileManager.default.homeDirectoryForCurrentUser
        #expect(
            recipe.resolve("~/x.csv", relativeTo: folder).path
                == home.appendingPathComponent("x.csv").path)
        #expect(recipe.resolve("~x", relativeTo: folder).path == "/home/ada/shards/reviews/~x")
    }

    @Test func aRecipeComesBackFromJSON() throws {
        for text in [
            Self.full, RecipeFixture.short,
            RecipeFixture.short + "adapter: {kind: head}\nepochs: 0.1\n"
        ] {
            let recipe = try RecipeFixture.parse(text)
            let stored = try JSONEncoder().encode(recipe)
            let back = try JSONDecoder().decode(Recipe.self, from: stored)
            #expect(back.differences(from: recipe) == [])
            #expect(back.trainingIdentity == recipe.trainingIdentity)
        }
    }

    /// The table of docs/recipes.md has a row for every key.
    @Test func everyKeyIsExplained() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let page = try String(contentsOf: root.appending(path: "docs/recipes.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
            $0.dropFirst(3).prefix { $0 != "`" }
        }
        let keys = RecipeKey.all.map(\.path)
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys).subtracting(rows.map(String.init)) == [])
    }
}
