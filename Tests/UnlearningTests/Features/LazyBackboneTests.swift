import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A deletion reads of the backbone what it needs, and compares what it reads.
@Suite struct LazyBackboneTests {
    /// The toy backbone with its weights in a file: the embedding and layer 0, half a mebibyte of cells, then layer 1.
    private func weighted(_ world: ToyWorld) throws -> ToyWorld {
        var world = world
        world.backbone = try world.movableBackbone()
        let config = world.backbone.appending(path: "config.json")
        let text = try String(contentsOf: config, encoding: .utf8)
            .replacing(",\n  \"initializer_seed\": 7", with: "")
            .replacing("\"max_position_embeddings\": 64", with: "\"max_position_embeddings\": 4096")
        try Data(text.utf8).write(to: config)
        var tensors: [SafeTensors.WrittenTensor] = []
        func add(_ name: String, _ shape: [Int]) {
            let count = shape.reduce(1, *)
            let values = Philox(seed: 3, purpose: "test", context: [name])
                .uniforms(count, bound: shape.count == 1 ? 0.5 : 1 / Float(shape[1]).squareRoot())
            tensors.append((name, shape, .f32, values))
        }
        func norm(_ name: String) {
            add(name + ".weight", [32])
            add(name + ".bias", [32])
        }
        func layer(_ index: Int) {
            let prefix = "encoder.layer.\(index)."
            func linear(_ name: String, _ outputs: Int, _ inputs: Int) {
                add(prefix + name + ".weight", [outputs, inputs])
                add(prefix + name + ".bias", [outputs])
            }
            for name in ["query", "key", "value"] { linear("attention.self." + name, 32, 32) }
            linear("attention.output.dense", 32, 32)
            norm(prefix + "attention.output.LayerNorm")
            linear("intermediate.dense", 64, 32)
            linear("output.dense", 32, 64)
            norm(prefix + "output.LayerNorm")
        }
        add("embeddings.word_embeddings.weight", [213, 32])
        add("embeddings.token_type_embeddings.weight", [2, 32])
        norm("embeddings.LayerNorm")
        layer(0)
        add("embeddings.position_embeddings.weight", [4096, 32])
        layer(1)
        let file = world.backbone.appending(path: "model.safetensors")
        try Data(SafeTensors.encode(tensors, metadata: [:])).write(to: file)
        return world
    }

    private func flip(_ url: URL, _ place: (Int) -> Int) throws {
        var bytes = try Data(contentsOf: url)
        bytes[place(bytes.count)] ^= 1
        try bytes.write(to: url)
    }

