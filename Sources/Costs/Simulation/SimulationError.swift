/// Why a simulation was not begun, or its result not written.
package enum SimulationError: Error, Equatable, CustomStringConvertible {
    case outOfRange(option: String, found: String, least: String, max: String)
    case tooManyCells(shards: Int, slices: Int, max: Int)
    case unknownStream(found: String)
    case badStreamNumber(found: String)
    case badPolicy(found: String)
    case noRequests
    case overdetermined
    case twoDurations
    case badRate(found: String)
    case tooManyRequests(expected: Double, max: Int)
    case moreRequestsThanRecords(requests: Int, records: Int)
    case traceWithOthers(option: String)
    case ownersNeeded
    case numbersNeeded
    case tooManyForStream(stream: String, records: Int, max: Int)
    case trace(file: String, line: Int?, problem: RequestTrace.Problem)

    /// What is wrong, and what to do.
    package var description: String {
        switch self {
        case .outOfRange(let option, let found, let least, let max):
            "\(option) is \(found), expected \(least) to \(max); correct it"
        case .tooManyCells(let shards, let slices, let max):
            "\(shards) shards of \(slices) slices are more than \(max) cells; take fewer shards or slices"
        case .unknownStream(let found):
            "there is no stream `\(found)`; write uniform, exponential[:RATE], pareto[:SHAPE], owners[:SHAPE], "
                + "aged[:HALFLIFE] or adversarial, or name a file with --trace"
        case .badStreamNumber(let found):
            "the number in `\(found)` is none above 0 and up to 1000000; write it like pareto:1.16"
        case .badPolicy(let found):
            "there is no policy `\(found)`; write immediate, count:20, window:6h or deadline:1d "
                + "(times end in s, m, h, d or w)"
        case .noRequests: "nothing says how many requests come; give --requests, --rate or --trace"
        case .overdetermined:
            "--requests, --rate and a duration were given; leave one of them out, it follows from the others"
        case .badRate(let found):
            "--rate is `\(found)`; write it like 12/day; the units are hour, day, week, month and year"
        case .twoDurations: "--days and --months were given; leave one of them out"
        case .tooManyRequests(let expected, let max):
            "about \(expected) requests would come, at most \(max) can be simulated; lower --rate or the duration"
        case .moreRequestsThanRecords(let requests, let records):
            "\(requests) requests for \(records) records, which never come back; lower --requests, or add --repeats "
                + "ignore"
        case .traceWithOthers(let option):
            "--trace says itself which requests come and when; leave \(option) out"
        case .ownersNeeded:
            "--placement owners puts owners together, and this stream has none; use --stream owners, or a trace of "
                + "owners"
        case .numbersNeeded:
            "--placement ordered needs records with numbers, and this stream has none; use --placement equal or hashed"
        case .tooManyForStream(let stream, let records, let max):
            "\(stream) needs memory for every record, and \(records) are more than \(max); use fewer records, "
                + "or --stream uniform with --placement equal"
        case .trace(let file, let line, let problem):
            "\(file)\(line.map { ":\($0)" } ?? ""): \(problem.sentence)"
        }
    }
}
