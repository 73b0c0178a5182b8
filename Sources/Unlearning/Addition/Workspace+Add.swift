internal import Foundation

/// What an addition did.
package struct AdditionReport: Sendable {
    /// How many records were added.
    package let records: Int
    /// Shards and the first slices that changed, by ascending shard; counted from 0.
    package let shards: [(shard: Int, slice: Int, records: Int)]
    /// How many stages were trained for them.
    package let stagesTrained: Int
    /// Seconds from the call to its end.
    package let seconds: Double
}

extension Workspace {
    /// Takes records in: afterwards every byte is that of a run which had them from the start.
    ///
    /// They are placed by the same rules as all others, so only their shards are trained again, from their lowest
    /// slice. All or none: an id that is there already, or was deleted where the recipe refuses that, changes nothing.
    ///
    /// `format`: Nil: what the recipe says, or the extension.
    @discardableResult
    package func add(
        _ inputs: [InputFile], format: DataFormat? = nil, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in }, waiting: () -> Void = {}
    ) throws -> AdditionReport {
        guard !inputs.isEmpty else { throw RecordsError(file: "", problem: .noFiles) }
        return try write(threads, progress, waiting: waiting) { session in
            // A log that is ahead of the ledger is told before anything is read.
            _ = try session.evidence()
            let (new, model) = try session.placed(inputs, format)
            // Of deletions that are not finished, nothing may lie in the files that are about to be written anew. They
            // are finished as a whole where one of their records comes back: it would be taken for the deleted one.
            let (pending, corpus) = (session.records.pending, session.layout.corpus)
            let isReadded = new.contains { cell, records in
                records.contains { pending[cell]?.contains(corpus.tag($0.record.id)) == true }
            }
            let waiting = session.waitingShards
            if !waiting.isEmpty {
                try session.bringUpToDate(waiting, trains: isReadded)
                try session.refresh()
            }
            try session.admit(new)
            let shards = Set(new.keys.map(\.shard)).union(waiting).sorted()
            let trained = try session.bringUpToDate(session.stale(shards), model: model)
            try session.completeIndex()
            let touched = Dictionary(grouping: new, by: \.key.shard).sorted { $0.key < $1.key }.map { shard, cells in
                (
                    shard: shard, slice: cells.map(\.key.slice).min() ?? 0,
                    records: cells.reduce(0) { $0 + $1.value.count }
                )
            }
            try session.finish(
                .add,
                touched.map { CostEntry.Touched(shard: $0.shard + 1, slice: $0.slice + 1, records: $0.records) })
            return AdditionReport(
                records: new.values.reduce(0) { $0 + $1.count }, shards: touched, stagesTrained: trained,
                seconds: session.seconds)
        }
    }
}

extension Session {
    /// The records of files by the cells they belong to. What is wrong with one of them is said before anything
    /// changes.
    /// The model is the one that looked at them, where that needs one.
    fileprivate func placed(
        _ inputs: [InputFile], _ format: DataFormat?
    ) throws -> (records: [Cell: [StoredRecord]], model: Model?) {
        let assignment = Assignment(recipe, key: workspace.key)
        let model = recipe.task == .generation ? try workspace.model(training: true) : nil
        let fit = try model.map { try RecordFit($0, recipe) }
        let source = RecordSource(recipe, inputs, format: format) {
            fit?.misfit($0)?.words
        } notice: { [progress] in
            progress(.spanningLines(place: $0))
        }
        let finder = finder()
        let refused = recipe.deletedIDs == .refuse ? try ledger.refused() : []
        let corpus = layout.corpus
        var new: [Cell: [StoredRecord]] = [:]
        var seen: [RecordID: RecordPlace] = [:]
        try source.forEach { record, place in
            if let first = seen.updateValue(place, forKey: record.id) {
                throw source.explained(DuplicateID(first: first, second: place))
            }
            if try finder.holds(record.id) { throw WorkspaceError.idIsThere(place: source.name(place)) }
            if refused.contains(corpus.tag(record.id)) {
                throw WorkspaceError.idWasDeleted(place: source.name(place))
            }
            let cell = assignment.cell(of: record)
            new[cell, default: []].append(
                StoredRecord(record: record, cell: cell, rank: assignment.rank(of: record.id)))
        }
        guard !new.isEmpty else { throw RecordsError(file: "", problem: .nothingIn(files: inputs.map(\.name))) }
        fit?.tell(progress)
        return (new, model)
    }

    /// Writes the new files of cells beside the old ones, makes them the plan's in one transaction, and puts them in
    /// their places.
    ///
    /// The transaction is the moment at which they are in. A process that is killed before leaves files that
    /// `finishAdditions` takes back, one that is killed after leaves files that it only has to rename: a full disk is
    /// no hindrance.
    fileprivate func admit(_ new: [Cell: [StoredRecord]]) throws {
        let (corpus, index, files) = (layout.corpus, layout.index, workspace.files)
        var cells: [Cell: [StoredRecord]] = [:]
        for (cell, added) in new {
            cells[cell] = (try records.slice(cell).live + added).sorted {
                ($0.rank, $0.record.id) < ($1.rank, $1.record.id)
            }
        }
        try DurableFile.write(Array(try SortedJSON.encode(Array(cells.keys))), to: files[.additions])
        do {
            for (cell, records) in cells { try corpus.prepare(cell, records) }
            // What cannot be read back must not become the plan's.
            for (cell, records) in cells {
                guard try corpus.prepared(cell).map(corpus.summary) == corpus.summary(records) else {
                    throw CorpusError.recordsDamaged(path: corpus.url(cell).path)
                }
            }
            // First what finds records, then the records: what points nowhere is passed over.
            let seals = try index.insert(new.values.flatMap { $0 }, ledger.seal)
            let summaries = cells.mapValues(corpus.summary)
            var entry = try entry(.add, summaries)
            entry.records = new.values.reduce(0) { $0 + $1.count }
            try ledger.admit(summaries, table: table, note: evidence().log.note(entry), seals: seals)
        } catch {
            try? workspace.finishAdditions(layout)
            throw error
        }
        try workspace.finishAdditions(layout)
        forgetText()
        try refresh()
    }
}
