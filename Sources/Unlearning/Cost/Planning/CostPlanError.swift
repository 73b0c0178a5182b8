/// Why there is no plan. Counts and paths only.
package enum CostPlanError: Error, Equatable {
    case records(Int)
    case cells(shards: Int, slices: Int)
    case epochs(Double)
    case requests(Double, records: Int)
    case rate(String)
    case window(String)
    case tooManyChoices(Int)
    case nothingMeasured(path: String)
    case accuracyMalformed(path: String, line: Int)

    package static let mostRecords = 1_000_000_000_000
    package static let mostCells = 1_000_000
    package static let mostChoices = 400
    /// Cells of all combinations together.
    package static let mostCellsInAll = 4_000_000
}

extension CostPlanError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .records(let found):
            "\(found) records; give --records a number from 1 to \(Self.mostRecords)"
        case .cells(let shards, let slices):
            "\(shards) shards of \(slices) slices; give numbers from 1 on, of which the product is at most \(Self.mostCells)"
        case .epochs(let found):
            "\(found) epochs; give --epochs a number above 0 and at most 10000"
        case .requests(let found, let records):
            "\(found) requests in a window, of \(records) records; give more than none and no more than there are records, by "
                + "--requests or by --rate and --window"
        case .rate(let found):
            "the rate `\(found)` is none; write a number and a time, as in 12/day, and hour, day, week, month or year"
        case .window(let found):
            "`\(found)` is no length of time; write a number above 0 and a unit, as in 90s, 30m, 1h, 7d or 2w"
        case .tooManyChoices(let found):
            "\(found) combinations of shards and slices; name at most \(Self.mostChoices), with \(Self.mostCellsInAll) slices in all"
        case .nothingMeasured(let path):
            "the ledger of \(path) holds no training that took time; train it first, or give --seconds-per-pass"
        case .accuracyMalformed(let path, let line):
            "\(path):\(line): no accuracy; write CSV with the columns shards (a whole number from 1) and accuracy (0 to 1), or a JSON "
                + "list of objects with these two"
        }
    }
}
