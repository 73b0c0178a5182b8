import TestSupport

@testable import Unlearning

/// One thing that is done to a workspace. It means something after any other, so that steps can be left out.
indirect enum FuzzedStep: Sendable, CustomStringConvertible {
    case delete(FuzzedDeletion)
    /// Of the record that the model's own answers single out.
    case deleteByAnswer(FuzzedChoice, defersRepair: Bool)
    case add([ToyRecord])
    case repair(hasTime: Bool)
    case resume
    /// Trains on with another recipe.
    case change(FuzzedShape)
    case rotateKey
    case reopen
    /// Compares what is there, finished or not.
    case compare
    /// Begins the step and does not come to its end.
    case stop(FuzzedStep, FuzzedStop)

    var description: String {
        switch self {
        case .delete(let deletion): "\(deletion)"
        case .deleteByAnswer(let choice, let defers): "delete the record answered \(choice)\(defers ? " --defer" : "")"
        case .add(let records):
            "add " + records.map { "\($0.id) (\($0.owner ?? "-"), \($0.label), \($0.text))" }.joined(separator: " ")
        case .repair(let hasTime): hasTime ? "repair" : "repair --seconds 0"
        case .resume: "train"
        case .change(let shape): "train with \(shape)"
        case .rotateKey: "key rotate"
        case .reopen: "reopen"
        case .compare: "compare"
        case .stop(let step, let stop): "\(step), stopped \(stop)"
        }
    }

    /// Whether it depends on texts that a killed process may have left or not.
    var readsRecords: Bool {
        switch self {
        case .delete(let deletion): deletion.readsRecords
        case .stop(_, .commit): true
        case .stop(let step, _): step.readsRecords
        default: false
        }
    }

    /// For a count of what was tried.
    var kind: String {
        switch self {
        case .delete(let deletion):
            deletion.owners.isEmpty ? deletion.conditions.isEmpty ? "delete" : "filter" : "owner"
        case .deleteByAnswer: "adaptive"
        case .add: "add"
        case .repair: "repair"
        case .resume: "resume"
        case .change: "change"
        case .rotateKey: "rotate"
        case .reopen: "reopen"
        case .compare: "compare"
        case .stop(_, .commit), .stop(_, .event): "stop"
        case .stop(_, .call): "kill"
        }
    }
}
