internal import Engine

extension Recipe {
    /// Reads a recipe from YAML; `file` is for messages only.
    package static func parse(
        _ bytes: [UInt8], file: String, defaultName: String
    ) throws(RecipeError) -> Recipe {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RecipeError(file: file, problem: .invalidUTF8)
        }
        let root = try RecipeDocument(text, file: file).root
        if case .scalar("", _) = root.content { throw RecipeError(file: file, problem: .empty) }
        let top = try RecipeSection(
            root, file: file, path: "",
            allowed: [
                "name", "backbone", "data", "labels", "shards", "slices", "epochs", "adapter",
                "pooling",
                "optimizer", "batch", "max_tokens", "seed", "checkpoint_precision", "features",
                "aggregation", "assign_by", "deleted_ids", "placement", "splits"
            ])

        let backbone = try top.required("backbone", example: "backbone: path/to/a/model/folder")
        var recipe = Recipe(
            name: try parseName(top) ?? defaultName,
            backbone: try top.text(backbone, "backbone", expected: "the path of a model folder"),
            data: try parseData(top),
            labels: try parseLabels(top))

        if let node = top.node("shards") {
            recipe.shards = try top.integer(node, "shards", in: 1...10_000)
        }
        if let node = top.node("slices") {
            (recipe.slices, recipe.sliceOptions) = try parseSlices(node, in: top)
        }
        if let node = top.node("epochs") {
            let range = RecipeNumberRange(lower: 0, upper: 10_000, lowerIncluded: false)
            recipe.epochs = try top.number(node, "epochs", in: range)
        }
        recipe.adapter = try parseAdapter(top) ?? recipe.adapter
        if let node = top.node("pooling") { recipe.pooling = try top.choice(node, "pooling") }
        recipe.optimizer = try parseOptimizer(top) ?? recipe.optimizer
        if let node = top.node("batch") {
            recipe.batch = try top.integer(node, "batch", in: 1...65_536)
        }
        if let node = top.node("max_tokens") {
            recipe.maxTokens = try top.integer(node, "max_tokens", in: 3...65_536)
        }
        if let node = top.node("seed") {
            recipe.seed = try top.integer(node, "seed", in: 0...UInt64.max)
        }
        if let node = top.node("checkpoint_precision") {
            recipe.checkpointPrecision = try top.choice(node, "checkpoint_precision")
        }
        recipe.features = try parseFeatures(top) ?? recipe.features
        if let node = top.node("aggregation") {
            recipe.aggregation = try top.choice(node, "aggregation")
        }
        if let node = top.node("deleted_ids") {
            recipe.deletedIDs = try top.choice(node, "deleted_ids")
        }
        if let node = top.node("assign_by") {
            recipe.assignBy = try top.choice(node, "assign_by")
            if recipe.assignBy == .owner && recipe.data.columns.owner == nil {
                throw top.refusal(node, "assign_by", .needsOwnerColumn)
            }
        }
        try parsePlacement(top, into: &recipe)
        return recipe
    }

    private static func parseSlices(
        _ node: RecipeNode, in top: RecipeSection
    ) throws(RecipeError) -> (Int, SliceOptions) {
        var options = SliceOptions()
        guard case .mapping = node.content else {
            return (try top.integer(node, "slices", in: 1...10_000), options)
        }
        let section = try RecipeSection(
            node, file: top.file, path: "slices", allowed: ["count", "keep", "orders", "probabilities"])
        let count = try section.integer(
            section.required("count", example: "slices: {count: 20, keep: 5}"), "count", in: 1...10_000)
        if let node = section.node("keep") {
            if case .scalar("all", _) = node.content {
            } else {
                options.keep = try section.integer(node, "keep", in: 0...10_000)
            }
        }
        if let node = section.node("orders") {
            options.orders = try section.integer(node, "orders", in: 1...SliceOptions.mostOrders(slices: count))
        }
        if let node = section.node("probabilities") {
            options.probabilities = try parseProbabilities(node, in: section, slices: count)
        }
        return (count, options)
    }

    private static func parseProbabilities(
        _ node: RecipeNode, in section: RecipeSection, slices: Int
    ) throws(RecipeError) -> [Double] {
        let key = "probabilities"
        let most = SliceOptions.mostMatchedSlices
        guard case .sequence(let items) = node.content, items.count == slices, slices <= most else {
            let expected = "a list of \(slices) numbers, one a slice, and at most \(most) slices"
            throw section.refusal(node, key, .wrongType(found: node.kind, expected: expected))
        }
        var probabilities: [Double] = []
        for item in items {
            probabilities.append(
                try section.number(item, "\(key)[\(probabilities.count)]", in: RecipeNumberRange(lower: 0, upper: 1)))
        }
        guard probabilities.contains(where: { $0 > 0 }) else {
            throw section.refusal(
                node, key, .outOfRange(found: "only zeros", expected: "numbers from 0 to 1, one of them above 0"))
        }
        return probabilities
    }

    private static func parseName(_ top: RecipeSection) throws(RecipeError) -> String? {
        guard let node = top.node("name") else { return nil }
        let expected = "one line of at most 100 bytes"
        let name = try top.text(node, "name", expected: expected)
        let isOneLine = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isOneLine, name.utf8.count <= 100 else {
            throw top.refusal(node, "name", .wrongType(found: "another text", expected: expected))
        }
        return name
    }

    private static func parseLabels(_ top: RecipeSection) throws(RecipeError) -> [String] {
        let node = try top.required("labels", example: "labels: [negative, positive]")
        let labels = try top.texts(node, "labels", expected: "a list of names, [like, this]")
        guard labels.count >= 2 else {
            throw top.refusal(node, "labels", .tooFew(found: labels.count, expected: 2))
        }
        // Swift's equality, on purpose: two labels that look the same are one label to whoever wrote them.
        var seen: Set<String> = []
        for label in labels where !seen.insert(label).inserted {
            throw top.refusal(node, "labels", .duplicateValue(found: label))
        }
        return labels
    }
}

