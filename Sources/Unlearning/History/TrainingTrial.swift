internal import Engine
package import Foundation

/// How long training takes on this machine, by a run on a recipe's first records through the code that trains stages.
package struct TrainingTrial: Sendable {
    /// Record-passes that were timed.
    package let recordPasses: Int
    /// Seconds that they took.
    package let seconds: Double
    /// Bytes of one stored checkpoint.
    package let checkpointBytes: Int

    /// Trains the first 256 records as one slice until both `passes` and `seconds` are reached, and throws the result
    /// away.
    ///
    /// The first pass computes features and is not counted: repairs find them stored. Whole stages are trained. No file
    /// is written.
    /// - Parameters:
    ///   - recipe: Of its choices only those count that decide what a record-pass takes.
    ///   - backbone: The backbone's folder, or its GGUF file.
    ///   - files: The data; nothing behind the records that are used is read.
    ///   - threads: As many as a repair will have.
    ///   - passes: Record-passes to be timed at least.
    ///   - seconds: Seconds to be timed at least.
    /// - Throws: What is wrong with backbone, data or records, as a training does.
    package init(
        _ recipe: Recipe, backbone: URL, files: [InputFile], threads: Int, passes: Int = 256, seconds: Double = 0.5
    ) throws {
        guard FileManager.default.fileExists(atPath: try ModelFolder(backbone).configuration.path) else {
            throw ModelError.noBackbone(path: backbone.path)
        }
        guard !files.isEmpty else { throw RecordsError(file: "", problem: .noFiles) }
        var small = recipe
        (small.shards, small.slices, small.epochs) = (1, 1, 1)
        (small.sliceOptions, small.bands, small.splits) = (Recipe.SliceOptions(), [], [])
        let records = try Self.firstRecords(small, files, count: 256)
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
        (recordPasses, self.seconds, checkpointBytes) = (done, taken, checkpoint.content.count)
    }

    /// The first records of the files, all in one cell; nothing after them is read.
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
