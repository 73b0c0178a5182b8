import Unlearning

/// A plan as JSON. Fields at the top are about the recommended combination, else about the first.
struct CostPlanAnswer: Encodable {
    struct Passes: Encodable {
        let expectedRecordPasses, fullRecordPasses, fractionOfFullRetrain: Double
        /// For different records; null where K is a mean.
        let expectedRecordPassesDistinct: OrNull<Double>

        init(_ expectation: CostForecast.Expectation) {
            expectedRecordPasses = expectation.expected
            expectedRecordPassesDistinct = OrNull(expectation.distinct)
            fullRecordPasses = expectation.full
            fractionOfFullRetrain = expectation.fraction
        }
    }

    /// As stages are trained: their own slice in full where e is below 1.
    struct AsTrained: Encodable {
        let differs: Bool
        let passesOfEarlierSlices, passesOfOwnSlice: Double
        let expectedRecordPasses: Double
        let expectedRecordPassesDistinct: OrNull<Double>
        let fullRecordPasses, fractionOfFullRetrain: Double
        let sequential: Passes
    }

    struct Seconds: Encodable {
        let expected, sequential, fullRetrain, perRecordPass: Double
        let source: String
        let from: OrNull<String>
        let recordPassesMeasured: OrNull<Int>
    }

    struct Repair: Encodable {
        let percentile, recordPasses: Double
        let seconds: OrNull<Double>
        /// Null: the distribution is exact.
        let windowsSimulated: OrNull<Int>
    }

    struct Storage: Encodable {
        let checkpoints: Int
        let checkpointBytes, bytes: OrNull<Double>
    }

    struct Inference: Encodable {
        let modelsPerAnswer: Int
        /// Above so many answers for each deletion an ensemble is dearer than training one model again; a model's answer counted as
        /// one record-pass. Null: one shard is never dearer.
        let breakEvenAnswersPerDeletion: OrNull<Double>
    }

    struct Choice: Encodable {
        let shards, slices: Int
        let expectedRecordPasses, fractionOfFullRetrain, recordPassesAsTrained: Double
        let seconds, repairSeconds: OrNull<Double>
        let storedBytes: OrNull<Double>
        let modelsPerAnswer: Int
        let accuracy, accuracyPrice: OrNull<Double>
        let withinLimits: Bool
    }

    struct Recommended: Encodable {
        let shards, slices: Int
        let reason: String
        let accuracy, accuracyPrice: OrNull<Double>
    }

    let records, shards, slices: Int
    let epochs, requests: Double
    let windowSeconds: OrNull<Double>
    let policy: String
    /// Choices of the workspace or recipe that the plan does not count.
    let notCounted: [String]
    let expectedRecordPasses, fullRecordPasses, fractionOfFullRetrain: Double
    let expectedRecordPassesDistinct: OrNull<Double>
    let standardError: OrNull<Double>
    let batch, sequential: Passes
    let asTrained: AsTrained
    let seconds: OrNull<Seconds>
    let repair: Repair
    let storage: Storage
    let inference: Inference
    let choices: [Choice]
    let recommended: OrNull<Recommended>
    /// Whether any combination keeps the limits; null without limits.
    let isPossible: OrNull<Bool>
    let paper: PaperAnswer
    let chosen: CostForecast

    private enum CodingKeys: String, CodingKey {
        case records, shards, slices, epochs, requests, windowSeconds, policy, notCounted, expectedRecordPasses,
            expectedRecordPassesDistinct, fullRecordPasses, fractionOfFullRetrain, standardError, batch, sequential,
            asTrained, seconds, repair, storage, inference,
            choices, recommended, isPossible, paper
    }

    init(_ request: CostPlanRequest) throws {
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
            checkpoints: chosen.shards * chosen.slices, checkpointBytes: OrNull(request.adapterBytes),
            bytes: OrNull(Self.bytes(chosen, request)))
        inference = Inference(
            modelsPerAnswer: chosen.shards,
            breakEvenAnswersPerDeletion: OrNull(
                HolisticCost.answersPerDeletion(
                    deletion: chosen.single, answer: Double(chosen.shards),
                    retraining: chosen.epochs * max(0, chosen.paper.records - 1), singleAnswer: 1)))
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

    static func bytes(_ forecast: CostForecast, _ request: CostPlanRequest) -> Double? {
        request.adapterBytes.map {
            StorageCost.sisa(shards: forecast.shards, slices: forecast.slices, state: $0)
        }
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
        storedBytes = OrNull(CostPlanAnswer.bytes(forecast, request))
        modelsPerAnswer = forecast.shards
        accuracy = OrNull(choice.accuracy)
        accuracyPrice = OrNull(request.accuracy?.price(shards: forecast.shards))
        withinLimits = choice.keeps(request.limits)
    }
}

extension CostRate {
    var kind: String {
        switch source {
        case .given: "given"
        case .workspace: "workspace"
        case .run: "run"
        }
    }

    var place: String? {
        switch source {
        case .given: nil
        case .workspace(let path): path
        case .run(let recipe): recipe
        }
    }

    var sentence: String {
        let each = "\((secondsPerPass * 1e6).fixed(1)) microseconds a record-pass"
        let passes = recordPasses ?? 0
        return switch source {
        case .given: "\(each), as given"
        case .workspace(let path): "\(each), from the \(passes) that the ledger of \(path) holds"
        case .run(let recipe): "\(each), from a run of \(passes) on the first records of \(recipe)"
        }
    }
}
