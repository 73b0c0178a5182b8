import Testing

@testable import Unlearning

@Suite struct RecipeValueErrorTests {
    enum Kind { case wrongType, outOfRange, notFinite, notAllowed, tooFew, duplicate, needsOwner }

    private func kind(_ problem: RecipeError.Problem?) -> Kind? {
        switch problem {
        case .wrongType: .wrongType
        case .outOfRange: .outOfRange
        case .notFinite: .notFinite
        case .notAllowed: .notAllowed
        case .tooFew: .tooFew
        case .duplicateValue: .duplicate
        case .needsOwnerColumn: .needsOwner
        default: nil
        }
    }

    @Test(arguments: [
        ("shards: 0", "shards", Kind.outOfRange), ("shards: 10001", "shards", .outOfRange),
        ("shards: 2.0", "shards", .wrongType), ("shards: 1e2", "shards", .wrongType),
        ("shards: \"4\"", "shards", .wrongType), ("shards: no", "shards", .wrongType),
        ("shards:", "shards", .wrongType), ("shards: [4]", "shards", .wrongType),
        ("shards: 0x4", "shards", .wrongType), ("shards: 1_0", "shards", .wrongType),
        ("shards: 99999999999999999999999", "shards", .outOfRange),
        ("slices: -1", "slices", .outOfRange),
        ("epochs: 0", "epochs", .outOfRange), ("epochs: -0.5", "epochs", .outOfRange),
        ("epochs: 1e5", "epochs", .outOfRange), ("epochs: 1e-999", "epochs", .outOfRange),
        ("epochs: .inf", "epochs", .notFinite), ("epochs: -.INF", "epochs", .notFinite),
        ("epochs: nan", "epochs", .notFinite), ("epochs: .NaN", "epochs", .notFinite),
        ("epochs: 1e999", "epochs", .outOfRange), ("epochs: 0x1p3", "epochs", .wrongType),
        ("epochs: four", "epochs", .wrongType), ("epochs: \"4\"", "epochs", .wrongType),
        ("epochs: 1,5", "epochs", .wrongType), ("epochs: 1.2.3", "epochs", .wrongType),
        ("seed: -1", "seed", .outOfRange), ("seed: 18446744073709551616", "seed", .outOfRange),
        ("seed: random", "seed", .wrongType), ("batch: 0", "batch", .outOfRange),
        ("max_tokens: 2", "max_tokens", .outOfRange), ("pooling: men", "pooling", .notAllowed),
        ("pooling: [mean]", "pooling", .wrongType),
        ("checkpoint_precision: f16", "checkpoint_precision", .notAllowed),
        ("features: 2GiB", "features", .wrongType), ("features: {budget: 2 GB}", "features.budget", .wrongType),
        ("features: {budget: GiB}", "features.budget", .wrongType),
        ("features: {budget: -1}", "features.budget", .wrongType),
        ("features: {budget: 1.5GiB}", "features.budget", .wrongType),
        ("features: {budget: [1]}", "features.budget", .wrongType),
        ("features: {budget: 1025TiB}", "features.budget", .outOfRange),
        ("features: {budget: 99999999999999999999}", "features.budget", .outOfRange),
        ("features: {precision: f16}", "features.precision", .notAllowed),
        ("aggregation: Mean", "aggregation", .notAllowed),
        ("assign_by: owner", "assign_by", .needsOwner),
        ("assign_by: user", "assign_by", .notAllowed), ("name: \"\"", "name", .wrongType),
        ("name: \"a\\nb\"", "name", .wrongType), ("name: {a: b}", "name", .wrongType),
        ("adapter: head", "adapter", .wrongType),
        ("adapter: {kind: Lora}", "adapter.kind", .notAllowed),
        ("adapter: {rank: 0}", "adapter.rank", .outOfRange),
        ("adapter: {rank: 1025}", "adapter.rank", .outOfRange),
        ("adapter: {alpha: 0}", "adapter.alpha", .outOfRange),
        ("adapter: {target_modules: query}", "adapter.target_modules", .wrongType),
        ("adapter: {target_modules: []}", "adapter.target_modules", .tooFew),
        ("adapter: {target_modules: [quer]}", "adapter.target_modules[0]", .notAllowed),
        ("adapter: {target_modules: [key, attention]}", "adapter.target_modules[1]", .notAllowed),
        ("adapter: {target_modules: [key, key]}", "adapter.target_modules", .duplicate),
        ("adapter: {layers: some}", "adapter.layers", .wrongType),
        ("adapter: {layers: 2}", "adapter.layers", .wrongType),
        ("adapter: {layers: []}", "adapter.layers", .tooFew),
        ("adapter: {layers: [1, 1]}", "adapter.layers", .duplicate),
        ("adapter: {layers: [-1]}", "adapter.layers[0]", .outOfRange),
        ("adapter: {layers: {top: 0}}", "adapter.layers.top", .outOfRange),
        ("optimizer: {name: sgd}", "optimizer.name", .notAllowed),
        ("optimizer: {learning_rate: 0}", "optimizer.learning_rate", .outOfRange),
        ("optimizer: {learning_rate: 1e1000}", "optimizer.learning_rate", .outOfRange),
        ("optimizer: {head_learning_rate: -1}", "optimizer.head_learning_rate", .outOfRange),
        ("optimizer: {weight_decay: 1.5}", "optimizer.weight_decay", .outOfRange),
        ("optimizer: {beta1: 1}", "optimizer.beta1", .outOfRange),
        ("optimizer: {beta2: 1.0}", "optimizer.beta2", .outOfRange),
        ("optimizer: {epsilon: 0}", "optimizer.epsilon", .outOfRange),
        ("optimizer: {warmup: 2}", "optimizer.warmup", .outOfRange),
        ("optimizer: {schedule: cosine}", "optimizer.schedule", .notAllowed)
    ])
    func isRefusedAtItsKey(text: String, keyPath: String, expected: Kind) throws {
        let error = try #require(RecipeFixture.failure(RecipeFixture.short + text + "\n"))
        #expect(kind(error.problem) == expected)
        #expect(error.keyPath == keyPath)
        #expect(error.line == 4)
    }

    @Test func messagesTellWhatWasFoundAndWhatIsExpected() {
        #expect(
            RecipeFixture.failure(RecipeFixture.short + "shards: 0\n")?.description
                == "recipe.yaml:4: shards: found 0, expected a whole number from 1 to 10000. Choose a value in that "
                + "range."
        )
        #expect(
            RecipeFixture.failure(RecipeFixture.short + "optimizer: {beta1: 1}\n")?.description
                == "recipe.yaml:4: optimizer.beta1: found 1, expected a number from 0 to below 1. "
                + "Choose a value in that range.")
        #expect(
            RecipeFixture.failure(RecipeFixture.short + "pooling: men\n")?.description
                == "recipe.yaml:4: pooling: found `men`, expected one of mean, cls, pooler. Did you mean `mean`? "
                + "Choose one of them.")
    }

    @Test func negativeZeroIsZero() throws {
        let negative = try RecipeFixture.parse(adding: "optimizer: {weight_decay: -0.0}\n")
        let plain = try RecipeFixture.parse(adding: "optimizer: {weight_decay: 0}\n")
        #expect(negative.trainingIdentity == plain.trainingIdentity)
    }
}
