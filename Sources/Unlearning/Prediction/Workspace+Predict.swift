/// How well held-out records are answered.
package struct Evaluation: Sendable {
    /// All records.
    package let records: Int
    /// Records that were given their label.
    package let correct: Int
    /// By true label: how many, and how many were given it.
    package let byLabel: [(records: Int, correct: Int)]
    /// The time that it took.
    package let seconds: Double

    /// The share of records that were given their label.
    package var accuracy: Double { records == 0 ? 0 : Double(correct) / Double(records) }
}

extension Workspace {
    /// Answers texts from the newest clean checkpoints. Changes nothing and waits for nobody. Who asks often keeps a
    /// `Predictor`.
    ///
    /// `votes`: Whether predictions hold each shard's vote too.
    package func predict(
        _ texts: [String], votes: Bool = true, threads: Int = 1, progress: TrainingProgress = { _ in }
    ) throws -> [Prediction] {
        try Predictor(self, threads: threads).predictions(texts, votes: votes, progress: progress)
    }

    /// Answers the labelled records of files with the recipe's columns.
    ///
    /// `format`: Nil: what the recipe says, or the extension.
    package func evaluate(
        _ inputs: [InputFile], format: DataFormat? = nil, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in }
    ) throws -> Evaluation {
        guard recipe.task == .classification else { throw PredictionError.noLabels }
        let clock = ContinuousClock().now
        var texts: [String] = []
        var labels: [Int] = []
        // Ids and owners play no part here, so held-out files need not have them.
        var recipe = recipe
        recipe.data.columns = recipe.data.columns.withoutPersons
        recipe.data.columns.id = Columns.rowNumber
        let source = RecordSource(recipe, inputs, format: format, notice: { progress(.spanningLines(place: $0)) })
        try source.forEach { record, _ in
            texts.append(record.content.words)
            labels.append(record.content.label ?? 0)
        }
        guard !texts.isEmpty else {
            throw RecordsError(file: "", problem: .nothingIn(files: inputs.map(\.name)))
        }
        let predictions = try predict(texts, votes: false, threads: threads, progress: progress)
        var byLabel = recipe.labels.map { _ in (records: 0, correct: 0) }
        for (prediction, label) in zip(predictions, labels) {
            byLabel[label].records += 1
            if prediction.label == label { byLabel[label].correct += 1 }
        }
        return Evaluation(
            records: texts.count, correct: byLabel.reduce(0) { $0 + $1.correct }, byLabel: byLabel,
            seconds: clock.duration(to: .now).seconds)
    }
}
