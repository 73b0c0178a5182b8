import ArgumentParser
import Engine
import Foundation
import Unlearning

/// What the ledger does in a second, by its size: the transactions of a deletion, each durable when it returns.
struct LedgerRates: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Operations of the ledger a second.",
        discussion: """
            EXAMPLE:
              swift run -c release bench ledger --shards 10,100,1000
            """)

    @Option(help: "Shards, separated by commas.") var shards = "10,100,1000"
    @Option(help: "Slices.") var slices = 10
    @Option(help: "Seconds an operation.") var seconds = 1.0
    @Option(help: "Where the ledger is made, and removed afterwards.") var folder: String?
    @Flag(help: "Print JSON.") var json = false

    private struct Row: Encodable {
        let shards, slices: Int
        let openPerSecond, slicesOfAShardPerSecond, publishPerSecond, acceptPerSecond: Double
    }

    func validate() throws {
        try Limits.check(("--slices", slices, 1...10_000))
        _ = try Limits.list("--shards", shards, 1...100_000)
        try Limits.check(seconds: seconds)
    }

    func run() throws {
        let rows = try Limits.list("--shards", shards, 1...100_000).map(measure)
        if json { return try Timing.json(rows) }
        for row in rows {
            print(
                "S=\(row.shards), R=\(row.slices), a second: \(Timing.fixed(row.openPerSecond, 0)) openings, "
                    + "\(Timing.fixed(row.slicesOfAShardPerSecond, 0)) shards read, "
                    + "\(Timing.fixed(row.publishPerSecond, 0)) shards published, "
                    + "\(Timing.fixed(row.acceptPerSecond, 0)) deletions accepted")
        }
    }

    private func measure(_ shards: Int) throws -> Row {
        let scratch = try Scratch(folder)
        defer { scratch.remove() }
        let url = scratch.url.appending(path: "ledger.sqlite")
        let ledger = try Ledger(url, .create)
        let key = WorkspaceKey()
        let digests = RecordDigest(key)
        let recipe = Recipe(name: "ledger", backbone: "", data: .init(train: []), labels: ["low", "high"])
        let chain = KeyChain(recipe, key: key, backbone: [], numerics: 1)
        let summary = SliceSummary(records: 100, digest: digests.digest(slice: []))
        let cells = [SliceSummary](repeating: summary, count: slices)
        try ledger.open([[SliceSummary]](repeating: cells, count: shards), facts: [:])
        func rows(_ shard: Int, seconds: Double = 0) -> [StageRow] {
            chain.keys(shard: shard, slices: cells.map(\.digest)).enumerated().map {
                StageRow(
                    stage: $0, key: $1, digest: summary.digest, size: 1, stored: 1, recordPasses: 100, seconds: seconds)
            }
        }
        for shard in 0..<shards { _ = try ledger.publish(rows(shard), shard: shard, chain: chain) }
        return Row(
            shards: shards, slices: slices,
            openPerSecond: try rate { _ in _ = try Ledger(url, .write) },
            slicesOfAShardPerSecond: try rate { _ = try ledger.slices(shard: $0 % shards) },
            publishPerSecond: try rate {
                _ = try ledger.publish(rows($0 % shards, seconds: Double($0)), shard: $0 % shards, chain: chain)
            },
            acceptPerSecond: try rate {
                let cell = Cell(shard: $0 % shards, slice: slices - 1)
                try ledger.accept([cell: [digests.tag(RecordID("r\($0)"))]], leaving: [cell: summary])
            })
    }

    private func rate(_ body: (Int) throws -> Void) throws -> Double {
        let start = ContinuousClock().now
        var count = 0
        while start.duration(to: .now).seconds < seconds {
            try body(count)
            count += 1
        }
        return Double(count) / start.duration(to: .now).seconds
    }
}
