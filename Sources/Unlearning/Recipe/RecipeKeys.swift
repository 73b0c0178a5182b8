internal import Engine

/// The one table of a recipe's keys, in the order in which people are told of them. docs/recipes.md says what they
/// mean.
///
/// From it come the reading of the YAML, the list of what is allowed, identity, equality and differences, and what a
/// workspace does with a change. A key's default is that of its property.
extension RecipeKey {
    /// All keys, in the order in which they are read.
    static let all = about + data + labels + generation + cut + adapter + optimizer + training + answers + placement

    private static let about: [RecipeKey] = [
        RecipeKey(path: "name", effects: .answers, value: { Array($0.name.utf8) }, read: readName),
        RecipeKey(
            path: "task", effects: [.weights, .records], value: { Array($0.task.rawValue.utf8) },
            read: { node, recipe throws(RecipeError) in recipe.begin(try node.choice()) }
        ).with { ($0.isReadFirst, $0.leftOut) = (true, .isNoField) },
        .text("backbone", \.backbone, .places, "the path of a model folder")
            .required("backbone: path/to/a/model/folder")
    ]

    private static let data: [RecipeKey] =
        [
            RecipeKey("data.train", .records, words: { $0.data.train }) { node, recipe throws(RecipeError) in
                recipe.data.train = try node.texts(expected: "a list of paths, [like/this.csv]")
                if recipe.data.train.isEmpty { throw node.refusal(.tooFew(found: 0, expected: 1)) }
            }
            .required("train: [records.csv]"),
            .paths("data.test", \.data.test, .places),
            RecipeKey(
                path: "data.format", effects: .records, value: { Array(($0.data.format?.rawValue ?? "").utf8) },
                read: { node, recipe throws(RecipeError) in
                    recipe.data.format = try node.choice() as DataFormat
                    if recipe.task == .generation, recipe.data.format != .jsonl { throw node.refusal(.linesOnly) }
                }),
            .choice("data.quoting", \.data.quoting, .records).only(.classification)
                .with { ($0.leftOut, $0.follows) = (.isNoField, "epochs") },
            // A table written with its row index has a first column without a name.
            .text("data.columns.id", \.data.columns.id, .records, "the name of a column", emptyAllowed: true),
            .text("data.columns.text", \.data.columns.text, .records, "the name of a column").only(.classification),
            .text("data.columns.label", \.data.columns.label, .records, "the name of a column").only(.classification),
            .column("data.columns.owner", \.data.columns.owner),
            .column("data.columns.date", \.data.columns.date),
            .column("data.columns.group", \.data.columns.group)
        ] + dialogueColumns

    private static let labels: [RecipeKey] = [
        RecipeKey("labels", .weights, words: { $0.labels }, read: readLabels)
            .required("labels: [negative, positive]").only(.classification)
    ]

    private static let cut: [RecipeKey] = [
        .integer("shards", \.shards, .cells, 1...10_000),
        .integer("slices.count", \.slices, [.weights, .cells], 1...10_000)
            .required("slices: {count: 20, keep: 5}").with { $0.standsAlone = true },
        RecipeKey(
            path: "slices.keep", effects: .work,
            value: { Array(($0.sliceOptions.keep.map { "\($0)" } ?? "all").utf8) },
            read: { node, recipe throws(RecipeError) in
                if case .scalar("all", _) = node.content { return }
                recipe.sliceOptions.keep = try node.integer(in: 0...10_000)
            }),
        RecipeKey(
            path: "slices.orders", effects: .orders, value: { Array("\($0.sliceOptions.orders)".utf8) },
            read: { node, recipe throws(RecipeError) in
                let most = Recipe.SliceOptions.maxOrders(slices: recipe.slices)
                recipe.sliceOptions.orders = try node.integer(in: 1...most)
            }),
        RecipeKey(
            "slices.probabilities", .orders, words: { $0.sliceOptions.probabilities.map { "\($0)" } },
            read: readProbabilities),
        .number("epochs", \.epochs, .weights, RecipeNumberRange(lower: 0, upper: 10_000, lowerIncluded: false))
    ]

