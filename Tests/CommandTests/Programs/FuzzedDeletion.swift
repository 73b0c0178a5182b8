import TestSupport

@testable import Unlearning

/// A request to forget, in words that mean something whatever the workspace holds.
struct FuzzedDeletion: Sendable, CustomStringConvertible {
    var ids: [String] = []
    var owners: [String] = []
    var conditions: [String] = []
    var takesDuplicates = false
    var defersRepair = false
    /// What the operator calls it; nil: nothing.
    var name: String?

    /// Whether what it is about depends on texts that are still there.
    var readsRecords: Bool { !owners.isEmpty || !conditions.isEmpty || takesDuplicates }

    var recordIDs: [RecordID] { ids.map { RecordID($0) } }

    func request(_ recipe: Recipe) throws -> DeletionRequest {
        DeletionRequest(
            ids: recordIDs, owners: owners, filters: try conditions.map { try RecordFilter($0, recipe) },
            takesDuplicates: takesDuplicates, defersRepair: defersRepair, requestID: name)
    }

    /// As a command line; `file`: holds the ids.
    func words(file: String) -> [String] {
        var words = ["delete"]
        if !ids.isEmpty { words += ["--ids", file] }
        for owner in owners { words += ["--owner", owner] }
        for condition in conditions { words += ["--where", condition] }
        if takesDuplicates { words.append("--with-duplicates") }
        if defersRepair { words.append("--defer") }
        if let name { words += ["--request", name] }
        return words
    }

    var description: String { words(file: "\(ids)").joined(separator: " ") }

    /// Whether a record meets the conditions, by rules of our own.
    func isMet(by record: ToyRecord) -> Bool {
        conditions.allSatisfy { condition in
            if condition.hasPrefix("label=") { return record.label == condition.dropFirst("label=".count) }
            guard let date = record.date else { return false }
            let sign = condition.dropFirst("date".count).prefix { "<>=".contains($0) }
            let value = String(condition.dropFirst("date".count + sign.count))
            let day = String(date.prefix(value.count))
            switch sign {
            case "<": return day < value
            case "<=": return day <= value
            case ">": return day > value
            case ">=": return day >= value
            default: return day == value
            }
        }
    }
}
