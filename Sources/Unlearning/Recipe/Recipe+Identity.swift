internal import Engine

extension Recipe: Equatable {
    /// Whether every choice is the same, texts compared by their bytes.
    package static func == (left: Recipe, right: Recipe) -> Bool {
        left.fields == right.fields
    }

    /// The choices that can change a trained weight, as canonical bytes.
    ///
    /// Equal bytes promise equal weights from equal records and an equal backbone, so this is what a checkpoint's key
    /// covers. In: `labels` (their number and order shape the head, their names say which record is which class),
    /// `slices` and `epochs` (they decide the passes of every stage), `adapter`, `pooling`, `optimizer`, `batch`,
    /// `max_tokens`, `seed` and `checkpoint_precision`, and `features.precision` where it is not `f32`. Out: `name` (a
    /// display), `backbone` and `data` (a path is not its content; the digests of backbone and records are in the key
    /// beside this), `shards` and `assign_by` (they decide which records a slice holds, and those are in the key),
    /// `aggregation` (it combines answers of finished models), `features.budget` (it decides what is kept, not what it is).
    /// The adapter's layers stand as written: `{top: 2}` and `[4, 5]` differ, even where they name the same layers.
    package var trainingIdentity: [UInt8] {
        var bytes = Array("sisa recipe 1\n".utf8)
        for field in fields where field.role == .training {
            bytes += RecipeField.framed(Array(field.keyPath.utf8))
            bytes += RecipeField.framed(field.value)
        }
        return bytes
    }

    /// The key paths of the choices that differ, in the order of the documentation.
    package func differences(from other: Recipe) -> [String] {
        let mine = fields
        let theirs = other.fields
        var paths = mine.filter { field in !theirs.contains(field) }.map(\.keyPath)
        // Rank and the like exist on one side only where one adapter is a head and the other is not.
        let known = Set(mine.map(\.keyPath))
        paths += theirs.map(\.keyPath).filter { !known.contains($0) }
        return paths
    }

    /// Every choice, each once.
    ///
    /// Numbers are printed by Swift's shortest form that reads back to the same value.
    var fields: [RecipeField] {
        var fields = [
            RecipeField("name", .serving, name),
            RecipeField("backbone", .source, backbone),
            RecipeField("data.train", .source, list: data.train),
            RecipeField("data.test", .source, list: data.test),
            RecipeField("data.format", .source, data.format?.rawValue ?? ""),
            RecipeField("data.columns.id", .source, data.columns.id),
            RecipeField("data.columns.text", .source, data.columns.text),
            RecipeField("data.columns.label", .source, data.columns.label),
            RecipeField("data.columns.owner", .source, list: data.columns.owner.map { [$0] } ?? []),
            RecipeField("data.columns.date", .source, list: data.columns.date.map { [$0] } ?? []),
            RecipeField("data.columns.group", .source, list: data.columns.group.map { [$0] } ?? []),
            RecipeField("labels", .training, list: labels),
            RecipeField("shards", .assignment, "\(shards)"),
            RecipeField("slices", .training, "\(slices)"),
            RecipeField("slices.keep", .cache, sliceOptions.keep.map { "\($0)" } ?? "all"),
            // The sequences themselves are in the keys of all orders but the plain one.
            RecipeField("slices.orders", .assignment, "\(sliceOptions.orders)"),
            RecipeField("slices.probabilities", .assignment, list: sliceOptions.probabilities.map { "\($0)" }),
            RecipeField("epochs", .training, "\(epochs)")
        ]
        // Only where it was chosen: logs of before, which know no such choice, still tell of the same plan.
        if data.quoting != .quotes { fields.append(RecipeField("data.quoting", .source, data.quoting.rawValue)) }
        fields += adapter.fields
        fields.append(RecipeField("pooling", .training, pooling.rawValue))
        fields += optimizer.fields
        fields += [
            RecipeField("batch", .training, "\(batch)"),
            RecipeField("max_tokens", .training, "\(maxTokens)"),
            RecipeField("seed", .training, "\(seed)"),
            RecipeField("checkpoint_precision", .training, checkpointPrecision.rawValue),
            RecipeField("features.budget", .cache, "\(features.budget)"),
            // Exact features are what a recipe meant before it had this choice, so they stand in no identity.
            RecipeField(
                "features.precision", features.precision == .f32 ? .cache : .training, features.precision.rawValue),
            RecipeField("aggregation", .serving, aggregation.rawValue),
            RecipeField("assign_by", .assignment, assignBy.rawValue),
            RecipeField("placement", .assignment, list: placement.flatMap(\.words)),
            RecipeField("splits", .assignment, list: splits.map { "\($0 + 1)" }),
            RecipeField("deleted_ids", .serving, deletedIDs.rawValue)
        ]
        return fields
    }
}

extension Recipe.Adapter {
    fileprivate var fields: [RecipeField] {
        switch self {
        case .head:
            return [RecipeField("adapter.kind", .training, "head")]
        case .lora(let lora):
            return [
                RecipeField("adapter.kind", .training, "lora"),
                RecipeField("adapter.rank", .training, "\(lora.rank)"),
                RecipeField("adapter.alpha", .training, "\(lora.alpha)"),
                RecipeField(
                    "adapter.target_modules", .training, list: lora.targetModules.map(\.rawValue)),
                RecipeField("adapter.layers", .training, list: lora.layers.words),
                // As a whole is how it was trained before there was this choice.
                RecipeField("adapter.stages", lora.stages == .whole ? .cache : .training, lora.stages.rawValue)
            ]
        }
    }
}

extension Recipe.Band {
    /// With the number of groups first, so that no two bands have the same words.
    fileprivate var words: [String] {
        func words(_ range: Range<Int>?) -> String { range.map { "\($0.lowerBound + 1)-\($0.upperBound)" } ?? "all" }
        return ["\(groups?.count ?? -1)"] + (groups ?? [])
            + [words(shards), words(slices), probability.map { "\($0)" } ?? "none"]
    }
}

extension Recipe.LayerSelection {
    fileprivate var words: [String] {
        switch self {
        case .all: ["all"]
        case .top(let count): ["top", "\(count)"]
        case .indices(let indices): ["indices"] + indices.map { "\($0)" }
        }
    }
}

extension Recipe.Optimizer {
    fileprivate var fields: [RecipeField] {
        [
            RecipeField("optimizer.name", .training, name.rawValue),
            RecipeField("optimizer.learning_rate", .training, "\(learningRate)"),
            RecipeField("optimizer.head_learning_rate", .training, "\(headLearningRate)"),
            RecipeField("optimizer.weight_decay", .training, "\(weightDecay)"),
            RecipeField("optimizer.beta1", .training, "\(beta1)"),
            RecipeField("optimizer.beta2", .training, "\(beta2)"),
            RecipeField("optimizer.epsilon", .training, "\(epsilon)"),
            RecipeField("optimizer.schedule", .training, schedule.rawValue),
            RecipeField("optimizer.warmup", .training, "\(warmup)")
        ]
    }
}
