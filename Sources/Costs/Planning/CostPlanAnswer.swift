package import Unlearning

/// A plan as JSON. Fields at the top are about the recommended combination, else about the first.
package struct CostPlanAnswer: Encodable {
    /// Record-passes of a window under one policy.
    package struct Passes: Encodable {
        /// What is expected, what training everything again takes, and the share of the one in the other.
        package let expectedRecordPasses, fullRecordPasses, fractionOfFullRetrain: Double
        /// For different records; null where K is a mean.
        package let expectedRecordPassesDistinct: OrNull<Double>

        init(_ expectation: CostForecast.Expectation) {
            expectedRecordPasses = expectation.expected
            expectedRecordPassesDistinct = OrNull(expectation.distinct)
            fullRecordPasses = expectation.full
            fractionOfFullRetrain = expectation.fraction
        }
    }

    /// As stages are trained: their own slice in full where e is below 1.
    package struct AsTrained: Encodable {
        /// Whether stages are trained with other passes than the paper counts.
        package let differs: Bool
        /// Visits of a stage to a record of an earlier slice, and of its own.
        package let passesOfEarlierSlices, passesOfOwnSlice: Double
        /// The expectation under the policy that was asked for.
        package let expectedRecordPasses: Double
        /// The same for different records; null where K is a mean.
        package let expectedRecordPassesDistinct: OrNull<Double>
        /// What training everything again takes, and the share of the expectation in it.
        package let fullRecordPasses, fractionOfFullRetrain: Double
        /// The expectation if each request is repaired at once.
        package let sequential: Passes
    }

    /// The same in seconds on this machine.
    package struct Seconds: Encodable {
        /// Seconds under the policy that was asked for, of repairs one by one, of training everything again, and of one
        /// record-pass.
        package let expected, sequential, fullRetrain, perRecordPass: Double
        /// Where the rate is known from: given, workspace or run.
        package let source: String
        /// The workspace or recipe that it is from.
        package let from: OrNull<String>
        /// Record-passes that were measured for it.
        package let recordPassesMeasured: OrNull<Int>
    }

    /// One repair at the percentile that was asked for.
    package struct Repair: Encodable {
        /// The percentile, and the record-passes that so many repairs of 100 take at most.
        package let percentile, recordPasses: Double
        /// The same in seconds.
        package let seconds: OrNull<Double>
        /// Null: the distribution is exact.
        package let windowsSimulated: OrNull<Int>
    }

    /// What checkpoints take on disk.
    package struct Storage: Encodable {
        /// Stored checkpoints.
        package let checkpoints: Int
        /// Bytes of one and of all of them; null where it is not known how many one has.
        package let checkpointBytes, bytes: OrNull<Double>
    }

    /// What answers take.
    package struct Inference: Encodable {
        /// Models that each answer asks.
        package let modelsPerAnswer: Int
        /// Above so many answers for each deletion an ensemble is costlier than training one model again; a model's
        /// answer counted as one record-pass. Null: one shard is never costlier.
        package let breakEvenAnswersPerDeletion: OrNull<Double>
    }

    /// One combination of shards and slices.
    package struct Choice: Encodable {
        /// The combination.
        package let shards, slices: Int
        /// Record-passes as the paper counts, their share of training everything again, and record-passes as trained.
        package let expectedRecordPasses, fractionOfFullRetrain, recordPassesAsTrained: Double
        /// Seconds of a window, and of one repair at the percentile where there is a limit for it.
        package let seconds, repairSeconds: OrNull<Double>
        /// Bytes of all checkpoints.
        package let storedBytes: OrNull<Double>
        /// Models that each answer asks.
        package let modelsPerAnswer: Int
        /// The measured accuracy, and how far it is below that of the fewest shards that were measured.
        package let accuracy, accuracyPrice: OrNull<Double>
        /// Whether it keeps the limits.
        package let withinLimits: Bool
    }

    /// The combination to take.
    package struct Recommended: Encodable {
        /// Its shards and slices.
        package let shards, slices: Int
        /// Why it is taken, in words.
        package let reason: String
        /// The measured accuracy, and how far it is below that of the fewest shards that were measured.
        package let accuracy, accuracyPrice: OrNull<Double>
    }

    /// The corpus and the combination.
    package let records, shards, slices: Int
    /// Epochs, and requests in a window.
    package let epochs, requests: Double
    /// Seconds of a window; null where the number of requests was given.
    package let windowSeconds: OrNull<Double>
    /// How requests are repaired: batch or sequential.
    package let policy: String
    /// Choices of the workspace or recipe that the plan does not count.
    package let notCounted: [String]
    /// Under the policy that was asked for, as the paper counts: see `Passes`.
    package let expectedRecordPasses, fullRecordPasses, fractionOfFullRetrain: Double
    /// The same for different records; null where K is a mean.
    package let expectedRecordPassesDistinct: OrNull<Double>
    /// The standard deviation of one window's record-passes; null where it is not known.
    package let standardError: OrNull<Double>
    /// Requests of a window repaired together, and one by one.
    package let batch, sequential: Passes
    /// The same as stages are trained.
    package let asTrained: AsTrained
    /// The same in seconds; null where nothing tells what a record-pass takes.
    package let seconds: OrNull<Seconds>
    /// One repair at the percentile.
    package let repair: Repair
    /// What checkpoints take.
    package let storage: Storage
    /// What answers take.
    package let inference: Inference
    /// Every combination that was asked for.
    package let choices: [Choice]
    /// The combination to take; null without limits, or where none keeps them.
    package let recommended: OrNull<Recommended>
    /// Whether any combination keeps the limits; null without limits.
    package let isPossible: OrNull<Bool>
    /// The factors that the paper names.
    package let paper: PaperAnswer
    /// The combination that the fields at the top are about; not part of the JSON.
    package let chosen: CostForecast

    private enum CodingKeys: String, CodingKey {
        case records, shards, slices, epochs, requests, windowSeconds, policy, notCounted, expectedRecordPasses,
            expectedRecordPassesDistinct, fullRecordPasses, fractionOfFullRetrain, standardError, batch, sequential,
            asTrained, seconds, repair, storage, inference,
            choices, recommended, isPossible, paper
    }

    /// The answer to a request.
    package init(_ request: CostPlanRequest) {
        let priced = request.priced
        let taken = request.limits.isEmpty ? nil : CostChoice.recommended(priced, request.limits)
        let chosen = request.choices[taken?.index ?? 0]
        self.chosen = chosen
        (records, shards, slices) = (Int(chosen.paper.records), chosen.shards, chosen.slices)
        (epochs, requests) = (chosen.epochs, chosen.requests)
        windowSeconds = OrNull(request.windowSeconds)
        policy = request.isSequential ? "sequential" : "batch"
        notCounted = request.notCounted
        let expectation = request.expectation(chosen, chosen.paper)
        expectedRecordPasses = expectation.expected
        expectedRecordPassesDistinct = OrNull(expectation.distinct)
        fullRecordPasses = expectation.full
        fractionOfFullRetrain = expectation.fraction
        standardError = OrNull(chosen.standardError(isSequential: request.isSequential))
        batch = Passes(chosen.batch(chosen.paper))
        sequential = Passes(chosen.sequential(chosen.paper))
        let trained = request.expectation(chosen, chosen.trained)
        asTrained = AsTrained(
            differs: chosen.differs, passesOfEarlierSlices: chosen.trained.weights.earlier,
            passesOfOwnSlice: chosen.trained.weights.own, expectedRecordPasses: trained.expected,
            expectedRecordPassesDistinct: OrNull(trained.distinct),
            fullRecordPasses: trained.full, fractionOfFullRetrain: trained.fraction,
            sequential: Passes(chosen.sequential(chosen.trained)))
        seconds = OrNull(
            request.rate.map { rate in
                Seconds(
                    expected: trained.expected * rate.secondsPerPass,
                    sequential: chosen.sequential(chosen.trained).expected * rate.secondsPerPass,
                    fullRetrain: trained.full * rate.secondsPerPass, perRecordPass: rate.secondsPerPass,
                    source: rate.kind, from: OrNull(rate.place), recordPassesMeasured: OrNull(rate.recordPasses))
            })
        let repair = request.repair(chosen)
        self.repair = Repair(
            percentile: request.percentile, recordPasses: repair.passes,
            seconds: OrNull(request.seconds(repair.passes)),
            windowsSimulated: OrNull(repair.windows))
        storage = Storage(
            checkpoints: chosen.shards * chosen.slices, checkpointBytes: OrNull(request.checkpointBytes),
            bytes: OrNull(request.storedBytes(chosen)))
        inference = Inference(
            modelsPerAnswer: chosen.shards,
            breakEvenAnswersPerDeletion: OrNull(request.breakEvenAnswers(chosen)))
        choices = priced.map { Choice($0, request) }
        recommended = OrNull(
            taken.map { taken in
                Recommended(
                    shards: chosen.shards, slices: chosen.slices, reason: taken.reason.rawValue,
                    accuracy: OrNull(priced[taken.index].accuracy),
                    accuracyPrice: OrNull(request.accuracy?.price(shards: chosen.shards)))
            })
        isPossible = OrNull(request.limits.isEmpty ? nil : taken != nil)
        paper = PaperAnswer.all
    }
}