    private static let adapter: [RecipeKey] =
        [
            RecipeKey(
                path: "adapter.kind", effects: .weights, value: { Array(($0.adapter == .head ? "head" : "lora").utf8) },
                read: { node, recipe throws(RecipeError) in
                    enum Kind: String, CaseIterable { case lora, head }
                    let kind: Kind = try node.choice()
                    if kind == .head, recipe.task == .generation { throw node.refusal(.noHead) }
                    recipe.adapter = kind == .head ? .head : .lora(.usual(for: recipe.task))
                }),
            .integer("adapter.rank", \.lora.rank, .weights, 1...1024),
            .number(
                "adapter.alpha", \.lora.alpha, .weights, RecipeNumberRange(lower: 0, upper: 1e6, lowerIncluded: false)),
            RecipeKey(
                "adapter.target_modules", .weights,
                words: { $0.lora.moduleSet.map { [$0.rawValue] } ?? $0.lora.targetModules.map(\.rawValue) },
                read: readTargets),
            RecipeKey("adapter.layers", .weights, words: { $0.lora.layers.words }, read: readLayers),
            .choice("adapter.stages", \.lora.stages, .weights).with { $0.leftOut = .changesNoWeight }
        ].map { key in key.with { $0.needsLoRA = key.path != "adapter.kind" } } + [
            .choice("pooling", \.pooling, .weights).only(.classification)
        ]

    private static let optimizer: [RecipeKey] = [
        .choice("optimizer.name", \.optimizer.name, .weights),
        .number("optimizer.learning_rate", \.optimizer.learningRate, .weights, rate),
        .number("optimizer.head_learning_rate", \.optimizer.headLearningRate, .weights, rate).only(.classification),
        .number("optimizer.weight_decay", \.optimizer.weightDecay, .weights, .fraction),
        .number("optimizer.beta1", \.optimizer.beta1, .weights, decay),
        .number("optimizer.beta2", \.optimizer.beta2, .weights, decay),
        .number(
            "optimizer.epsilon", \.optimizer.epsilon, .weights,
            RecipeNumberRange(lower: 0, upper: 1, lowerIncluded: false)),
        .choice("optimizer.schedule", \.optimizer.schedule, .weights),
        .number("optimizer.warmup", \.optimizer.warmup, .weights, .fraction)
    ]
    private static let rate = RecipeNumberRange(lower: 0, upper: 10, lowerIncluded: false)
    private static let decay = RecipeNumberRange(lower: 0, upper: 1, upperIncluded: false)

    private static let training: [RecipeKey] = [
        .integer("batch", \.batch, .weights, 1...65_536),
        .integer("max_tokens", \.maxTokens, .weights, 3...65_536),
        .integer("seed", \.seed, .weights, 0...UInt64.max),
        .choice("checkpoint_precision", \.checkpointPrecision, .weights),
        RecipeKey(
            path: "features.budget", effects: .work, value: { Array("\($0.features.budget)".utf8) },
            read: { node, recipe throws(RecipeError) in recipe.features.budget = try node.bytes() }),
        .choice("features.precision", \.features.precision, .weights).with { $0.leftOut = .changesNoWeight }
    ]

    private static let answers: [RecipeKey] = [
        // `owner` depends on `assign_by`.
        RecipeKey(
            path: "aggregation", effects: .answers,
            value: {
                $0.generation.map { RecipeField.bytes($0.aggregation.words) } ?? Array($0.aggregation.rawValue.utf8)
            },
            read: readAggregation
        ).with { $0.isReadLast = true },
        RecipeKey(
            path: "assign_by", effects: .cells, value: { Array($0.assignBy.rawValue.utf8) },
            read: { node, recipe throws(RecipeError) in
                recipe.assignBy = try node.choice()
                if recipe.assignBy == .owner && recipe.data.columns.owner == nil {
                    throw node.refusal(.needsOwnerColumn)
                }
            }),
        .choice("deleted_ids", \.deletedIDs, .answers).with { $0.follows = "splits" }
    ]

    private static let placement: [RecipeKey] = [
        // How many shards a band may name depends on the splits.
        RecipeKey(
            "placement", .cells, words: { $0.bands.flatMap(\.words) },
            read: { node, recipe throws(RecipeError) in recipe.bands = try Recipe.Band.all(node, of: recipe) }
        ).with { $0.isReadLast = true },
        RecipeKey("splits", .cells, words: { $0.splits.map { "\($0 + 1)" } }, read: readSplits)
    ]
}

// Readings that are more than one value.
extension RecipeKey {
    private static func readName(_ node: RecipeNode, _ recipe: inout Recipe) throws(RecipeError) {
        let expected = "one line of at most 100 bytes"
        recipe.name = try node.text(expected: expected)
        let isOneLine = recipe.name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isOneLine, recipe.name.utf8.count <= 100 else {
            throw node.refusal(.wrongType(found: "another text", expected: expected))
        }
    }

    private static func readLabels(_ node: RecipeNode, _ recipe: inout Recipe) throws(RecipeError) {
        recipe.labels = try node.texts(expected: "a list of names, [like, this]")
        guard recipe.labels.count >= 2 else { throw node.refusal(.tooFew(found: recipe.labels.count, expected: 2)) }
        // Swift's equality, on purpose: two labels that look the same are one label to whoever wrote them.
        var seen: Set<String> = []
        for label in recipe.labels where !seen.insert(label).inserted {
            throw node.refusal(.duplicateValue(found: label))
        }
    }