extension Recipe {
    private static func parseData(_ top: RecipeSection) throws(RecipeError) -> DataSource {
        let example = "data: {train: [records.csv]}"
        let node = try top.required("data", example: example)
        let data = try RecipeSection(
            node, file: top.file, path: "data", allowed: ["train", "test", "format", "quoting", "columns"])
        let trainNode = try data.required("train", example: "train: [records.csv]")
        let expected = "a list of paths, [like/this.csv]"
        let train = try data.texts(trainNode, "train", expected: expected)
        if train.isEmpty { throw data.refusal(trainNode, "train", .tooFew(found: 0, expected: 1)) }
        var source = DataSource(train: train)
        if let node = data.node("test") {
            source.test = try data.texts(node, "test", expected: expected)
        }
        if let node = data.node("format") {
            source.format = try data.choice(node, "format") as DataFormat
        }
        if let node = data.node("quoting") { source.quoting = try data.choice(node, "quoting") }
        if let columns = try data.section("columns", allowed: ["id", "text", "label", "owner", "date", "group"]) {
            source.columns = try parseColumns(columns)
        }
        return source
    }

    private static func parseColumns(_ section: RecipeSection) throws(RecipeError) -> Columns {
        let expected = "the name of a column"
        var columns = Columns()
        if let node = section.node("id") {
            // A table written with its row index has a first column without a name.
            columns.id = try section.text(node, "id", expected: expected, emptyAllowed: true)
        }
        if let node = section.node("text") {
            columns.text = try section.text(node, "text", expected: expected)
        }
        if let node = section.node("label") {
            columns.label = try section.text(node, "label", expected: expected)
        }
        if let node = section.node("owner") {
            columns.owner = try section.text(node, "owner", expected: expected)
        }
        if let node = section.node("date") {
            columns.date = try section.text(node, "date", expected: expected)
        }
        if let node = section.node("group") {
            columns.group = try section.text(node, "group", expected: expected)
        }
        return columns
    }

    private static func parseAdapter(_ top: RecipeSection) throws(RecipeError) -> Adapter? {
        enum Kind: String, CaseIterable { case lora, head }
        let loraKeys = ["rank", "alpha", "target_modules", "layers", "stages"]
        guard let section = try top.section("adapter", allowed: ["kind"] + loraKeys) else {
            return nil
        }
        let kind: Kind =
            if let node = section.node("kind") { try section.choice(node, "kind") } else { .lora }
        guard kind == .lora else {
            for key in loraKeys where section.node(key) != nil {
                throw RecipeError(
                    file: section.file, line: section.line(of: key), keyPath: section.keyPath(key),
                    problem: .notWithHead)
            }
            return .head
        }
        var lora = LoRA()
        if let node = section.node("rank") {
            lora.rank = try section.integer(node, "rank", in: 1...1024)
        }
        if let node = section.node("alpha") {
            let range = RecipeNumberRange(lower: 0, upper: 1e6, lowerIncluded: false)
            lora.alpha = try section.number(node, "alpha", in: range)
        }
        if let node = section.node("target_modules") {
            lora.targetModules = try parseTargets(node, in: section)
        }
        if let node = section.node("layers") { lora.layers = try parseLayers(node, in: section) }
        if let node = section.node("stages") { lora.stages = try section.choice(node, "stages") }
        return .lora(lora)
    }

