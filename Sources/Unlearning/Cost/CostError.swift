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
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .notFinished:
            "something waits for its repair, and would be measured too; finish it first with `sisa repair` or `sisa train`"
        case .noBook(let path):
            "\(path) could not be written, and with it what the deletion cost; see to its permissions, or make room"
        case .tooManySplits:
            "64 shards were split already, and there are bits for no more; train anew with more shards"
        case .groups(let path, let line, let problem):
            "\(path):\(line) \(problem); write for example `us,77170,3e-6`"
        case .nothingToMeasure:
            "no request was left to measure: the trace is empty, or the warm-up took all records; give requests, or a smaller --warmup"
        case .noProbabilities:
            "the recipe's bands say no `probability` above 0; give each band one, or measure another stream"
        }
    }
}
