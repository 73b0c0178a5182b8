import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// Several slice orders: each is exact by itself, and the one with most clean records answers until the repair.
@Suite(.everyTask) struct SliceOrdersExactnessTests {
    @Test(arguments: 0..<24)
    func theOrderWithMostCleanRecordsAnswersUntilTheRepair(index: Int) throws {
        try ToyWorld.with(changing: {
            $0.shards = 1
            $0.slices = 4
            $0.sliceOptions.orders = 4
        }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let cell = world.cell(records[index])
            var request = DeletionRequest(ids: [records[index].recordID])
            request.defersRepair = true
            try subject.delete(request)
            // By the definition: of each order the slices before the touched one.
            let sizes = try subject.ledger.slices(shard: 0).map(\.records)
            let clean = SliceOrders.cyclic(slices: 4, count: 4).map { order in
                order.prefix { $0 != cell.slice }.reduce(0) { $0 + sizes[$1] }
            }
            let most = try #require(clean.max())
            #expect(most > 0)
            #expect(try subject.voterRecords() == [0: most])
            // Influence-free: the same answers as from a run that never saw the record, stopped there.
            let truth = try world.workspace("truth", records.without([records[index]]))
            let order = try #require(clean.firstIndex(of: most))
            let item = try #require(
                try truth.plan().items(shard: 0).filter { truth.table.order(of: $0.stage) == order }
                    .last { $0.records == most })
            #expect(try subject.answers() == answers(of: item, truth))
            try subject.repair()
            #expect(try Snapshot(subject).differences(from: Snapshot(truth)) == [])
        }
    }

    /// The answers of one stage's state alone.
    private func answers(of item: CheckpointPlan.Item, _ workspace: Workspace) throws -> [[UInt8]] {
        let row = try #require(try workspace.ledger.stages(shard: 0).first { $0.key == item.key })
        let model = try workspace.model(training: false)
        let state = try #require(
            try workspace.store.read(row.key, shard: 0, size: row.size, digest: row.digest)?.state(layout: model.layout)
        )
        let member = Member(shard: 0, records: item.records, state: state)
        return try workspace.answers(of: [member], model)
    }

    /// In the end all orders have seen the same records: the first of them answers, and is exported.
    @Test func ofOrdersWithAsManyRecordsTheFirstAnswers() throws {
        try ToyWorld.with(changing: {
            $0.shards = 1
            $0.slices = 4
            $0.sliceOptions.orders = 4
        }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let lasts = try subject.plan().items(shard: 0).filter { $0.records == 24 }
            #expect(lasts.map(\.stage) == [3, 7, 11, 15])
            let each = try lasts.map { try answers(of: $0, subject) }
            #expect(Set(each).count == 4)
            #expect(try subject.answers() == each[0])
            #expect(try subject.checkpoint(shard: 0).stage == 3)
        }
    }
}
