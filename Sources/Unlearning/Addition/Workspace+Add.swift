internal import Foundation

/// What an addition did.
package struct AdditionReport: Sendable {
    package let records: Int
    /// Shards and the first slices that changed, by ascending shard; counted from 0.
    package let shards: [(shard: Int, slice: Int, records: Int)]
    package let stagesTrained: Int
    package let seconds: Double
}

extension Workspace {
    /// Takes records in: afterwards every byte is that of a run which had them from the start.
    ///
    /// They are placed by the same rules as all others, so only their shards are trained again, from their lowest slice. All or none: an
    /// id that is there already, or was deleted where the recipe refuses that, changes nothing.
    ///
    /// `format`: Nil: what the recipe says, or the extension.
    @discardableResult
    package func add(
        _ inputs: [InputFile], format: DataFormat? = nil, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in }, waiting: () -> Void = {}
    ) throws -> AdditionReport {
        let clock = ContinuousClock().now
        let meter = CostMeter()
        let progress = meter.watching(progress)
        guard !inputs.isEmpty else { throw RecordsError(file: "", problem: .noFiles) }
        let lock = try WorkspaceLock(files.lock, waiting: waiting)
        defer { withExtendedLifetime(lock) {} }
        try sweep()
        let evidence = try evidence()
        let new = try placed(inputs, format, progress)
        // Of deletions that are not finished, nothing may lie in the files that are about to be written anew. They are finished as a
        // whole where one of their records comes back: it would be taken for the deleted one.
        let (pending, corpus) = (try ledger.pending(), try corpus())
        let isComeback = new.contains { cell, records in
            records.contains { pending[cell]?.contains(corpus.tag($0.record.id)) == true }
        }
        let waiting = Set(pending.keys.map(\.shard)).sorted()
        if !waiting.isEmpty {
            _ = try bringUpToDate(
                shards: waiting, threads: threads, trains: isComeback, evidence: evidence, progress: progress)
        }
        try admit(new, evidence)
        let shards = Set(new.keys.map(\.shard)).union(waiting).sorted()
        let isStale = try ledger.fact(Self.staleFact) != nil
        let trained = try bringUpToDate(
            shards: isStale ? nil : shards, threads: threads, evidence: evidence, progress: progress)
        try completeIndex()
        try evidence.publish()
        let touched = Dictionary(grouping: new, by: \.key.shard).sorted { $0.key < $1.key }.map { shard, cells in
            (shard: shard, slice: cells.map(\.key.slice).min() ?? 0, records: cells.reduce(0) { $0 + $1.value.count })
        }
        try costBook.append(
            meter.entry(
                .add,
                touched.map { CostEntry.Touched(shard: $0.shard + 1, slice: $0.slice + 1, records: $0.records) },
                plan: costPlan(), threads: threads))
        return AdditionReport(
            records: new.values.reduce(0) { $0 + $1.count }, shards: touched, stagesTrained: trained,
            seconds: clock.duration(to: .now).seconds)
    }

    /// The records of files by the cells they belong to. What is wrong with one of them is said before anything changes.
    private func placed(
        _ inputs: [InputFile], _ format: DataFormat?, _ progress: @escaping TrainingProgress
    ) throws -> [Cell: [StoredRecord]] {
        let assignment = Assignment(recipe, key: key)
        let source = RecordSource(recipe, inputs, format: format) { progress(.spanningLines(place: $0)) }
        let finder = try finder()
        let refused = recipe.deletedIDs == .refuse ? try ledger.refused() : []
        let corpus = try corpus()
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
        return new
    }

    /// Writes the new files of cells beside the old ones, makes them the plan's in one transaction, and puts them in their places.
    ///
    /// The transaction is the moment at which they are in. A process that is killed before leaves files that `finishAdditions` takes
    /// back, one that is killed after leaves files that it only has to rename: a full disk is no hindrance.
    private func admit(_ new: [Cell: [StoredRecord]], _ evidence: Evidence) throws {
        let (corpus, index, records) = (try corpus(), try index(), try liveRecords())
        var cells: [Cell: [StoredRecord]] = [:]
        for (cell, added) in new {
            cells[cell] = (try records.live(cell) + added).sorted {
                ($0.rank, $0.record.id) < ($1.rank, $1.record.id)
            }
        }
        try DurableFile.write(Array(try SortedJSON.encode(Array(cells.keys))), to: files.additions)
        do {
            for (cell, records) in cells { try corpus.prepare(cell, records) }
            // What cannot be read back must not become the plan's.
            for (cell, records) in cells {
                guard try corpus.prepared(cell).map(corpus.summary) == corpus.summary(records) else {
                    throw WorkspaceError.recordsDamaged(path: corpus.url(cell).path)
                }
            }
            // First what finds records, then the records: what points nowhere is passed over.
            let seals = try index.insert(new.values.flatMap { $0 }, ledger.seal)
            let summaries = cells.mapValues(corpus.summary)
            var entry = try entry(.add, summaries)
            entry.records = new.values.reduce(0) { $0 + $1.count }
            try ledger.admit(summaries, table: table, note: evidence.log.note(entry), seals: seals)
        } catch {
            try? finishAdditions()
            throw error
        }
        try finishAdditions()
    }

    /// Finishes or takes back what a killed addition left: the ledger says which.
    func finishAdditions() throws {
        guard let bytes = try DurableFile.contents(files.additions) else { return }
        let cells = (try? JSONDecoder().decode([Cell].self, from: Data(bytes))) ?? []
        let (corpus, index) = (try corpus(), try index())
        for cell in cells {
            let summaries = try ledger.slices(shard: cell.shard)
            // Sound, because it was written as a whole or not at all.
            guard let next = try corpus.prepared(cell) else {
                // Or not as a whole.
                try corpus.sweep(cell)
                continue
            }
            if cell.slice < summaries.count, summaries[cell.slice].describes(corpus.summary(next)) {
                try corpus.adopt(cell)
            } else {
                let held = try corpus.stored(cell)
                let ids = Set(held.map(\.record.id))
                try index.remove(next.filter { !ids.contains($0.record.id) }, leaving: held)
                try corpus.discard(cell)
            }
        }
        try DurableFile.remove([files.additions])
    }
}
