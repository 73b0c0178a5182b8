import ArgumentParser
import Foundation
import Unlearning

/// What a deletion costs beside a training of everything: whole processes of the real program, on a real workspace.
struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Wall-clock of deletions against training everything.",
        discussion: """
            Trains a recipe, takes its checkpoints away and trains everything again, so that reading the records is \
            not counted against the training: that is full_seconds. Then deletes one record from the middle of slice \
            1, 2, ... R, each in another shard, a process each. Their mean is delete_seconds: what a record costs \
            whose slice is not known beforehand.

            EXAMPLE:
              swift run -c release bench delete --recipe shards/wordnet --shards 20 --slices 20 --json
            """)

    @Option(help: "A recipe: its folder or file.") var recipe = "shards/wordnet"
    @Option(parsing: .upToNextOption, help: "Data files instead of the recipe's.") var data: [String] = []
    @Option(help: "A backbone instead of the recipe's.") var backbone: String?
    @Option(help: "Shards instead of the recipe's.") var shards: Int?
    @Option(help: "Slices instead of the recipe's.") var slices: Int?
    @Option(help: "Deletions at most, spread evenly over the slices. Default: one a slice.") var deletions: Int?
    @Option(help: "Threads.") var threads = 2
    @Option(help: "The program. Default: the one beside this.") var sisa: String?
    @Option(help: "Where the workspace is made, and removed afterwards.") var folder: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        try Limits.check(("--threads", threads, Limits.threads), ("--deletions", deletions ?? 1, 1...1_000_000))
    }

    private struct Result: Encodable {
        struct Deletion: Encodable {
            let shard, slice, recordPasses: Int
            let seconds, influenceFreeSeconds: Double
        }
        let recipe: String
        let shards, slices, records, threads: Int
        /// The first training: reading the data, features, everything.
        let coldSeconds: Double
        /// Training everything with the records read in.
        let fullSeconds: Double
        let fullRecordPasses: Int
        let deleteSeconds, deleteProcessorSeconds, influenceFreeMilliseconds: Double
        let ratio: Double
        /// Against the first training: what somebody pays who keeps nothing and trains on the remaining records.
        let coldRatio: Double
        /// What counting record-passes says of the very same deletions.
        let recordPassRatio: Double
        let deletions: [Deletion]
    }

    func run() throws {
        let program = try Child.sisa(sisa)
        let scratch = try Scratch(folder)
        defer { scratch.remove() }
        let derived = try DerivedRecipe(recipe, shards: shards, slices: slices, in: scratch.url)
        let workspace = scratch.url.appending(path: "workspace")
        let options = ["--workspace", workspace.path, "--threads", "\(threads)", "--json"]
        let files = data.isEmpty ? derived.data : data.map { URL(filePath: $0).standardizedFileURL.path }
        let model = backbone.map { URL(filePath: $0).standardizedFileURL.path } ?? derived.backbone
        let cold = try Child(
            program, ["train", derived.file.path, "--backbone", model, "--data"] + files + options, scratch: scratch.url
        )
        let (shards, slices) = (Int(try cold.number("shards")), Int(try cold.number("slices")))
        try FileManager.default.removeItem(at: workspace.appending(path: "checkpoints"))
        let full = try Child(program, ["train"] + options, scratch: scratch.url)

        let count = min(deletions ?? slices, slices)
        let wanted = (0..<count).map { $0 * slices / count + slices / count / 2 }
        var all: [(Result.Deletion, processor: Double)] = []
        for (index, slice) in wanted.enumerated() {
            guard let (id, shard) = try record(slice: slice, preferring: index, of: shards, in: workspace) else {
                continue
            }
            let child = try Child(program, ["delete"] + options + ["--", id], scratch: scratch.url)
            all.append(
                (
                    Result.Deletion(
                        shard: shard + 1, slice: slice + 1, recordPasses: Int(try child.number("record_passes")),
                        seconds: child.seconds, influenceFreeSeconds: try child.number("influence_free_seconds")),
                    child.processorSeconds
                ))
        }
        func mean(_ value: (Result.Deletion) -> Double) -> Double {
            all.reduce(0) { $0 + value($1.0) } / Double(max(1, all.count))
        }
        let passes = try full.number("record_passes")
        let result = Result(
            recipe: derived.name, shards: shards, slices: slices, records: Int(try cold.number("records")),
            threads: threads,
            coldSeconds: cold.seconds, fullSeconds: full.seconds, fullRecordPasses: Int(passes),
            deleteSeconds: mean(\.seconds),
            deleteProcessorSeconds: all.reduce(0) { $0 + $1.processor } / Double(max(1, all.count)),
            influenceFreeMilliseconds: mean(\.influenceFreeSeconds) * 1000, ratio: full.seconds / mean(\.seconds),
            coldRatio: cold.seconds / mean(\.seconds),
            recordPassRatio: passes / mean { Double($0.recordPasses) }, deletions: all.map(\.0))
        if json { return try Timing.json(result) }
        tell(result)
    }

    /// A record in the middle of a slice's file, in a shard of its own as far as there are enough.
    private func record(
        slice: Int, preferring first: Int, of shards: Int, in workspace: URL
    ) throws -> (id: String, shard: Int)? {
        for shard in (0..<shards).map({ (first + $0) % shards }) {
            let file = workspace.appending(path: "records/shard-\(shard + 1)/slice-\(slice + 1).jsonl")
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
            let lines = text.split(separator: "\n")
            let line = try JSONSerialization.jsonObject(with: Data(lines[lines.count / 2].utf8))
            if let id = (line as? [String: Any])?["id"] as? String { return (id, shard) }
        }
        return nil
    }

    private func tell(_ result: Result) {
        print(
            "\(result.recipe), \(result.records) records, S=\(result.shards), R=\(result.slices), \(result.threads) "
                + "threads: "
                + "first training \(Timing.fixed(result.coldSeconds, 2)) s, everything again "
                + "\(Timing.fixed(result.fullSeconds, 2)) s (\(result.fullRecordPasses) record-passes)")
        for deletion in result.deletions {
            print(
                "  slice \(deletion.slice) of shard \(deletion.shard): \(Timing.fixed(deletion.seconds, 3)) s, "
                    + "\(deletion.recordPasses) record-passes, forgotten after "
                    + "\(Timing.fixed(deletion.influenceFreeSeconds * 1000, 1)) ms")
        }
        print(
            "a deletion \(Timing.fixed(result.deleteSeconds, 3)) s: \(Timing.fixed(result.ratio, 1)) times less, by "
                + "record-passes "
                + "\(Timing.fixed(result.recordPassRatio, 1)); than the first training "
                + "\(Timing.fixed(result.coldRatio, 0))"
        )
    }
}