    @Test func aHeadOnlyDeletionReadsNeitherWeightsNorTokenizer() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let world = try weighted(world)
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let truth = try Snapshot(world.workspace("truth", records.without([records[4]])))
            let away = world.folder.appending(path: "away")
            try FileManager.default.createDirectory(at: away, withIntermediateDirectories: true)
            let needless = ["model.safetensors", "vocab.txt", "tokenizer_config.json"]
            for name in needless {
                try FileManager.default.moveItem(
                    at: world.backbone.appending(path: name), to: away.appending(path: name))
            }
            try subject.delete([records[4].recordID])
            // What is missing is noticed where it is needed.
            try FileManager.default.removeItem(at: subject.layout().features.root)
            #expect(throws: DeletionError.self) { try subject.delete([records[5].recordID]) }
            for name in needless {
                try FileManager.default.moveItem(
                    at: away.appending(path: name), to: world.backbone.appending(path: name))
            }
            try subject.resume()
            let both = try Snapshot(world.workspace("both", records.without([records[4], records[5]])))
            #expect(
                try subject.results() == both.parts.filter { $0.key.hasSuffix("content") || $0.key.hasPrefix("answer") }
            )
            #expect(!both.differences(from: truth).isEmpty)
        }
    }

    @Test func aDeletionUnderLoRAReadsTheAdaptedLayersAndChecksThem() throws {
        try ToyWorld.with(changing: {
            $0.adapter = .lora(rank: 2, targets: [.query, .value], layers: .top(1))
        }) { world in
            let world = try weighted(world)
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let truth = try Snapshot(world.workspace("truth", records.without([records[4]])))
            let weights = world.backbone.appending(path: "model.safetensors")
            let vocabulary = world.backbone.appending(path: "vocab.txt")
            // In the cells, which are behind layer 0, and in the vocabulary.
            try flip(weights) { $0 / 2 }
            try flip(vocabulary) { $0 / 2 }
            try subject.delete([records[4].recordID])
            #expect(throws: ModelError.self) { try subject.predict(["rain"]) }
            try flip(weights) { $0 / 2 }
            try flip(vocabulary) { $0 / 2 }
            #expect(try Snapshot(subject).differences(from: truth) == [])
            // In layer 1.
            try flip(weights) { $0 - 400 }
            let error = #expect(throws: DeletionError.self) { try subject.delete([records[5].recordID]) }
            guard case .repairPending(_, ModelError.backboneChanged) = error else {
                Issue.record("\(error.map { "\($0)" } ?? "none")")
                return
            }
            try flip(weights) { $0 - 400 }
            try subject.resume()
            let both = try Snapshot(world.workspace("both", records.without([records[4], records[5]])))
            #expect(try Snapshot(subject).differences(from: both) == [])
        }
    }

    @Test func withoutASealTheWholeBackboneIsCompared() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let world = try weighted(world)
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            try LedgerSurgeon.execute("DELETE FROM facts WHERE name = 'backbone_seal'", workspace: subject.root)
            let weights = world.backbone.appending(path: "model.safetensors")
            try flip(weights) { $0 / 2 }
            #expect(throws: DeletionError.self) { try subject.delete([records[4].recordID]) }
            try flip(weights) { $0 / 2 }
            try subject.delete([records[4].recordID])
            let truth = try Snapshot(world.workspace("truth", records.without([records[4]])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test func verificationBelievesNoSeal() throws {
        try ToyWorld.with { world in
            let world = try weighted(world)
            let subject = try world.workspace("subject", ToyRecord.all())
            let old = try #require(try subject.ledger.fact(Workspace.sealFact))
            try flip(world.backbone.appending(path: "model.safetensors")) { $0 - 400 }
            let new = try JSONEncoder().encode(Workspace.seal(ofBackbone: world.backbone))
            #expect(throws: ModelError.self) { try subject.predict(["rain"]) }
            // All digests as they are: no longer those that the workspace was trained on.
            try subject.ledger.set([Workspace.sealFact: new])
            #expect(throws: ModelError.self) { try subject.predict(["rain"]) }
            // The digests of the files as they were, and of the blocks as they are.
            var forged = try #require(try JSONSerialization.jsonObject(with: old) as? [String: Any])
            forged["weightBlocks"] = try #require(try JSONSerialization.jsonObject(with: new) as? [String: Any])[
                "weightBlocks"]
            try subject.ledger.set([Workspace.sealFact: try JSONSerialization.data(withJSONObject: forged)])
            _ = try subject.predict(["rain"])
            #expect(throws: ModelError.self) { try subject.verify() }
        }
    }

    // The kind of a missing weight is said before anything is made.
    @Test func aBackboneThatLacksALowerLayerIsRefusedByTheFirstTraining() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let world = try weighted(world)
            let config = world.backbone.appending(path: "config.json")
            let text = try String(contentsOf: config, encoding: .utf8)
                .replacing("\"num_hidden_layers\": 2", with: "\"num_hidden_layers\": 3")
            try Data(text.utf8).write(to: config)
            #expect(throws: SafeTensorsError.self) { try world.workspace("subject", ToyRecord.all()) }
            #expect(!FileManager.default.fileExists(atPath: world.root("subject").path))
        }
    }
}
