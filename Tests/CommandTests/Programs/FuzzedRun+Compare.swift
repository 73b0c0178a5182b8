import Foundation
import TestSupport

@testable import Unlearning

/// How a workspace is held against one that was trained on the survivors alone.
extension FuzzedRun {
    /// Finished by a repair; by a training where that is what was stopped.
    mutating func finish() throws {
        subject = try Workspace(at: subject.root)
        if model.needsTraining { try subject.resume() } else { try subject.repair() }
        model.finish()
        try expectNoTraces()
        try compare()
        let states = try subject.status().shards.map(\.state)
        guard states.allSatisfy({ $0 != .influenceFree }), try subject.ledger.pending().isEmpty else {
            throw Fault(description: "something waits in the end")
        }
        try expectEvidence()
        if program.audits, !model.live.isEmpty {
            let faults = try subject.audit().checks.flatMap(\.faults)
            guard faults.isEmpty else { throw Fault(description: "audit: \(faults)") }
        }
    }

    /// Everything equal where nothing waits; else nothing that the survivors alone would not give.
    func compare() throws {
        if model.isUncertain { return }
        guard !model.live.isEmpty else { return try expectNothing() }
        let isStale = try subject.ledger.fact(Ledger.staleFact) != nil
        let isFinished = model.pending.isEmpty && !model.needsTraining && !isStale
        var generator = SeededGenerator(seed: program.seed)
        let truth = try world.workspace("truth", model.live.shuffled(using: &generator))
        defer { try? FileManager.default.removeItem(at: truth.root) }
        let expected = try Snapshot(truth)
        if isFinished {
            let differences = try Snapshot(subject).differences(from: expected)
            guard differences.isEmpty else { throw Fault(description: "differs from a fresh run: \(differences)") }
            let names = try [subject, truth].map(names)
            guard names[0] == names[1] else {
                throw Fault(description: "files on one side only: \(names[0].symmetricDifference(names[1]))")
            }
            return
        }
        try expectNoFeatures(besidesThoseOf: truth)
        do {
            try expectPart(of: expected, Snapshot(subject))
        } catch PredictionError.untrained {
            // Nobody can be asked yet.
        }
    }

    /// Every checkpoint that counts, and every record, is one of a fresh run; files too, where no text waits to be
    /// destroyed.
    private func expectPart(of expected: Snapshot, _ found: Snapshot) throws {
        let mayLack = [" row", " content"]
        let files = model.withText.isEmpty ? ["file checkpoints/", "file records/", "file index/"] : []
        let faults = Set(expected.parts.keys).union(found.parts.keys).filter { name in
            if name.hasPrefix("answer") { return false }
            if name.hasPrefix("file "), !files.contains(where: name.hasPrefix) { return false }
            let isLacking = found.parts[name] == nil
            if isLacking, mayLack.contains(where: name.hasSuffix) || name.hasPrefix("file checkpoints/") {
                return false
            }
            return expected.parts[name] != found.parts[name]
        }
        guard faults.isEmpty else { throw Fault(description: "no fresh run has \(faults.sorted())") }
    }

    /// No file of features has an entry that a fresh run has not.
    private func expectNoFeatures(besidesThoseOf truth: Workspace) throws {
        guard model.withText.isEmpty else { return }
        let stores = try [subject, truth].map { try $0.layout().features }
        for shard in 0..<world.recipe.shards {
            for slice in 0..<world.recipe.slices {
                let cell = Cell(shard: shard, slice: slice)
                let names = stores.map { Set($0.read(cell)?.entries.map(\.name) ?? []) }
                guard names[0].isSubset(of: names[1]) else { throw Fault(description: "features in \(cell)") }
            }
        }
    }

    /// Of a workspace that has lost all its records.
    private func expectNothing() throws {
        let left = try names(subject).filter { ["checkpoints/", "records/", "features/"].contains(where: $0.hasPrefix) }
        guard left.isEmpty || !model.withText.isEmpty else { throw Fault(description: "left of nothing: \(left)") }
        do {
            _ = try subject.predict(["rain"])
            throw Fault(description: "answers from nothing")
        } catch PredictionError.noSurvivors {}
    }

    /// Receipts aside, as a workspace that never had another shape calls them.
    private func names(_ workspace: Workspace) throws -> Set<String> {
        Set(
            try TestFolder.contents(workspace.root).keys.filter { !$0.hasPrefix("receipts/") }.map { path in
                let parts = path.split(separator: "/", maxSplits: 1)
                guard parts.count == 2, let kind = parts[0].split(separator: "-").first else { return path }
                return "\(kind)/\(parts[1])"
            })
    }

    /// Nothing of a record that is deleted lies anywhere, unless its deletion was stopped after its commit.
    func expectNoTraces() throws {
        guard model.withText.isEmpty, !model.isUncertain else { return }
        let gone = model.gone
        for (path, data) in try TestFolder.contents(subject.root) {
            let found = FuzzedCorpus.words(in: Array(path.utf8) + Array(data)).intersection(gone)
            guard found.isEmpty else { throw Fault(description: "\(path) holds \(found.sorted())") }
        }
    }

    /// The log grew, and every deletion that was accepted has a receipt about its records, and no other has one.
    private func expectEvidence() throws {
        let faults = try subject.checkLog().faults
        guard faults.isEmpty else { throw Fault(description: "log: \(faults)") }
        let logged = try subject.logEntries().filter { $0.event == .delete }.compactMap(\.request)
        guard logged == model.accepted.map(\.name) else {
            throw Fault(description: "the log tells of \(logged), and \(model.accepted.map(\.name)) it was")
        }
        let (files, keys) = (try subject.receiptFiles(), try subject.verificationKeys())
        guard Set(files.map(\.lastPathComponent)) == Set(logged.map { $0 + ".json" }), Set(logged).count == logged.count
        else { throw Fault(description: "\(files.count) receipts of \(logged.count) deletions") }
        for (name, ids) in model.accepted {
            let receipt = try Receipt(contentsOf: subject.files.receipt(name))
            guard keys.contains(where: { receipt.fault($0) == nil }) else {
                throw Fault(description: "receipt \(name): \(keys.last.flatMap { receipt.fault($0) } ?? "no key")")
            }
            guard receipt.commitments.count == ids.count, ids.allSatisfy(receipt.isAbout) else {
                throw Fault(description: "receipt \(name) is about others")
            }
        }
    }
}
