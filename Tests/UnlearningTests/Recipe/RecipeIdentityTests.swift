import Engine
import Foundation
import Testing

@testable import Unlearning

@Suite struct RecipeIdentityTests {
    struct Change: Sendable, CustomTestStringConvertible {
        var keyPath: String
        var trains: Bool
        var apply: @Sendable (inout Recipe) -> Void
        var testDescription: String { keyPath }

        init(_ keyPath: String, trains: Bool, _ apply: @escaping @Sendable (inout Recipe) -> Void) {
            (self.keyPath, self.trains, self.apply) = (keyPath, trains, apply)
        }
    }

    private static func lora(_ change: @escaping @Sendable (inout Recipe.LoRA) -> Void)
        -> @Sendable (inout Recipe) -> Void
    {
        { recipe in
            var lora = Recipe.LoRA()
            change(&lora)
            recipe.adapter = .lora(lora)
        }
    }

    /// One change for every stored property of a recipe of a classification.
    static let changes = [
        Change("name", trains: false) { $0.name += "x" },
        Change("backbone", trains: false) { $0.backbone += "x" },
        Change("data.train", trains: false) { $0.data.train.append("x") },
        Change("data.test", trains: false) { $0.data.test = ["x"] },
        Change("data.format", trains: false) { $0.data.format = .jsonl },
        Change("data.quoting", trains: false) { $0.data.quoting = .none },
        Change("data.columns.id", trains: false) { $0.data.columns.id = "" },
        Change("data.columns.text", trains: false) { $0.data.columns.text = "x" },
        Change("data.columns.label", trains: false) { $0.data.columns.label = "x" },
        Change("data.columns.owner", trains: false) { $0.data.columns.owner = "" },
        Change("data.columns.date", trains: false) { $0.data.columns.date = "day" },
        Change("data.columns.group", trains: false) { $0.data.columns.group = "country" },
        Change("labels", trains: true) { $0.labels.swapAt(0, 1) },
        Change("shards", trains: false) { $0.shards += 1 },
        Change("slices", trains: true) { $0.slices += 1 },
        Change("slices.keep", trains: false) { $0.sliceOptions.keep = 2 },
        Change("slices.orders", trains: false) { $0.sliceOptions.orders = 2 },
        Change("slices.probabilities", trains: false) { $0.sliceOptions.probabilities = [0.5, 0.2, 0.2, 0.1] },
        Change("epochs", trains: true) { $0.epochs = $0.epochs.nextUp },
        Change("adapter.rank", trains: true, lora { $0.rank += 1 }),
        Change("adapter.alpha", trains: true, lora { $0.alpha = $0.alpha.nextUp }),
        Change("adapter.target_modules", trains: true, lora { $0.targetModules = [.query] }),
        Change("adapter.layers", trains: true, lora { $0.layers = .top(1) }),
        Change("adapter.stages", trains: true, lora { $0.stages = .layers }),
        Change("pooling", trains: true) { $0.pooling = .cls },
        Change("optimizer.learning_rate", trains: true) { $0.optimizer.learningRate = 0.5 },
        Change("optimizer.head_learning_rate", trains: true) {
            $0.optimizer.headLearningRate = 0.5
        },
        Change("optimizer.weight_decay", trains: true) { $0.optimizer.weightDecay = 0.5 },
        Change("optimizer.beta1", trains: true) { $0.optimizer.beta1 = 0.5 },
        Change("optimizer.beta2", trains: true) { $0.optimizer.beta2 = 0.5 },
        Change("optimizer.epsilon", trains: true) { $0.optimizer.epsilon = 0.5 },
        Change("optimizer.schedule", trains: true) { $0.optimizer.schedule = .linear },
        Change("optimizer.warmup", trains: true) { $0.optimizer.warmup = 0.5 },
        Change("batch", trains: true) { $0.batch += 1 },
        Change("max_tokens", trains: true) { $0.maxTokens += 1 },
        Change("seed", trains: true) { $0.seed += 1 },
        Change("checkpoint_precision", trains: true) { $0.checkpointPrecision = .bf16 },
        Change("features.budget", trains: false) { $0.features.budget = 0 },
        Change("features.precision", trains: true) { $0.features.precision = .bf16 },
        Change("aggregation", trains: false) { $0.aggregation = .majority },
        Change("assign_by", trains: false) { $0.assignBy = .owner },
        Change("placement", trains: false) { $0.bands = [Recipe.Band(groups: nil, slices: 1..<2)] },
        Change("splits", trains: false) { $0.splits = [1] },
        Change("deleted_ids", trains: false) { $0.deletedIDs = .refuse }
    ]

