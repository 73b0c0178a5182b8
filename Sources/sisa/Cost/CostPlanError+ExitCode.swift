import Unlearning

extension CostPlanError {
    var exitCode: Int32 {
        switch self {
        case .records, .cells, .epochs, .requests, .rate, .window, .tooManyChoices: 64
        case .accuracyMalformed: 65
        case .nothingMeasured: 69
        }
    }
}
