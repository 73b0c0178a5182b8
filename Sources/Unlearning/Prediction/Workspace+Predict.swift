/// How well held-out records are answered.
package struct Evaluation: Sendable {
    package let records: Int
    package let correct: Int
    /// By true label: how many, and how many were answered right.
    package let byLabel: [(records: Int, correct: Int)]
    package let seconds: Double

    package var accuracy: Double { records == 0 ? 0 : Double(correct) / Double(records) }
}

extension Workspace {
    /// Answers texts from the newest clean checkpoints. Changes nothing and waits for nobody.
    ///
    /// `votes`: Whether answers hold each shard's vote too.
    package func predict(
        _ texts: [String], votes: Bool = true, threads: Int = 1, progress: TrainingProgress = { _ in }
    ) throws -> [Answer] {
        let plan = try plan()
        return try Predictor(
            recipe, model(training: false), plan, ledger: ledger, store: store, threads: threads, progress: progress
        ).answers(texts, votes: votes)
    }

    /// Answers the labelled records of files with the recipe's columns.
    ///
    /// `format`: Nil: what the recipe says, or the extension.
    package func evaluate(
        _ inputs: [InputFile], format: DataFormat? = nil, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in }
    ) throws -> Evaluation {
        let clock = ContinuousClock().now
        var texts: [String] = []
        var labels: [Int] = []
        // Ids and owners play no part here, so held-out files need not have them.
        var recipe = recipe
        recipe.data.columns = recipe.data.columns.withoutPersons
        recipe.data.columns.id = Columns.rowNumber
        let source = RecordSource(recipe, inputs, format: format) { progress(.spanningLines(place: $0)) }
        try source.forEach { record, _ in
            texts.append(record.text)
            labels.append(record.label)
        }
        guard !texts.isEmpty else {
            throw RecordsError(file: "", problem: .nothingIn(files: inputs.map(\.name)))
        }
        let answers = try predict(texts, votes: false, threads: threads, progress: progress)
        var byLabel = recipe.labels.map { _ in (records: 0, correct: 0) }
        for (answer, label) in zip(answers, labels) {
            byLabel[label].records += 1
            if answer.label == label { byLabel[label].correct += 1 }
        }
        return Evaluation(
            records: texts.count, correct: byLabel.reduce(0) { $0 + $1.correct }, byLabel: byLabel,
            seconds: clock.duration(to: .now).seconds)
    }
}
