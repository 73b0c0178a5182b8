import Foundation
import TestSupport

@testable import Unlearning

/// What must hold of a workspace after a power failure, before it is finished and after.
struct PowerLossJudge {
    /// A workspace as it should be.
    struct Expectation {
        let snapshot: Snapshot
        let paths: Set<String>
        let pending: Int

        init(_ root: URL) throws {
            let workspace = try Workspace(at: root)
            snapshot = try Snapshot(workspace)
            // The lock comes and goes, and says nothing. Nobody waits for what commands cost, or for the digest of the
            // program. Requests have random names.
            var names: Set<String> = []
            for path in try TestFolder.contents(root).keys.sorted()
            where !["lock", "costs.jsonl", "program.json"].contains(path) {
                let folder = path.prefix { $0 != "/" }
                guard ["receipts", "requests"].contains(folder) else {
                    names.insert(path)
                    continue
                }
                names.insert("\(folder) #\(names.count { $0.hasPrefix(folder + " #") })")
            }
            paths = names
            pending = try workspace.ledger.pending().count
        }
    }

    private let fixture: CommandFixture
    /// What the undisturbed command left, and what that is when it is finished.
    private let promised: Expectation
    private let finished: Expectation
    /// Whose deletion is under way, if one is.
    var gone: [ToyRecord] = []
    /// What is answered while they are there, and after; empty: nothing is said about answers.
    var before: [[UInt8]] = []
    var after: Set<[[UInt8]]> = []
    /// What a person does after a power failure.
    private let finish: (URL) throws -> Void

    /// What the fixture's workspace is now is what was promised.
    init(_ fixture: CommandFixture, finish: @escaping (URL) throws -> Void) throws {
        self.fixture = fixture
        self.finish = finish
        promised = try Expectation(fixture.workspace)
        try finish(fixture.workspace)
        finished = try Expectation(fixture.workspace)
    }

    /// All that is wrong with a state. `isForgotten`: the deletion was accepted for good. `isDone`: the command had
    /// given its word.
    func faults(of image: PowerLossImage, name: String, isForgotten: Bool, isDone: Bool) -> [String] {
        let folder = fixture.folder.appending(path: name)
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = folder.appending(path: "workspace")
        do {
            try image.write(to: folder)
            return try faultsBefore(root, isForgotten: isForgotten, isDone: isDone) + faultsAfter(root)
        } catch {
            return ["failed: \(error)"]
        }
    }

    /// It answers, from what it may answer from; and a word that was given is kept.
    private func faultsBefore(_ root: URL, isForgotten: Bool, isDone: Bool) throws -> [String] {
        var faults: [String] = []
        do {
            let workspace = try Workspace(at: root, .read)
            let left = try gone.filter { record in
                let shard = try cell(record).shard
                return try workspace.records(shard: shard).contains { $0.record.id == record.recordID }
            }
            if !left.isEmpty, isForgotten || left.count < gone.count { faults.append("a deleted record is back") }
            let answers = try workspace.predict(ToyRecord.questions).map(Snapshot.bytes)
            if !before.isEmpty, left.isEmpty ? !after.contains(answers) : answers != before {
                faults.append("answers of a state that never was")
            }
        } catch LedgerError.missing, LedgerError.empty, PredictionError.untrained {
            if isDone || !before.isEmpty { faults.append("nothing can answer") }
        }
        if isDone { faults += try differences(root, from: promised).map { "done, and yet \($0)" } }
        return faults
    }

    private func faultsAfter(_ root: URL) throws -> [String] {
        try finish(root)
        return try Workspace(at: root).checkLog().faults
            + differences(root, from: finished).map { "finished, and yet \($0)" }
    }

    private func differences(_ root: URL, from expectation: Expectation) throws -> [String] {
        let found = try Expectation(root)
        return try found.snapshot.differences(from: expectation.snapshot)
            + found.paths.symmetricDifference(expectation.paths).map { "\($0) is on one side only" }
            + (found.pending == expectation.pending ? [] : ["\(found.pending) deletions are pending"])
            + residues(root)
    }

    /// Where ids and texts of the gone are still to be found, in any form.
    private func residues(_ root: URL) throws -> [String] {
        if gone.isEmpty { return [] }
        return try ResidueSearch(gone.flatMap { [$0.id, $0.text] }).residues(in: root).map {
            "\($0.path) holds what was deleted, as \($0.form)"
        }
    }

    private func cell(_ record: ToyRecord) throws -> Cell {
        try ToyWorld(folder: fixture.folder).cell(record)
    }
}

extension PowerLossJudge {
    /// The answers of a workspace that lacks the last stages of these shards, from any stage on after `slice`: what a
    /// repair may have come to.
    static func answers(of workspace: URL, unrepaired shards: [(shard: Int, slice: Int)]) throws -> Set<[[UInt8]]> {
        guard let (shard, slice) = shards.first else {
            return [try Workspace(at: workspace, .read).predict(ToyRecord.questions).map(Snapshot.bytes)]
        }
        let slices = try Workspace(at: workspace, .read).recipe.slices
        let copy = workspace.deletingLastPathComponent().appending(path: "unrepaired-\(shards.count)")
        try FileManager.default.copyItem(at: workspace, to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        var answers: Set<[[UInt8]]> = []
        for stage in (slice...slices).reversed() {
            try LedgerSurgeon.execute(
                "DELETE FROM checkpoints WHERE shard = \(shard) AND stage >= \(stage)", workspace: copy)
            answers.formUnion(try Self.answers(of: copy, unrepaired: Array(shards.dropFirst())))
        }
        return answers
    }
}