extension CostPlanAnswer.Choice {
    init(_ choice: CostChoice, _ request: CostPlanRequest) {
        let forecast = choice.forecast
        let expectation = request.expectation(forecast, forecast.paper)
        (shards, slices) = (forecast.shards, forecast.slices)
        expectedRecordPasses = expectation.expected
        fractionOfFullRetrain = expectation.fraction
        recordPassesAsTrained = choice.passes
        seconds = OrNull(choice.seconds)
        repairSeconds = OrNull(choice.repairSeconds)
        storedBytes = OrNull(request.storedBytes(forecast))
        modelsPerAnswer = forecast.shards
        accuracy = OrNull(choice.accuracy)
        accuracyPrice = OrNull(request.accuracy?.price(shards: forecast.shards))
        withinLimits = choice.keeps(request.limits)
    }
}

extension CostRate {
    /// The word for where it is known from.
    fileprivate var kind: String {
        switch source {
        case .given: "given"
        case .workspace: "workspace"
        case .run: "run"
        }
    }

    /// The workspace or recipe that it is from; nil where it was given.
    fileprivate var place: String? {
        switch source {
        case .given: nil
        case .workspace(let path): path
        case .run(let recipe): recipe
        }
    }
}

/// The factors behind the savings that the SISA paper names, beside the joint expectation.
package struct PaperAnswer: Encodable {
    /// One data set of the paper.
    package struct Row: Encodable {
        /// Its name.
        package let dataset: String
        /// Its records, and the paper's plan.
        package let records, shards, slices: Int
        /// Requests, and how many times less is trained than everything again: by sharding, by slicing, by the product
        /// of both, and by both at once, the last with whole requests.
        package let requests, shardingFactor, slicingFactor, product, joint, jointOfWholeRequests: Double
    }

    /// A row for each data set.
    package let rows: [Row]
    /// Why the product is not what both give together.
    package let explanation: String

    /// The answer for the paper's data sets.
    package static var all: PaperAnswer {
        PaperAnswer(
            rows: PaperHeadline.all.map {
                Row(
                    dataset: $0.dataset, records: $0.records, shards: $0.shards, slices: $0.slices,
                    requests: $0.requests,
                    shardingFactor: $0.sharding, slicingFactor: $0.slicing, product: $0.product, joint: $0.joint(),
                    jointOfWholeRequests: $0.joint(requests: $0.requests.rounded(.up)))
            }, explanation: PaperHeadline.explanation)
    }
}
