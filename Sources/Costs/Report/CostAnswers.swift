package import Unlearning

/// What a split of a shard costs and brings, for programs.
package struct SplitAnswer: Encodable {
    /// The shard, and the one that its records are shared with.
    package let shard, newShard: Ordinal
    /// Records that stay and move, and what training both shards takes.
    package let recordsStay, recordsMove, stages, recordPasses: Int
    /// Seconds of that; null where nothing was measured.
    package let seconds: OrNull<Double>
    /// Record-passes of a request in this shard.
    package let requestRecordPassesBefore, requestRecordPassesAfter: Double
    /// Requests in this shard after which the split has paid.
    package let paysAfterRequests: OrNull<Double>
    /// The recipe's shards afterwards.
    package let shards: Int
    /// The recipe's splits afterwards.
    package let splits: [Ordinal]

    /// Reads it off a plan. `pays`: Requests after which it has paid; nil: never.
    package init(_ plan: SplitPlan, pays: Double?) {
        (shard, newShard) = (Ordinal(plan.shard), Ordinal(plan.newShard))
        (recordsStay, recordsMove) = (plan.records.stays, plan.records.moves)
        (stages, recordPasses, seconds) = (plan.stages, plan.recordPasses, OrNull(plan.seconds))
        (requestRecordPassesBefore, requestRecordPassesAfter) = (plan.requestBefore, plan.requestAfter)
        paysAfterRequests = OrNull(pays)
        (shards, splits) = (plan.shards, plan.splits.map { Ordinal($0) })
    }
}

/// What slice orders bring without a repair, for programs.
package struct OrdersAnswer: Encodable {
    /// A figure by its formula, and as trials gave it.
    package struct Figure: Encodable {
        /// By the formula; null where there is none.
        package let formula: OrNull<Double>
        /// Of the trials.
        package let mean, standardError: Double

        init(_ figure: OrderSurvey.Figure) {
            (formula, mean, standardError) = (OrNull(figure.formula), figure.mean, figure.standardError)
        }
    }
    /// The shards, and the slices of each.
    package let shards, slices: Int
    /// The slices of every order, in its order.
    package let orders: [[Ordinal]]
    /// Requests until every shard is dead, and until one is.
    package let deletionRate, firstDeadShard: Figure
    /// The share of slices that serve after 1, 2, ... requests in a shard.
    package let retention: [Figure]
    /// How much more is trained than with one order.
    package let trainingFactorWhole, trainingFactorLayers: Double

    /// Reads it off a survey.
    package init(_ survey: OrderSurvey, slices: Int) {
        (shards, self.slices) = (survey.shards, slices)
        orders = survey.sequences.map { $0.map { Ordinal($0) } }
        (deletionRate, firstDeadShard) = (Figure(survey.deletionRate), Figure(survey.firstDeadShard))
        retention = survey.retention.map(Figure.init)
        (trainingFactorWhole, trainingFactorLayers) = (Double(survey.sequences.count), survey.layeredTrainingFactor)
    }
}

/// How groups are placed best, for programs.
package struct PlacementAnswer: Encodable {
    /// A way to place them.
    package struct Option: Encodable {
        /// What it is called.
        package let name: String
        /// What a window of requests costs, and that over what it costs with all records placed alike.
        package let expectedRecordPasses, shareOfUniform: Double
        /// The lines of a recipe.
        package let placement: String
    }
    /// The records of all groups.
    package let records: Int
    /// Requests of a window.
    package let expectedRequests: Double
    /// The shards that algorithm 1 of the paper makes.
    package let algorithmShards: Int
    /// Their records.
    package let algorithmShardRecords: [Int]
    /// The best option.
    package let best: String
    /// All options.
    package let options: [Option]

    /// Reads it off an advice. `yaml`: Writes bands as lines of a recipe.
    package init(_ advice: PlacementAdvice, _ groups: [PlacementAdvice.Group], yaml: ([Recipe.Band]) -> String) {
        records = groups.reduce(0) { $0 + $1.records }
        expectedRequests = groups.reduce(0) { $0 + Double($1.records) * $1.probability }
        (algorithmShards, algorithmShardRecords) = (advice.algorithmShards.count, advice.algorithmShards)
        best = advice.best.name
        options = advice.options.map {
            Option(
                name: $0.name, expectedRecordPasses: $0.expectedRecordPasses, shareOfUniform: advice.shareOfUniform($0),
                placement: yaml($0.bands))
        }
    }
}

extension PlacementAdvice {
    /// What an option costs over what it costs to place all records alike.
    package func shareOfUniform(_ option: Option) -> Double {
        let uniform = options[0].expectedRecordPasses
        return uniform > 0 ? option.expectedRecordPasses / uniform : 1
    }
}

/// What the commands of a workspace cost, for programs.
package struct HistoryAnswer: Encodable {
    /// The recipe's name.
    package let name: String
    /// Deletions by this recipe, and the record-passes of their repairs.
    package let deletions, observedRecordPasses: Int
    /// Of the deletions for which it is known what was to be expected; null where there is none.
    package let expectedRecordPasses, standardError: OrNull<Double>
    /// What those took.
    package let comparedRecordPasses: OrNull<Int>
    /// Seconds of all deletions.
    package let seconds: Double
    /// The line of seconds over record-passes.
    package let rSquared, secondsPerPass, fixedSeconds: OrNull<Double>
    /// Percentiles of the time until no answer could use a record.
    package let influenceFreeP50Seconds, influenceFreeP99Seconds: OrNull<Double>
    /// Bytes that were written, and that memory held at most.
    package let writtenBytes, peakMemoryBytes: OrNull<Int>
    /// Lines of the history that could not be read.
    package let damagedLines: Int
    /// The last commands.
    package let runs: [CostEntry]
    /// The page that was written.
    package let page: OrNull<String>

    /// Reads it off a history. `last`: How many commands are told. `page`: The file of the page; nil: none was written.
    package init(_ history: CostHistory, of workspace: Workspace, last: Int, page: String?) {
        let (compared, line) = (history.compared, history.line)
        name = workspace.recipe.name
        (deletions, observedRecordPasses) = (history.deletions.count, history.recordPasses)
        expectedRecordPasses = OrNull(compared?.expected.expected)
        standardError = OrNull(compared?.expected.standardError)
        comparedRecordPasses = OrNull(compared?.observed)
        seconds = history.seconds
        (rSquared, secondsPerPass, fixedSeconds) = (
            OrNull(line?.rSquared), OrNull(line?.slope), OrNull(line?.intercept)
        )
        influenceFreeP50Seconds = OrNull(history.influenceFreeSeconds(percentile: 50))
        influenceFreeP99Seconds = OrNull(history.influenceFreeSeconds(percentile: 99))
        (writtenBytes, peakMemoryBytes) = (OrNull(history.writtenBytes), OrNull(history.peakMemoryBytes))
        (damagedLines, runs) = (history.damaged, Array(history.entries.suffix(last)))
        self.page = OrNull(page)
    }
}
