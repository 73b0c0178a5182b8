import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// With `adapter.stages: layers` a stage trains its own block of layers and the head, and nothing else: matched
/// exactly, and counted.
@Suite struct LayerStagesTests {
    private func layout(layers: Int, adapted: [Int], targets: [TargetModule]) throws -> AdapterLayout {
        let configuration = try BackboneConfiguration(
            hiddenSize: 8, layers: layers, heads: 2, intermediateSize: 16, vocabularySize: 50)
        return AdapterLayout(
            AdapterSpecification(
                lora: .init(rank: 2, alpha: 4, targets: targets, layers: adapted), labels: 3, pooling: .mean),
            backbone: configuration)
    }

    /// For every number of layers and blocks: the blocks part the adapted matrices among them, the top ones first.
    @Test(arguments: [1, 2, 3, 5, 6, 12, 32])
    func theBlocksPartTheMatrices(layers: Int) throws {
        for targets in [[TargetModule.query], [.query, .value], TargetModule.allCases] {
            for adapted in [Array(0..<layers), Array(stride(from: 0, to: layers, by: 2))] {
                let layout = try layout(layers: layers, adapted: adapted, targets: targets)
                for count in 1...adapted.count {
                    let blocks = (0..<count).map { layout.block($0, of: count) }
                    #expect(blocks.flatMap { Array($0.modules) }.sorted() == Array(layout.modules.indices))
                    #expect(blocks.reduce(0) { $0 + $1.parameters.count } == layout.loraParameters.count)
                    for (above, below) in zip(blocks, blocks.dropFirst()) {
                        #expect(below.parameters.upperBound == above.parameters.lowerBound)
                        #expect(below.firstLayer < above.firstLayer)
                    }
                    let layerCounts = blocks.map { Set($0.modules.map { layout.modules[$0].layer }).count }
                    #expect((layerCounts.max() ?? 0) - (layerCounts.min() ?? 0) <= 1)
                    for block in blocks {
                        // Whole layers: as many matrices as targets in each.
                        let named = Dictionary(grouping: block.modules) { layout.modules[$0].layer }
                        #expect(named.values.allSatisfy { $0.count == targets.count })
                    }
                }
            }
        }
    }

    @Test func aStageChangesItsBlockAndTheHeadAndNoOtherBit() throws {
        try ToyWorld.with(changing: {
            $0.shards = 1
            $0.slices = 2
            $0.adapter = .lora(rank: 2, targets: [.query, .output], stages: .layers)
        }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let model = try subject.model(training: false)
            let layout = model.layout
            var before = AdapterState(seed: world.recipe.seed, shard: 0, layout: layout)
            for row in try subject.ledger.stages(shard: 0) {
                let after = try #require(
                    try subject.store.read(row.key, shard: 0, size: row.size, digest: row.digest)?.state(layout: layout)
                )
                let block = layout.block(row.stage, of: 2)
                for index in 0..<layout.count where after.values[index].bitPattern != before.values[index].bitPattern {
                    #expect(block.parameters.contains(index) || layout.head.contains(index))
                }
                for slot in layout.modules[block.modules] {
                    // B starts at zero, so whatever trains has moved it.
                    #expect(layout.modules[block.modules].contains(slot))
                    #expect(slot.b.contains { after.values[$0] != before.values[$0] })
                }
                before = after
            }
        }
    }

    @Test func moreSlicesThanLayersAreRefused() throws {
        try ToyWorld.with(changing: {
            $0.slices = 3
            $0.adapter = .lora(rank: 2, targets: [.query], stages: .layers)
        }) { world in
            let error = #expect(throws: NetworkError.self) { try world.workspace("subject", ToyRecord.all()) }
            #expect(error == .tooFewLayers(adapted: 2, slices: 3))
        }
    }
}
