import Foundation
import Synchronization
import Unlearning

/// TrainingProgress with the time left: one line that is drawn over on a terminal, plain lines elsewhere.
final class ProgressLine: Sendable {
    private struct State {
        var total = 0
        var done = 0
        var stages = 0
        var stagesDone = 0
        var start = ContinuousClock().now
        var shown = ContinuousClock().now
        var shards: Set<Int> = []
        /// By shard, of the texts whose features are computed before its next stage.
        var features: [Int: (done: Int, total: Int)] = [:]
        var featuresTold = ContinuousClock().now
        var isDrawn = false
    }
    private let state = Mutex(State())
    private let title: String

    init(_ title: String) {
        self.title = title
    }

    /// Hands events to this line; several threads may.
    var sink: TrainingProgress {
        { [self] event in take(event) }
    }

    private func take(_ event: TrainingEvent) {
        state.withLock { state in
            switch event {
            case .began(let passes, let stages):
                let isFirst = state.stages == 0
                if isFirst { state.start = ContinuousClock().now }
                state.total += passes
                state.stages += stages
                if !Console.errorIsTerminal {
                    Console.error("\(title): \(stages) \(isFirst ? "" : "more ")stages, \(passes) record-passes")
                }
            case .features(let shard, let done, let total):
                state.features[shard] = (done, total)
                state.shards.insert(shard)
                tellFeatures(&state)
            case .advanced(let shard, _, let passes):
                state.done += passes
                state.features[shard] = nil
                state.shards.insert(shard)
                draw(&state, force: false)
            case .finished(let shard, let stage, let cost):
                state.stagesDone += 1
                if Console.errorIsTerminal {
                    draw(&state, force: true)
                } else {
                    let left = timeLeft(state)
                    Console.error(
                        "\(title): shard \(Ordinal(shard)) stage \(Ordinal(stage)) trained after "
                            + "\(cost.seconds.fixed(1)) s "
                            + "(\(state.stagesDone) of \(state.stages)\(left.map { ", about \($0) left" } ?? ""))")
                }
            case .rebuilding(let shard, let stage):
                clear(&state)
                Console.error(
                    "warning: the checkpoint of shard \(Ordinal(shard)) stage \(Ordinal(stage)) is missing or damaged; "
                        + "it is trained again")
            case .skipping(let shard, let stage):
                Console.error(
                    "warning: the checkpoint of shard \(Ordinal(shard)) stage \(Ordinal(stage)) is missing or damaged; "
                        + "an earlier one "
                        + "answers, if there is one. `sisa train` repairs it")
            case .cut(let records, let limit):
                Console.error(
                    "note: \(records) record(s) have more than \(limit) tokens; the ends of their completions are left "
                        + "out. `max_tokens` makes room, `overlong: refuse` refuses them")
            case .spanningLines(let place):
                Console.error(
                    "warning: \(place): a field in quotes goes on over the end of its line, so its lines are one "
                        + "record. If quotes are "
                        + "ordinary characters in this file, set `data.quoting: none` and make a new workspace")
            }
        }
    }

    /// Wipes the line, so that what follows starts clean.
    func end() {
        state.withLock { clear(&$0) }
    }

    /// Before the first step of a stage of long texts most of the time may pass.
    private func tellFeatures(_ state: inout State) {
        if Console.errorIsTerminal { return draw(&state, force: false) }
        let now = ContinuousClock().now
        guard state.featuresTold.duration(to: now) > .seconds(10) else { return }
        state.featuresTold = now
        Console.error("\(title): \(Self.words(state.features))")
    }

    private static func words(_ features: [Int: (done: Int, total: Int)]) -> String {
        let (done, total) = features.values.reduce((0, 0)) { ($0.0 + $1.done, $0.1 + $1.total) }
        return "features of \(done) of \(total) texts"
    }

    private func draw(_ state: inout State, force: Bool) {
        let now = ContinuousClock().now
        guard Console.errorIsTerminal, force || state.shown.duration(to: now) > .milliseconds(100) else { return }
        state.shown = now
        state.isDrawn = true
        let share = state.total == 0 ? 1 : Double(state.done) / Double(state.total)
        let filled = Int(share * 24)
        let bar = String(repeating: "#", count: min(24, filled)) + String(repeating: ".", count: max(0, 24 - filled))
        let shards = state.shards.sorted().map { "\(Ordinal($0))" }.joined(separator: ",")
        let left =
            state.features.isEmpty
            ? timeLeft(state).map { ", \($0) left" } ?? "" : "  " + Self.words(state.features)
        Console.write(
            "\r\u{1B}[2K\(title) [\(bar)] \(Int(share * 100)) %  shards \(shards.prefix(20))  "
                + "stage \(state.stagesDone)/\(state.stages)\(left)", to: .standardError)
    }

    private func clear(_ state: inout State) {
        if state.isDrawn { Console.write("\r\u{1B}[2K", to: .standardError) }
        state.isDrawn = false
    }

    private func timeLeft(_ state: State) -> String? {
        let seconds = state.start.duration(to: .now).seconds
        guard state.done > 0, state.done < state.total, seconds > 0.5 else { return nil }
        let left = Int((seconds * Double(state.total - state.done) / Double(state.done)).rounded(.up))
        return left < 60 ? "\(left) s" : "\(left / 60) min \(left % 60) s"
    }
}

extension WorkspaceOptions {
    /// Runs a piece of work with progress on standard error; with --json only for people who watch, with --quiet for
    /// nobody.
    func withProgress<Result>(_ title: String, _ work: (@escaping TrainingProgress) throws -> Result) rethrows -> Result
    {
        if Console.isQuiet || json && !Console.errorIsTerminal { return try work { _ in } }
        let line = ProgressLine(title)
        defer { line.end() }
        return try work(line.sink)
    }

    /// Says that another process holds the workspace; called once.
    func waiting() {
        Console.note("waiting for another sisa process to finish with \(folder.path) ...")
    }
}