    private static func parseTargets(
        _ node: RecipeNode, in section: RecipeSection
    ) throws(RecipeError) -> [TargetModule] {
        let key = "target_modules"
        guard case .sequence(let items) = node.content else {
            let expected = "a list of matrices, [query, value]"
            throw section.refusal(node, key, .wrongType(found: node.kind, expected: expected))
        }
        if items.isEmpty { throw section.refusal(node, key, .tooFew(found: 0, expected: 1)) }
        var found: Set<TargetModule> = []
        for (index, item) in items.enumerated() {
            let module: TargetModule = try section.choice(item, "\(key)[\(index)]")
            guard found.insert(module).inserted else {
                throw section.refusal(item, key, .duplicateValue(found: module.rawValue))
            }
        }
        return TargetModule.allCases.filter(found.contains)
    }

    private static func parseLayers(
        _ node: RecipeNode, in section: RecipeSection
    ) throws(RecipeError) -> LayerSelection {
        let key = "layers"
        switch node.content {
        case .scalar("all", _):
            return .all
        case .scalar:
            let expected = "`all`, {top: n}, or a list of layers, [4, 5]"
            throw section.refusal(node, key, .wrongType(found: node.kind, expected: expected))
        case .mapping:
            let inner = try RecipeSection(
                node, file: section.file, path: section.keyPath(key), allowed: ["top"])
            let top = try inner.required("top", example: "layers: {top: 2}")
            return .top(try inner.integer(top, "top", in: 1...1024))
        case .sequence(let items):
            if items.isEmpty { throw section.refusal(node, key, .tooFew(found: 0, expected: 1)) }
            var layers: Set<Int> = []
            for (index, item) in items.enumerated() {
                let layer = try section.integer(item, "\(key)[\(index)]", in: 0...1023)
                guard layers.insert(layer).inserted else {
                    throw section.refusal(item, key, .duplicateValue(found: "\(layer)"))
                }
            }
            return .indices(layers.sorted())
        }
    }

    private static func parseOptimizer(_ top: RecipeSection) throws(RecipeError) -> Optimizer? {
        let allowed = [
            "name", "learning_rate", "head_learning_rate", "weight_decay", "beta1", "beta2",
            "epsilon",
            "schedule", "warmup"
        ]
        guard let section = try top.section("optimizer", allowed: allowed) else { return nil }
        func number(
            _ key: String, into value: inout Double, _ range: RecipeNumberRange
        ) throws(RecipeError) {
            if let node = section.node(key) { value = try section.number(node, key, in: range) }
        }
        let rate = RecipeNumberRange(lower: 0, upper: 10, lowerIncluded: false)
        let fraction = RecipeNumberRange(lower: 0, upper: 1)
        let decay = RecipeNumberRange(lower: 0, upper: 1, upperIncluded: false)

        var optimizer = Optimizer()
        if let node = section.node("name") { optimizer.name = try section.choice(node, "name") }
        try number("learning_rate", into: &optimizer.learningRate, rate)
        try number("head_learning_rate", into: &optimizer.headLearningRate, rate)
        try number("weight_decay", into: &optimizer.weightDecay, fraction)
        try number("beta1", into: &optimizer.beta1, decay)
        try number("beta2", into: &optimizer.beta2, decay)
        try number(
            "epsilon", into: &optimizer.epsilon,
            RecipeNumberRange(lower: 0, upper: 1, lowerIncluded: false))
        if let node = section.node("schedule") {
            optimizer.schedule = try section.choice(node, "schedule")
        }
        try number("warmup", into: &optimizer.warmup, fraction)
        return optimizer
    }

    private static func parseFeatures(_ top: RecipeSection) throws(RecipeError) -> FeatureOptions? {
        guard let section = try top.section("features", allowed: ["budget", "precision"]) else { return nil }
        var features = FeatureOptions()
        if let node = section.node("budget") { features.budget = try section.bytes(node, "budget") }
        if let node = section.node("precision") {
            features.precision = try section.choice(node, "precision")
        }
        return features
    }
}
