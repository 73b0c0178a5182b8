internal import Engine
package import Foundation

extension CostRate {
    /// Trains the first records of a recipe for about half a second, through the code that trains stages, and throws the result away.
    ///
    /// The first pass computes features and is not counted: repairs find them stored. Then whole stages are trained until both
    /// `passes` and `seconds` are reached. No file is written.
    package static func measure(
        _ recipe: Recipe, name: String, backbone: URL, files: [InputFile], threads: Int, passes: Int = 256,
        seconds: Double = 0.5
    ) throws -> CostRate {
        guard FileManager.default.fileExists(atPath: backbone.appending(path: "config.json").path) else {
            throw ModelError.noBackbone(path: backbone.path)
        }
        guard !files.isEmpty else { throw RecordsError(file: "", problem: .noFiles) }
        var small = recipe
        (small.shards, small.slices, small.epochs) = (1, 1, 1)
        (small.sliceOptions, small.bands, small.splits) = (Recipe.SliceOptions(), [], [])
        let records = try firstRecords(small, files, count: 256)
        guard !records.isEmpty else { throw RecordsError(file: "", problem: .nothingIn(files: files.map(\.name))) }
        let model = try Model(small, backbone: backbone, training: true)
        let trainer = try SliceTrainer(
            small, model, shard: 0, records: records, table: StageTable(small), threads: threads, features: nil)
        var state = try trainer.train(stage: 0, from: trainer.initialState) { _ in }
        var (done, taken) = (0, 0.0)
        let clock = ContinuousClock()
        while done < passes || taken < seconds {
            let start = clock.now
            state = try trainer.train(stage: 0, from: trainer.initialState) { done += $0 }
            taken += start.duration(to: clock.now).seconds
        }
        let checkpoint = Checkpoint(state, layout: model.layout, precision: small.checkpointPrecision)
        return CostRate(
            source: .run(recipe: name), secondsPerPass: taken / Double(done), recordPasses: done,
            checkpointBytes: Double(checkpoint.content.count))
    }

    /// All in one cell; nothing after them is read.
    private static func firstRecords(_ recipe: Recipe, _ files: [InputFile], count: Int) throws -> [StoredRecord] {
        struct Enough: Error {}
        var records: [StoredRecord] = []
        do {
            try RecordSource(recipe, files).forEach { record, _ in
                records.append(
                    StoredRecord(
                        record: record, cell: Cell(shard: 0, slice: 0), rank: UInt64(records.count)))
                if records.count == count { throw Enough() }
            }
        } catch is Enough {}
        return records
    }
}
