import TestSupport

/// What one of many processes does with a workspace.
enum ConcurrentCommand: CustomStringConvertible {
    case delete([String], defers: Bool)
    case repair, train, predict, status, fsck, log

    var words: [String] {
        switch self {
        case .delete(let ids, let defers): ["delete"] + ids + (defers ? ["--defer"] : []) + ["--json"]
        case .predict: ["predict"] + Self.texts + ["--explain", "--json"]
        case .repair: ["repair", "--json"]
        case .train: ["train", "--json"]
        case .status: ["status", "--json"]
        case .fsck: ["fsck", "--json"]
        case .log: ["log", "consistency", "--json"]
        }
    }

    var description: String { words.joined(separator: " ") }

    /// What is predicted.
    static let texts = ToyRecord.questions.filter { !$0.isEmpty }

    /// One by chance; `ids`: those that may be deleted.
    static func random(of ids: [String], using generator: inout SeededGenerator) -> ConcurrentCommand {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...3:
            let count = Int.random(in: 1...2, using: &generator)
            return .delete(
                Array(ids.shuffled(using: &generator).prefix(count)), defers: Bool.random(using: &generator))
        case 4: return .repair
        case 5: return .train
        case 6: return .status
        case 7: return Bool.random(using: &generator) ? .fsck : .log
        default: return .predict
        }
    }
}
