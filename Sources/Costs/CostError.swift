/// Why a cost could not be told.
package enum CostError: Error, Equatable {
    case notFinished
    case noBook(path: String)
    case tooManySplits
    case groups(path: String, line: Int, problem: String)
    case noProbabilities
    case nothingToMeasure
}

extension CostError: CustomStringConvertible {
    /// What is wrong, and what to do.
    package var description: String {
        switch self {
        case .notFinished:
            "something waits for its repair, and would be measured too; finish it first with `sisa repair` or `sisa "
                + "train`"
        case .noBook(let path):
            "\(path) could not be written, and with it what the deletion cost; see to its permissions, or make room"
        case .tooManySplits:
            "64 shards were split already, and there are bits for no more; train anew with more shards"
        case .groups(let path, let line, let problem):
            "\(path):\(line) \(problem); write for example `us,77170,3e-6`"
        case .nothingToMeasure:
            "no request was left to measure: the trace is empty, or the warm-up took all records; give requests, or a "
                + "smaller --warmup"
        case .noProbabilities:
            "the recipe's bands say no `probability` above 0; give each band one, or measure another stream"
        }
    }
}

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

    /// The most records of a plan.
    package static let maxRecords = 1_000_000_000_000
    /// The most cells of one combination, shards times slices.
    package static let maxCells = 1_000_000
    /// The most combinations of one plan.
    package static let maxChoices = 400
    /// Cells of all combinations together.
    package static let maxCellsInAll = 4_000_000
}

extension CostPlanError: CustomStringConvertible {
    /// What is wrong, and what to do.
    package var description: String {
        switch self {
        case .records(let found):
            "\(found) records; give --records a number from 1 to \(Self.maxRecords)"
        case .cells(let shards, let slices):
            "\(shards) shards of \(slices) slices; give numbers from 1 on, of which the product is at most "
                + "\(Self.maxCells)"
        case .epochs(let found):
            "\(found) epochs; give --epochs a number above 0 and at most 10000"
        case .requests(let found, let records):
            "\(found) requests in a window, of \(records) records; give more than none and no more than there are "
                + "records, by "
                + "--requests or by --rate and --window"
        case .rate(let found):
            "the rate `\(found)` is none; write a number and a time, as in 12/day, and hour, day, week, month or year"
        case .window(let found):
            "`\(found)` is no length of time; write a number above 0 and a unit, as in 90s, 30m, 1h, 7d or 2w"
        case .tooManyChoices(let found):
            "\(found) combinations of shards and slices; name at most \(Self.maxChoices), with \(Self.maxCellsInAll) "
                + "slices in all"
        case .nothingMeasured(let path):
            "the ledger of \(path) holds no training that took time; train it first, or give --seconds-per-pass"
        case .accuracyMalformed(let path, let line):
            "\(path):\(line): no accuracy; write CSV with the columns shards (a whole number from 1) and accuracy (0 "
                + "to 1), or a JSON "
                + "list of objects with these two"
        }
    }
}
