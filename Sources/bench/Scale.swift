import ArgumentParser
import Engine
import Foundation
import Unlearning

/// Whether a deletion, a plan and a look at the status stay what they cost when the corpus grows, and memory stays
/// bounded.
struct Scale: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ingest, status, plan and deletion against the number of records.",
        discussion: """
            Synthetic records (short texts from a seeded generator), a shard for every --shard-records of them, so \
            that the tail a deletion trains is the same whatever the corpus. Each figure is a process of the real \
            program; memory is its peak.

            EXAMPLE:
              swift run -c release bench scale --records 1000,10000,100000,1000000
            """)

    @Option(help: "Corpus sizes, separated by commas.") var records = "1000,10000,100000,1000000"
    @Option(help: "Records a shard.") var shardRecords = 1000
    @Option(help: "Slices.") var slices = 10
    @Option(help: "Epochs.") var epochs = 1
    @Option(help: "Deletions to take the median, and of forgetting the 99th percentile, of.") var deletions = 5
    @Option(help: "A backbone folder.") var backbone = "shards/toy/backbone"
    @Option(help: "Threads.") var threads = 2
    @Option(help: "`id` or `owner`: what places a record.") var assignBy = "id"
    @Option(help: "The program. Default: the one beside this.") var sisa: String?
    @Option(help: "Where the workspaces are made, and removed afterwards.") var folder: String?
    @Flag(help: "Print JSON.") var json = false

    private struct Row: Encodable {
        let records, shards, slices: Int
        let trainSeconds, recordsPerSecond, trainPeakMebibytes: Double
        let statusSeconds, statusPeakMebibytes: Double
        let planSeconds, planPeakMebibytes: Double
        let deleteSeconds, deletePeakMebibytes: Double
        let influenceFreeMilliseconds, influenceFreeP99Milliseconds, deleteRecordPasses: Double
    }

    func validate() throws {
        try Limits.check(
            ("--threads", threads, Limits.threads), ("--shard-records", shardRecords, 1...1_000_000_000),
            ("--slices", slices, 1...10_000), ("--epochs", epochs, 1...10_000), ("--deletions", deletions, 1...1000))
        _ = try sizes()
    }

    /// Each large enough that the deleted records are different ones.
    private func sizes() throws -> [Int] { try Limits.list("--records", records, 2 * deletions + 2...1_000_000_000) }

    func run() throws {
        let program = try Child.sisa(sisa)
        var rows: [Row] = []
        for count in try sizes() {
            rows.append(try measure(count, program))
            if !json, let row = rows.last { tell(row) }
        }
        if json { try Timing.json(rows) }
    }

    private func measure(_ count: Int, _ program: String) throws -> Row {
        let scratch = try Scratch(folder)
        defer { scratch.remove() }
        let shards = max(1, count / shardRecords)
        let recipe = scratch.url.appending(path: "recipe.yaml")
        try """
        name: scale
        backbone: \(URL(filePath: backbone).standardizedFileURL.path)
        data: {train: [records.csv], columns: {id: id, owner: owner, text: text, label: label}}
        labels: [low, high]
        shards: \(shards)
        slices: \(slices)
        epochs: \(epochs)
        adapter: {kind: head}
        batch: 32
        max_tokens: 16
        assign_by: \(assignBy)

        """.write(to: recipe, atomically: true, encoding: .utf8)
        try SyntheticRecords(count).write(to: scratch.url.appending(path: "records.csv"))
        let options = [
            "--workspace", scratch.url.appending(path: "workspace").path, "--threads", "\(threads)", "--json"
        ]
        func sisa(_ arguments: [String]) throws -> Child { try Child(program, arguments, scratch: scratch.url) }
        let train = try sisa(["train", recipe.path] + options)
        let status = try sisa(["status"] + options)
        let ids = (0..<deletions).map { SyntheticRecords.id(count / (deletions + 1) * ($0 + 1)) }
        let plans = try ids.map { try sisa(["delete", "--dry-run"] + options + [$0]) }
        let deletes = try ids.map { try sisa(["delete"] + options + [$0]) }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        let forgotten = try deletes.map { try $0.number("influence_free_ms") }.sorted()
        // The smallest that 99 of 100 do not exceed.
        let p99 = forgotten[max(0, (forgotten.count * 99 + 99) / 100 - 1)]
        func mebibytes(_ bytes: Int) -> Double { Double(bytes) / 1_048_576 }
        return Row(
            records: count, shards: shards, slices: slices, trainSeconds: train.seconds,
            recordsPerSecond: Double(count) / train.seconds, trainPeakMebibytes: mebibytes(train.peakBytes),
            statusSeconds: status.seconds, statusPeakMebibytes: mebibytes(status.peakBytes),
            planSeconds: median(plans.map(\.seconds)), planPeakMebibytes: mebibytes(plans.map(\.peakBytes).max() ?? 0),
            deleteSeconds: median(deletes.map(\.seconds)),
            deletePeakMebibytes: mebibytes(deletes.map(\.peakBytes).max() ?? 0),
            influenceFreeMilliseconds: median(forgotten), influenceFreeP99Milliseconds: p99,
            deleteRecordPasses: median(try deletes.map { try $0.number("record_passes") }))
    }

    private func tell(_ row: Row) {
        func part(_ seconds: Double, _ peak: Double) -> String {
            "\(Timing.fixed(seconds, 3)) s (\(Timing.fixed(peak, 0)) MiB)"
        }
        print(
            "\(row.records) records, S=\(row.shards), R=\(row.slices): train "
                + "\(part(row.trainSeconds, row.trainPeakMebibytes)), "
                + "status \(part(row.statusSeconds, row.statusPeakMebibytes)), "
                + "dry run \(part(row.planSeconds, row.planPeakMebibytes)), "
                + "delete \(part(row.deleteSeconds, row.deletePeakMebibytes)), "
                + "\(Timing.fixed(row.deleteRecordPasses, 0)) record-passes, forgotten after "
                + "\(Timing.fixed(row.influenceFreeMilliseconds, 1)) ms (p99 "
                + "\(Timing.fixed(row.influenceFreeP99Milliseconds, 1)))"
        )
    }
}

/// Records that nobody wrote: a few words each, drawn from a seeded generator, two labels.
struct SyntheticRecords {
    private let count: Int
    private static let words = [
        "rain", "wind", "sun", "snow", "cold", "warm", "bread", "soup", "rice", "fish", "train", "road", "boat", "hill"
    ]

    init(_ count: Int) {
        self.count = count
    }

    static func id(_ index: Int) -> String { "r\(index)" }

    func write(to url: URL) throws {
        try Data().write(to: url)
        let handle = try FileHandle(forWritingTo: url)
        defer { try? handle.close() }
        let stream = Philox(seed: 1, purpose: "scale", context: [])
        var lines = "id,owner,label,text\n"
        for index in 0..<count {
            let word = stream.word(at: UInt64(index))
            let text = (0..<6).map { Self.words[Int(word >> (8 * $0) & 0xFF) % Self.words.count] }.joined(
                separator: " ")
            lines += "\(Self.id(index)),o\(index / 3),\(word >> 60 & 1 == 0 ? "low" : "high"),\(text)\n"
            if lines.utf8.count > 1 << 20 {
                try handle.write(contentsOf: Data(lines.utf8))
                lines = ""
            }
        }
        try handle.write(contentsOf: Data(lines.utf8))
    }
}
