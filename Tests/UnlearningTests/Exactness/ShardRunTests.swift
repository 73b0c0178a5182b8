import Engine
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Unlearning

/// The training of a shard by itself: what a machine could do that has records, backbone and keys, and no ledger.
@Suite struct ShardRunTests {
    @Test(arguments: ToyVariant.all.prefix(4))
    func aShardTrainsToTheSameBytesWithoutALedger(variant: ToyVariant) throws {
        try ToyWorld.with(variant) { world in
            let whole = try world.workspace("whole", ToyRecord.all())
            let plan = try whole.plan()
            let model = try Model(whole.recipe, backbone: world.backbone, training: true)
            let setting = ShardRun.Setting(
                recipe: whole.recipe, model: model, table: whole.table, threads: 2, features: nil,
                memory: 1 << 20, progress: { _ in })
            for (shard, items) in plan.shards.enumerated() where !items.isEmpty {
                let orders = Dictionary(grouping: items) { whole.table.order(of: $0.stage) }
                let run = ShardRun(
                    shard: shard,
                    orders: orders.sorted { $0.key < $1.key }.map { ShardRun.Order(stages: $0.value, start: nil) })
                let records = try whole.records(shard: shard)
                let passes = run.recordPasses(records.map(\.planRecord), whole.recipe, whole.table)
                var digests: [CheckpointKey: [UInt8]] = [:]
                try run.train(records, recordPasses: passes, setting) { digests[$0.item.key] = $0.checkpoint.digest }
                let rows = try whole.ledger.stages(shard: shard)
                #expect(rows.count == items.count && passes == rows.map(\.recordPasses))
                #expect(digests == Dictionary(uniqueKeysWithValues: rows.map { ($0.key, $0.digest) }))
            }
        }
    }

    @Test func aRunGoesOnFromACheckpoint() throws {
        try ToyWorld.with { world in
            let whole = try world.workspace("whole", ToyRecord.all())
            let (shard, items) = try #require(
                whole.plan().shards.enumerated().first { $0.element.count > 1 }.map { ($0.offset, $0.element) })
            let rows = try whole.ledger.stages(shard: shard)
            let first = try #require(rows.first { $0.key == items[0].key })
            let start = try #require(
                try whole.store.read(first.key, shard: shard, size: first.size, digest: first.digest))
            let run = ShardRun(shard: shard, orders: [.init(stages: Array(items.dropFirst()), start: start)])
            let records = try whole.records(shard: shard)
            let setting = ShardRun.Setting(
                recipe: whole.recipe, model: try Model(whole.recipe, backbone: world.backbone, training: true),
                table: whole.table, threads: 1, features: nil, memory: 0, progress: { _ in })
            var last: [UInt8] = []
            try run.train(
                records, recordPasses: run.recordPasses(records.map(\.planRecord), whole.recipe, whole.table), setting
            ) { last = $0.checkpoint.digest }
            #expect(last == rows.last?.digest)
        }
    }
}
