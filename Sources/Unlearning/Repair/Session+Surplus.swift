internal import Foundation

/// What an old backup brings back when a part of it is restored: records in slices that the ledger knows without them,
/// and whole files.
///
/// They are in no answer and in no plan, and nobody would delete them again.
extension Session {
    /// Refuses files that nothing here asks for. Checkpoints and features among them can be made again, and go.
    func refuseUnreferenced() throws {
        let made = [workspace.files[.checkpoints], layout.features.root].map { $0.lastPathComponent + "/" }
        func isMade(_ name: String) -> Bool { made.contains(where: name.hasPrefix) }
        let found = try workspace.unreferencedFiles(isStrict: false)
        if found.contains(where: isMade) { try bringUpToDate(trains: false) }
        let left = found.filter { !isMade($0) }.map { workspace.root.appending(path: $0).path }
        guard left.isEmpty else { throw WorkspaceError.unreferenced(paths: left) }
    }

    /// Takes records out of every slice where it can be told which they are, durably; how many. The first slice that is
    /// wrong in another way, or where it cannot be told, is the problem.
    func takeOutSurplus() throws -> (taken: Int, problem: (any Error)?) {
        let corpus = layout.corpus
        // What was taken out is no longer what was read.
        defer { forgetText() }
        var (taken, problem): (Int, (any Error)?) = (0, nil)
        for shard in 0..<recipe.shards {
            for slice in 0..<recipe.slices {
                let cell = Cell(shard: shard, slice: slice)
                do {
                    _ = try records.slice(cell, keeps: false)
                } catch CorpusError.recordsTooMany(let path, let expected, let found) {
                    guard let left = try corpus.meant(cell, records.summary(cell), isGone: wasDeleted()) else {
                        problem = problem ?? CorpusError.recordsTooMany(path: path, expected: expected, found: found)
                        continue
                    }
                    try layout.features.keep(left.map(\.record), cell)
                    try corpus.replace(cell, left)
                    taken += found - expected
                } catch {
                    problem = problem ?? error
                }
            }
        }
        return (taken, problem)
    }

    /// Tells ids of records that were deleted, as far as receipts and the list of refused ids know them.
    private func wasDeleted() throws -> (RecordID) -> Bool {
        let (corpus, refused) = (layout.corpus, try ledger.refused())
        let receipts = try workspace.receiptFiles().compactMap { try? Receipt(contentsOf: $0) }
        return { id in refused.contains(corpus.tag(id)) || receipts.contains { $0.isAbout(id) } }
    }
}

extension Corpus {
    /// The records of a slice that the ledger means, where others came in between; nil where that cannot be told.
    ///
    /// First without those that are known as deleted; then, as far as trying costs less than a second, without any so
    /// many.
    func meant(
        _ cell: Cell, _ summary: SliceSummary, isGone: (RecordID) -> Bool
    ) throws -> [StoredRecord]? {
        let all = try stored(cell).filter { !isGone($0.record.id) }
        if summary.describes(self.summary(all)) { return all }
        let surplus = all.count - summary.records
        guard surplus > 0, Self.choices(all.count, surplus) * Double(all.count) <= Self.mostTried else { return nil }
        func search(_ left: [StoredRecord], _ surplus: Int, from start: Int) -> [StoredRecord]? {
            if surplus == 0 { return summary.describes(self.summary(left)) ? left : nil }
            for index in start..<left.count {
                var fewer = left
                fewer.remove(at: index)
                if let found = search(fewer, surplus - 1, from: index) { return found }
            }
            return nil
        }
        return search(all, surplus, from: 0)
    }

    /// Records that are digested in the search: some microseconds each.
    private static let mostTried = 300_000.0

    /// How many ways there are to leave out `surplus` of `count`.
    private static func choices(_ count: Int, _ surplus: Int) -> Double {
        (0..<surplus).reduce(1) { $0 * Double(count - $1) / Double($1 + 1) }
    }
}
