import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// `slices.keep` decides which files lie there and what a deletion costs, and no bit of any result.
@Suite(.everyTask) struct KeptCheckpointsTests {
    private func files(_ workspace: Workspace) throws -> [String] {
        try TestFolder.contents(workspace.root).keys.filter { $0.hasPrefix("checkpoints/") }.sorted()
    }

    @Test(arguments: [0, 1, 2, 3, 5, 6, 7])
    func onlyTheKeptOnesAndTheLastLieThere(keep: Int) throws {
        try ToyWorld.with(changing: {
            $0.slices = 6
            $0.sliceOptions.keep = keep
        }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let plan = try subject.plan()
            let wanted = plan.shards.indices.flatMap { shard in
                plan.items(shard: shard).filter(\.isKept).map { "checkpoints/shard-\(shard + 1)/\($0.key)" }
            }
            #expect(try files(subject).map { String($0.prefix { $0 != "." }) } == wanted.sorted())
            for items in plan.shards where !items.isEmpty {
                #expect(items.last?.isKept == true && items.count(where: \.isKept) <= keep + 1)
            }
            #expect(try subject.verify().isIdentical && subject.checkup().isSound)
            let status = try subject.status()
            #expect(status.shards.allSatisfy { $0.state == .retrainEquivalent })
        }
    }

    /// The states that are not kept are the same ones.
    @Test func everyStateIsThatOfARunWhichKeepsAll() throws {
        let records = try ToyRecord.all()
        func digests(_ keep: Int?) throws -> [Int: [[UInt8]]] {
            try ToyWorld.with(changing: {
                $0.slices = 6
                $0.sliceOptions.keep = keep
            }) { try $0.workspace("subject", records).ledger.stages().mapValues { $0.map(\.digest) } }
        }
        let all = try digests(nil)
        for keep in 1...3 { #expect(try digests(keep) == all) }
    }

    @Test func anotherNumberKeepsOrTrainsWhatItNeedsAndEndsLikeAFreshRun() throws {
        try ToyWorld.with(changing: { $0.slices = 6 }) { world in
            var world = world
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            for (step, keep) in [2, 1, 3, nil, 2].enumerated() {
                world.recipe.sliceOptions.keep = keep
                let (again, report) = try world.retrain(subject)
                // Of all, any are there already.
                if step == 0 { #expect(report.stagesTrained == 0) }
                let fresh = try world.workspace("fresh-\(step)", records)
                #expect(try Snapshot(again).differences(from: Snapshot(fresh)) == [])
                #expect(try again.audit().holds)
            }
        }
    }

    /// A deletion begins after the last kept state below it, and says so beforehand.
    @Test(arguments: 0..<24)
    func aDeletionCostsWhatItSaysAndEndsLikeAFreshRun(index: Int) throws {
        try ToyWorld.with(changing: {
            $0.slices = 6
            $0.sliceOptions.keep = 2
        }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let planned = try subject.planDeletion(DeletionRequest(ids: [records[index].recordID]))
            #expect(subject.table.keptSteps?.count == 3)
            let meter = CostMeter()
            let report = try subject.delete(
                DeletionRequest(ids: [records[index].recordID]), progress: meter.watching { _ in })
            let entry = meter.entry(.delete, [], plan: "", threads: 1)
            #expect(report.recordPasses == planned.recordPasses && entry.recordPasses == planned.recordPasses)
            #expect(entry.stages == planned.shards[0].stages)
            let truth = try world.workspace("truth", records.without([records[index]]))
            #expect(try Snapshot(subject).differences(from: Snapshot(truth)) == [])
        }
    }

    /// A deletion may make a state the last of its order that was not kept: it is not there yet, and nothing is
    /// damaged.
    @Test func aStateThatBecomesTheLastIsNoDamage() throws {
        try ToyWorld.with(changing: { $0.sliceOptions.keep = 0 }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let shard = 0
            let last = try #require(try subject.ledger.occupiedSlices(shard: shard).last)
            let gone = try subject.records(shard: shard).filter { $0.cell.slice == last }.map(\.record.id)
            var request = DeletionRequest(ids: gone)
            request.defersRepair = true
            try subject.delete(request)
            #expect(try subject.checkup().isSound)
            _ = try subject.voterRecords { event in
                if case .skipping = event { Issue.record("called damaged") }
            }
            #expect(throws: ExportError.self) { try subject.checkpoint(shard: shard) }
            try subject.repair()
            let ids = Set(gone)
            let truth = try world.workspace("truth", records.filter { !ids.contains($0.recordID) })
            #expect(try Snapshot(subject).differences(from: Snapshot(truth)) == [])
        }
    }
}
