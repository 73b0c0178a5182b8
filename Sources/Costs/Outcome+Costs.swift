package import Unlearning

extension CostError: OutcomeError {
    /// What waits is tried again; what was asked, handed in or kept decides else.
    package var outcome: Outcome {
        switch self {
        case .notFinished: .tryAgain
        case .noBook: .inputOutput
        case .tooManySplits, .noProbabilities: .misconfigured
        case .groups, .nothingToMeasure: .badData
        }
    }
}

extension CostPlanError: OutcomeError {
    /// Numbers of a plan are usage, accuracies are data.
    package var outcome: Outcome {
        switch self {
        case .records, .cells, .epochs, .requests, .rate, .window, .tooManyChoices: .usage
        case .accuracyMalformed: .badData
        case .nothingMeasured: .nothingToAnswerFrom
        }
    }
}

extension SimulationError: OutcomeError {
    /// A trace is data; all else is usage.
    package var outcome: Outcome {
        if case .trace = self { .badData } else { .usage }
    }
}
