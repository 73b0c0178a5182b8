import Foundation
import Unlearning

/// One ensemble under measurement: what its rounds took.
final class PredictRun {
    let adapter: String
    let shards: Int
    private let ensemble: Ensemble
    private var rounds: [(texts: Int, seconds: Double)] = []
    private var calls: [Double] = []

    init(_ adapter: String, shards: Int, _ ensemble: Ensemble) {
        self.adapter = adapter
        self.shards = shards
        self.ensemble = ensemble
    }

    func warmUp(_ texts: [String]) throws {
        _ = try ensemble.predictions(texts, votes: false)
    }

    /// One call with all texts, and then some with one text each.
    func measure(_ texts: [String], calls count: Int) throws {
        rounds.append((texts.count, try seconds { try ensemble.predictions(texts, votes: false) }))
        for index in 0..<count {
            calls.append(try seconds { try ensemble.predictions([texts[index % texts.count]], votes: false) })
        }
    }

    func figures(besideOne one: PredictRun?) -> PredictFigures {
        let calls = calls.sorted()
        let ratios = one.map { zip(rounds, $0.rounds).map { $0.seconds / $1.seconds }.sorted() }
        return PredictFigures(
            program: "sisa", adapter: adapter, shards: shards,
            textsPerSecond: rounds.map { Double($0.texts) / $0.seconds }.max() ?? 0,
            p50Ms: calls[calls.count / 2] * 1e3, p99Ms: calls[calls.count * 99 / 100] * 1e3,
            ratioToOne: ratios.map { ($0[($0.count - 1) / 2] + $0[$0.count / 2]) / 2 })
    }

    private func seconds(_ body: () throws -> [Prediction]) rethrows -> Double {
        let start = ContinuousClock.now
        _ = try body()
        return start.duration(to: .now) / .seconds(1)
    }
}

/// A row of what `bench predict` prints.
struct PredictFigures: Codable {
    let program, adapter: String
    let shards: Int
    let textsPerSecond, p50Ms, p99Ms: Double
    /// Nil where one shard was not measured.
    let ratioToOne: Double?

    var line: String {
        "\(program)  \(adapter), S=\(shards)  \(Timing.fixed(textsPerSecond, 1)) texts/s  "
            + "p50 \(Timing.fixed(p50Ms, 2)) ms  p99 \(Timing.fixed(p99Ms, 2)) ms"
            + (ratioToOne.map { "  \(Timing.fixed($0, 3)) times S=1" } ?? "")
    }
}
