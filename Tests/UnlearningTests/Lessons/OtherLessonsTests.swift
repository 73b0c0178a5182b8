import Foundation
import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// Defects of S3T's code and of other systems, each as a test that fails with it.
@Suite(.everyTask) struct OtherLessonsTests {
    private func layout(layers: Recipe.LayerSelection, of count: Int) throws -> AdapterLayout {
        try TestFolder.with { folder in
            let file = folder.appending(path: "config.json")
            let toy = try String(
                contentsOf: ToyWorld.recipeFolder.appending(path: "backbone/config.json"), encoding: .utf8)
            let deep = toy.replacing("\"num_hidden_layers\": 2", with: "\"num_hidden_layers\": \(count)")
            try Data(deep.utf8).write(to: file)
            let backbone = try BackboneConfiguration(contentsOf: file)
            var recipe = try ToyWorld(folder: folder).recipe
            recipe.adapter = .lora(rank: 2, targets: [.output], layers: layers)
            return AdapterLayout(try AdapterSpecification(recipe, backbone: backbone), backbone: backbone)
        }
    }

    // S3T: names are matched by substring, so asking for layer 1 trains layers 1, 10 and 11 too (30 of 32 instead of
    // 8).
    @Test func layerOneIsNotLayersTenAndEleven() throws {
        guard ToyWorld.task == .classification else { return }
        let layout = try layout(layers: .indices([1]), of: 12)
        #expect(
            layout.tensors.map(\.name) == [
                "base_model.model.bert.encoder.layer.1.output.dense.lora_A.weight",
                "base_model.model.bert.encoder.layer.1.output.dense.lora_B.weight",
                "base_model.model.classifier.weight", "base_model.model.classifier.bias"
            ])
        #expect(layout.modules.count == 1)
    }

    // S3T: "output" is a part of "attention.output"; only the one that was named may train.
    @Test func outputIsNotAttentionOutput() throws {
        guard ToyWorld.task == .classification else { return }
        let layout = try layout(layers: .top(3), of: 12)
        #expect(layout.modules.map(\.layer) == [9, 10, 11])
        #expect(layout.tensors.count == 3 * 2 + 2)
        #expect(!layout.tensors.contains { $0.name.contains("attention") })
        #expect(layout.count == 3 * (2 * 64 + 32 * 2) + 3 * 32 + 3)
    }

    // S3T: the head is trained in every stage, so switching layers off leaves the deleted record in it.
    @Test func aShardThatWaitsForItsRepairAnswersFromTheWholeStageBefore() throws {
        try ToyWorld.with { world in
            var world = world
            world.backbone = try world.movableBackbone()
            let records = try ToyRecord.all()
            let original = try world.workspace("original", records)
            for slice in 0..<world.recipe.slices {
                let cell = Cell(shard: 1, slice: slice)
                guard let gone = records.first(where: { [world] in world.cell($0) == cell }) else { continue }
                let subject = try world.copy(original, as: "subject-\(slice)")
                try FileManager.default.removeItem(at: world.backbone)
                #expect(throws: DeletionError.self) { try subject.delete([gone.recordID]) }
                world.backbone = try world.movableBackbone()

                // The shard's earlier slices alone, trained by themselves: head and adapters are theirs.
                let clean = records.filter { world.cell($0).shard == 1 && world.cell($0).slice < slice }
                let model = try subject.model(training: false)
                let mine = try subject.members(model).filter { $0.shard == 1 }
                if clean.isEmpty {
                    #expect(mine.isEmpty, "the shard abstains")
                } else {
                    let truth = try world.workspace("truth-\(slice)", clean)
                    #expect(try subject.answers(of: mine, model) == truth.answers())
                }
            }
        }
    }

    // PEFT users: adapters that silently train nothing.
    @Test(arguments: [Pooling.mean, .cls, .pooler])
    func everyTensorOfEveryStageIsTrained(pooling: Pooling) throws {
        try ToyWorld.with(changing: {
            $0.shards = 1
            $0.pooling = pooling
            $0.adapter = .lora(rank: 3, targets: ToyWorld.modules)
            $0.optimizer.weightDecay = 0  // decay would move a tensor that gets no gradient
        }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let model = try Model(world.recipe, backbone: world.backbone, training: false)
            #expect(model.layout.tensors.count == (ToyWorld.task == .generation ? 2 * 7 * 2 : 2 * 6 * 2 + 2))
            var before = AdapterState(seed: world.recipe.seed, shard: 0, layout: model.layout)
            for row in try subject.ledger.stages(shard: 0) {
                let checkpoint = try #require(
                    try subject.store.read(row.key, shard: 0, size: row.size, digest: row.digest))
                let after = try #require(checkpoint.state(layout: model.layout))
                for tensor in model.layout.tensors {
                    // The top layer's other rows get no gradient where only the first token is read; its tensors do.
                    #expect(before.values[tensor.range] != after.values[tensor.range], "\(tensor.name)")
                }
                before = after
            }
        }
    }

    // Pipelines that take the label set from the data: without the last "food" the head would have two outputs.
    @Test func theLabelsAreTheRecipesEvenWhereNoRecordBearsOne() throws {
        guard ToyWorld.task == .classification else { return }
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let food = records.filter { $0.label == "food" }
            try subject.delete(food.recordIDs)
            #expect(try subject.predict(["rain"])[0].probabilities.count == 3)
            let truth = try Snapshot(world.workspace("truth", records.without(food)))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // open-unlearning 139 and 144: an answer changes with its batch mates and the layout of the batch.
    @Test func anAnswerDoesNotDependOnWhatElseIsAsked() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let texts = try ToyRecord.questions + ToyRecord.all().map(\.text)
            let together = try subject.answers(to: texts)
            #expect(try texts.map { try subject.answers(to: [$0])[0] } == together)
            #expect(try subject.answers(to: texts.reversed(), threads: 3) == together.reversed())
            let many = (0..<20).flatMap { _ in texts }
            #expect(try subject.answers(to: many) == (0..<20).flatMap { _ in together })
        }
    }

    // open-unlearning 167: a collapsed run is reported as numbers.
    @Test func aCollapsedTrainingIsAnErrorAndStoresNothing() throws {
        try ToyWorld.with(changing: {
            if $0.task == .generation { $0.optimizer.learningRate = 1e38 } else { $0.optimizer.headLearningRate = 1e38 }
        }) { world in
            #expect(throws: NetworkError.notFinite) { try world.workspace("subject", ToyRecord.all()) }
            let files = try TestFolder.contents(world.root("subject")).keys
            #expect(files.filter { $0.hasPrefix("checkpoints/") } == [])
            let subject = try Workspace(at: world.root("subject"))
            #expect(throws: PredictionError.untrained) { try subject.voters() }
        }
    }

    // Users lose a good model to a typing error: a recipe that the backbone cannot do must not replace one that works.
    @Test func aRecipeThatCannotBeTrainedLeavesTheWorkspaceAsItWas() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let before = try TestFolder.contents(subject.root)
            var wrong = world
            wrong.recipe.adapter = .lora(rank: 2, targets: [ToyWorld.modules[0]], layers: .indices([7]))
            #expect(throws: NetworkError.noSuchLayer(7, layers: 2)) { try wrong.retrain(subject) }
            #expect(try TestFolder.contents(subject.root) == before)
            wrong.recipe = world.recipe
            wrong.recipe.maxTokens = 65
            #expect(throws: NetworkError.tooManyTokens(found: 65, positions: 64)) { try wrong.retrain(subject) }
            #expect(try TestFolder.contents(subject.root) == before)
        }
    }

    // A backbone that was changed on disk answers with other features; nothing may go on as if it had not.
    @Test func aChangedBackboneIsRefused() throws {
        try ToyWorld.with { world in
            var world = world
            world.backbone = try world.movableBackbone()
            let subject = try world.workspace("subject", ToyRecord.all())
            let file = world.backbone.appending(path: "config.json")
            let changed = try String(contentsOf: file, encoding: .utf8)
                .replacing("\"initializer_seed\": 7", with: "\"initializer_seed\": 8")
            try Data(changed.utf8).write(to: file)
            #expect(throws: ModelError.self) { try subject.answers() }
            #expect(throws: ModelError.self) { try subject.verify() }
            #expect(throws: ModelError.self) { try subject.resume() }
            // Naming the recipe again is consent: then everything is trained again on the new one.
            let again = try world.retrain(subject).workspace
            #expect(try again.verify().isIdentical)
        }
    }
}
