package import Engine
package import Unlearning

/// A way to train the toy world that takes other paths through the code than its recipe does.
package struct ToyVariant: Sendable, CustomStringConvertible {
    package let description: String
    /// The task whose world it is a variant of.
    package let task: Recipe.TaskKind
    package let change: @Sendable (inout Recipe) -> Void

    private init(
        _ description: String, task: Recipe.TaskKind = .classification,
        _ change: @escaping @Sendable (inout Recipe) -> Void
    ) {
        self.description = description
        self.task = task
        self.change = change
    }

    package static let all = classifications + generations

    /// Of texts that are continued.
    private static let generations: [ToyVariant] = [
        ToyVariant("generation, seven matrices, prompts not scored", task: .generation) {
            $0.adapter = .lora(rank: 3, targets: TargetModule.all(of: .llama))
            $0.generation?.promptWeight = 0
        },
        ToyVariant("generation, the top layer alone, plain template", task: .generation) {
            $0.adapter = .lora(rank: 2, targets: [.keyProjection, .downProjection], layers: .top(1))
            $0.generation?.template = .plain
        },
        ToyVariant("generation, the top layer alone, features in bf16, a template of one's own", task: .generation) {
            $0.adapter = .lora(rank: 2, targets: [.queryProjection, .gateProjection], layers: .indices([1]))
            $0.features.precision = .bf16
            $0.generation?.template = .custom(prompt: "Q: {prompt}\nA:", completion: " {completion}")
        },
        ToyVariant("generation, records cut to 24 tokens, stages of 1.4 epochs", task: .generation) {
            $0.maxTokens = 24
            $0.epochs = 3.5
        },
        ToyVariant("generation, linear schedule with warm-up, each record a step, bf16", task: .generation) {
            $0.batch = 1
            $0.optimizer.schedule = .linear
            $0.optimizer.warmup = 0.3
            $0.optimizer.weightDecay = 0.1
            $0.checkpointPrecision = .bf16
        },
        ToyVariant("generation, a batch larger than any slice, placed by owner", task: .generation) {
            $0.batch = 64
            $0.assignBy = .owner
        },
        ToyVariant("generation, more shards than records", task: .generation) {
            $0.shards = 40
            $0.slices = 2
        },
        ToyVariant("generation, each stage its own layer along two orders, the last state kept", task: .generation) {
            $0.slices = 2
            $0.sliceOptions.orders = 2
            $0.sliceOptions.keep = 1
            $0.adapter = .lora(rank: 2, targets: [.outputProjection, .upProjection], stages: .layers)
        }
    ]

    private static let classifications: [ToyVariant] = [
        ToyVariant("head only") { $0.adapter = .head },
        ToyVariant("head only on the pooler, with fractional epochs") {
            $0.adapter = .head
            $0.pooling = .pooler
            $0.epochs = 3.5
        },
        ToyVariant("LoRA on all six matrices, pooler") {
            $0.adapter = .lora(rank: 3, targets: TargetModule.all(of: .bert))
            $0.pooling = .pooler
        },
        ToyVariant("LoRA on the top layer alone, cls") {
            $0.adapter = .lora(rank: 2, targets: [.key, .attentionOutput, .output], layers: .top(1))
            $0.pooling = .cls
        },
        ToyVariant("every stage below one epoch") { $0.epochs = 0.5 },
        ToyVariant("stages of 1.4 epochs") { $0.epochs = 3.5 },
        ToyVariant("one epoch over sixteen slices") {
            $0.epochs = 1
            $0.slices = 16
        },
        ToyVariant("bf16 checkpoints") { $0.checkpointPrecision = .bf16 },
        ToyVariant("linear schedule with warm-up and weight decay, each record a step") {
            $0.batch = 1
            $0.optimizer.schedule = .linear
            $0.optimizer.warmup = 0.3
            $0.optimizer.weightDecay = 0.1
        },
        ToyVariant("one shard of one slice") {
            $0.shards = 1
            $0.slices = 1
        },
        ToyVariant("one shard of six slices") {
            $0.shards = 1
            $0.slices = 6
        },
        ToyVariant("more shards than records") {
            $0.shards = 40
            $0.slices = 2
        },
        ToyVariant("a batch larger than any slice") { $0.batch = 64 },
        ToyVariant("batches of one") {
            $0.batch = 1
            $0.epochs = 2
        },
        ToyVariant("placed by owner, majority vote") {
            $0.assignBy = .owner
            $0.aggregation = .majority
        },
        ToyVariant("placed by owner, bf16, linear, fractional, weighted") {
            $0.assignBy = .owner
            $0.checkpointPrecision = .bf16
            $0.optimizer.schedule = .linear
            $0.optimizer.warmup = 0.1
            $0.epochs = 2.2
            $0.aggregation = .weighted
        },
        ToyVariant("in bands, by the owners' names") {
            $0.data.columns.group = "owner"
            $0.bands = [
                Recipe.Band(groups: ["ada", "ben"], shards: 0..<1, slices: 2..<4, probability: 0.5),
                Recipe.Band(groups: nil, slices: 0..<3)
            ]
        },
        ToyVariant("placed by owner, twice split") {
            $0.assignBy = .owner
            $0.shards = 5
            $0.splits = [0, 3]
        },
        ToyVariant("three slice orders") { $0.sliceOptions.orders = 3 },
        ToyVariant("one state in three is kept") {
            $0.slices = 6
            $0.sliceOptions.keep = 2
        },
        ToyVariant("each stage trains its own layer") {
            $0.slices = 2
            $0.adapter = .lora(rank: 2, targets: [.query, .output], stages: .layers)
        },
        ToyVariant("each stage its own layer along two orders, the last state kept, each slice likely differently") {
            $0.slices = 2
            $0.sliceOptions.orders = 2
            $0.sliceOptions.keep = 1
            $0.sliceOptions.probabilities = [0.75, 0.25]
            $0.adapter = .lora(rank: 2, targets: [.key, .intermediate], stages: .layers)
        },
        ToyVariant("head only, five orders of three slices, bf16") {
            $0.adapter = .head
            $0.slices = 3
            $0.sliceOptions.orders = 5
            $0.checkpointPrecision = .bf16
        }
    ]
}

extension Recipe.Adapter {
    package static func lora(
        rank: Int, targets: [TargetModule], layers: Recipe.LayerSelection = .all,
        stages: Recipe.AdapterStages = .whole
    ) -> Recipe.Adapter {
        var lora = Recipe.LoRA()
        lora.rank = rank
        lora.targetModules = TargetModule.allCases.filter(targets.contains)
        lora.layers = layers
        lora.stages = stages
        return .lora(lora)
    }
}