    private var base: Recipe {
        Recipe(name: "n", backbone: "b", data: Recipe.DataSource(train: ["t"]), labels: ["x", "y"])
    }

    @Test(arguments: changes)
    func theIdentityChangesExactlyWithWhatTrains(_ change: Change) {
        var changed = base
        change.apply(&changed)
        #expect(changed != base)
        #expect(changed.differences(from: base) == [change.keyPath])
        #expect(base.differences(from: changed) == [change.keyPath])
        #expect((changed.trainingIdentity != base.trainingIdentity) == change.trains)
    }

    /// The optimizer's name and the adapter's kind have no field of their own to change: one choice, or another shape.
    @Test func theAdaptersKindIsPartOfTheIdentity() {
        var head = base
        head.adapter = .head
        #expect(head.trainingIdentity != base.trainingIdentity)
        #expect(head.differences(from: base).first == "adapter.kind")
        #expect(base.differences(from: head).contains("adapter.rank"))
    }

    /// A property added to a recipe must be given a role, and a change above.
    @Test func everyStoredPropertyHasItsField() {
        func reached(_ recipe: Recipe) -> Int {
            Mirror(reflecting: recipe).children.reduce(0) { sum, child in
                sum + leafCount(child.value)
            }
        }
        func leafCount(_ value: Any) -> Int {
            let composite =
                value is Recipe.DataSource || value is Columns || value is Recipe.Adapter
                || value is Recipe.LoRA || value is Recipe.Optimizer || value is Recipe.FeatureOptions
                || value is Recipe.SliceOptions
            guard composite else { return 1 }
            return Mirror(reflecting: value).children.reduce(0) { $0 + leafCount($1.value) }
        }
        // With the choice that is no field where nobody made it.
        var full = base
        full.data.quoting = .none
        let paths = full.fields.map(\.keyPath)
        #expect(Set(paths).count == paths.count)
        // The adapter's kind is the case, not a stored property. Three properties are a generation's: its choices, its
        // columns, and the matrices that are not named one by one.
        #expect(reached(base) == paths.count - 1 + 3)
        let fixed = ["adapter.kind", "optimizer.name"]
        #expect(Self.changes.map(\.keyPath).sorted() == paths.filter { !fixed.contains($0) }.sorted())
    }

    @Test func valuesCannotRunIntoEachOther() {
        var one = base
        var other = base
        one.labels = ["ab", "c"]
        other.labels = ["a", "bc"]
        #expect(one.trainingIdentity != other.trainingIdentity)
        one.data.columns.owner = nil
        other = one
        other.data.columns.owner = ""
        #expect(one != other)
    }

    @Test func textsAreComparedByBytes() {
        var one = base
        var other = base
        one.labels = ["caf\u{E9}", "y"]
        other.labels = ["cafe\u{301}", "y"]
        #expect(one.labels == other.labels)
        #expect(one != other)
        #expect(one.trainingIdentity != other.trainingIdentity)
    }

    /// Stored checkpoints are found by these bytes: a change here is a change of format.
    @Test func theIdentityOfAKnownRecipeIsFixed() {
        let text = String(
            decoding: base.trainingIdentity.map { $0 == 0 ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
        #expect(
            text.hasPrefix(
                "sisa recipe "
                    + "1\n\u{6}.......labels\u{12}.......\u{1}.......x\u{1}.......y\u{6}.......slices\u{1}.......4"
            ))
        #expect(text.hasSuffix("\u{14}.......checkpoint_precision\u{3}.......f32"))
    }
}
