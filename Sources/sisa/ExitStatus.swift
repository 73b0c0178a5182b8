/// What a command can end with (sysexits.h), each with what it means; `sisa --help` and docs/formats.md say the same.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    case usage = 64
    case data = 65
    case missing = 66
    case unavailable = 69
    case cannotCreate = 73
    case inputOutput = 74
    case tryAgain = 75
    case notPermitted = 77
    case configuration = 78

    var meaning: String {
        switch self {
        case .done: "done"
        case .usage: "wrong usage"
        case .data: "wrong data, an unknown id, or a check that found something"
        case .missing: "a file is missing"
        case .unavailable: "nothing to answer from"
        case .cannotCreate: "cannot create"
        case .inputOutput: "input or output failed"
        case .tryAgain: "try again"
        case .notPermitted: "not permitted"
        case .configuration: "a recipe, a backbone or a workspace does not fit"
        }
    }

    /// All of them in one sentence.
    static var summary: String { allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ") + "." }
}