    private static func readProbabilities(_ node: RecipeNode, _ recipe: inout Recipe) throws(RecipeError) {
        let most = Recipe.SliceOptions.maxMatchedSlices
        guard case .sequence(let items) = node.content, items.count == recipe.slices, recipe.slices <= most else {
            throw node.wrongType(
                expected: "a list of \(recipe.slices) numbers, one a slice, and at most \(most) slices")
        }
        recipe.sliceOptions.probabilities = []
        for item in items { recipe.sliceOptions.probabilities.append(try item.number(in: .fraction)) }
        guard recipe.sliceOptions.probabilities.contains(where: { $0 > 0 }) else {
            throw node.refusal(
                .outOfRange(found: "only zeros", expected: "numbers from 0 to 1, one of them above 0"))
        }
    }

    private static func readTargets(_ node: RecipeNode, _ recipe: inout Recipe) throws(RecipeError) {
        let all = Recipe.ModuleSet.allLinear.rawValue
        if recipe.task == .generation, case .scalar(all, _) = node.content {
            (recipe.lora.moduleSet, recipe.lora.targetModules) = (.allLinear, [])
            return
        }
        let example = recipe.task == .generation ? "[q_proj, v_proj], or \(all)" : "[query, value]"
        let allowed = recipe.task.modules.map(\.rawValue)
        var found: Set<String> = []
        for item in try node.someItems(expected: "a list of matrices, \(example)") {
            let module = try item.word(among: allowed)
            guard found.insert(module).inserted else {
                throw node.refusal(.duplicateValue(found: module), line: item.line)
            }
        }
        recipe.lora.targetModules = TargetModule.allCases.filter { found.contains($0.rawValue) }
        recipe.lora.moduleSet = nil
    }

    private static func readAggregation(_ node: RecipeNode, _ recipe: inout Recipe) throws(RecipeError) {
        guard recipe.generation != nil else {
            recipe.aggregation = try node.choice()
            return
        }
        let aggregation = try TokenAggregation(node)
        if aggregation == .owner, recipe.assignBy != .owner { throw node.refusal(.needsOwners) }
        recipe.generation?.aggregation = aggregation
    }

    private static func readLayers(_ node: RecipeNode, _ recipe: inout Recipe) throws(RecipeError) {
        switch node.content {
        case .scalar("all", _):
            recipe.lora.layers = .all
        case .scalar:
            throw node.wrongType(expected: "`all`, {top: n}, or a list of layers, [4, 5]")
        case .mapping:
            guard let top = try node.entries(allowed: ["top"]).first else {
                throw node.missing("top", example: "layers: {top: 2}")
            }
            recipe.lora.layers = .top(try top.value.integer(in: 1...1024))
        case .sequence:
            var layers: Set<Int> = []
            for item in try node.someItems(expected: "") {
                let layer = try item.integer(in: 0...1023)
                guard layers.insert(layer).inserted else {
                    throw node.refusal(.duplicateValue(found: "\(layer)"), line: item.line)
                }
            }
            recipe.lora.layers = .indices(layers.sorted())
        }
    }

    private static func readSplits(_ node: RecipeNode, _ recipe: inout Recipe) throws(RecipeError) {
        guard case .sequence(let items) = node.content, items.count < min(recipe.shards, 65) else {
            throw node.wrongType(
                expected: "a list of at most 64 shards, fewer than there are: `shards` counts the new ones too")
        }
        var splits: [Int] = []
        for (index, item) in items.enumerated() {
            // A shard that came of a split can be split again.
            splits.append(try item.integer(in: 1...recipe.shards - items.count + index) - 1)
        }
        recipe.splits = splits
    }
}

extension Recipe {
    /// The choices of low-rank updates; where a head alone is trained, their defaults.
    fileprivate var lora: LoRA {
        get { if case .lora(let lora) = adapter { lora } else { LoRA() } }
        set { adapter = .lora(newValue) }
    }
}

extension Recipe.TaskKind {
    /// The matrices that models of the task's families have.
    fileprivate var modules: [TargetModule] {
        let types: [BackboneConfiguration.ModelType] = self == .generation ? [.llama, .gpt2] : [.bert]
        return types.flatMap(TargetModule.all)
    }
}

extension Recipe.LayerSelection {
    /// As written: `{top: 2}` and `[4, 5]` differ in the identity, even where they name the same layers.
    fileprivate var words: [String] {
        switch self {
        case .all: ["all"]
        case .top(let count): ["top", "\(count)"]
        case .indices(let indices): ["indices"] + indices.map { "\($0)" }
        }
    }
}
