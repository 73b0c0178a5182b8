import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// What only a workspace of `task: generation` has to hold: tokens, lengths, templates.
@Suite struct GenerationTests {
    private static let secret = "violet"

    private func with(
        changing change: (inout Recipe) -> Void = { _ in }, _ body: (ToyWorld) throws -> Void
    ) throws {
        try ToyWorld.$task.withValue(.generation) { try ToyWorld.with(changing: change, body) }
    }

    private func record(_ prompt: String, _ completion: String) -> ToyRecord {
        ToyRecord(id: "new-1", owner: "zoe", text: prompt, label: completion)
    }

    /// How many tokens the records have, prompt and completion.
    private func lengths(_ records: [ToyRecord], _ world: ToyWorld) throws -> [(prompt: Int, all: Int)] {
        var recipe = world.recipe
        recipe.maxTokens = 64
        let targets = try Model(recipe, backbone: world.backbone, training: false)
            .targets(of: records.map(\.stored), threads: 1)
        return targets.map { target in
            guard case .completion(let continuation) = target else { return (0, 0) }
            return (continuation.prompt, continuation.tokens.count)
        }
    }

    @Test func promptAndCompletionBecomeTokensApartAndAreCutAtTheEnd() throws {
        try with { world in
            let records = try ToyRecord.all()
            let tokenizer = try Tokenizer(folder: world.backbone)
            let prompts = try PromptEncoder(.chatml, tokenizer)
            for limit in [64, 26] {
                var recipe = world.recipe
                recipe.maxTokens = limit
                let model = try Model(recipe, backbone: world.backbone, training: false)
                let targets = try model.targets(of: records.map(\.stored), threads: 2)
                let inputs = try model.tokens(of: records.map(\.stored), threads: 1)
                for ((record, target), input) in zip(zip(records, targets), inputs) {
                    let prompt = prompts.prompt([Turn(.user, record.text)])
                    let completion = prompts.completion(record.label)
                    #expect(completion.last == prompts.ends[0])
                    let left = Array(completion.prefix(limit - prompt.count))
                    #expect(target == .completion(Continuation(prompt: prompt, completion: left)))
                    #expect(input == Array((prompt + left).dropLast()))
                }
            }
        }
    }

    @Test func featuresHaveARowForEveryTokenButTheLast() throws {
        try with(changing: {
            $0.adapter = .lora(rank: 2, targets: [.queryProjection], layers: .top(1))
        }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let layout = try subject.layout()
            var rows: [Int: Int] = [:]
            for cell in Set(records.map(world.cell)) {
                for entry in try #require(layout.features.read(cell)).entries { rows[entry.rows, default: 0] += 1 }
            }
            let wanted = try lengths(records, world).reduce(into: [:]) { $0[$1.all - 1, default: 0] += 1 }
            #expect(rows == wanted)
        }
    }

    @Test func aRecordThatDoesNotFitIsRefusedByItsLineAndNothingIsMade() throws {
        try with { world in
            let records = try ToyRecord.all()
            let long = record(String(repeating: "\(Self.secret) ", count: 40), "x")
            func refused(_ records: [ToyRecord], _ column: String, _ change: (inout Recipe) -> Void) throws
                -> RecordsError?
            {
                var world = world
                change(&world.recipe)
                let error = #expect(throws: RecordsError.self) { try world.workspace("refused", records) }
                #expect(error?.column == column && error?.description.contains(Self.secret) == false)
                #expect(!FileManager.default.fileExists(atPath: world.root("refused").path))
                return error
            }
            let prompt = try refused(records + [long], "text") { _ in }
            #expect(prompt?.line == records.count + 1)
            guard case .noRoomForAnswer(let found, limit: 64) = prompt?.problem else {
                Issue.record("\(prompt as Any)")
                return
            }
            #expect(found > 64)
            let sizes = try lengths(records, world).map(\.all)
            let limit = sizes.reduce(0, max) - 1
            let first = try #require(sizes.firstIndex { $0 > limit })
            let error = try refused(records, "label") {
                $0.maxTokens = limit
                $0.generation?.overlong = .refuse
            }
            #expect(error?.line == first + 1)
            #expect(error?.problem == .tooManyTokens(found: limit + 1, limit: limit))
            #expect(try refused(records + [record("x", "")], "label") { _ in }?.problem == .emptyCompletion)
        }
    }

    @Test func completionsThatAreCutAreToldAndCounted() throws {
        try with(changing: { $0.maxTokens = 26 }) { world in
            let records = try ToyRecord.all()
            let (late, early) = (Array(records.suffix(4)), Array(records.dropLast(4)))
            let told = Mutex<[Int]>([])
            let progress: TrainingProgress = { event in
                if case .cut(let records, limit: 26) = event { told.withLock { $0.append(records) } }
            }
            func cut(_ records: [ToyRecord]) throws -> Int { try lengths(records, world).count { $0.all > 26 } }
            let subject = try Workspace.train(
                world.recipe,
                TrainingSources(
                    backbone: world.backbone, files: [world.file("early.jsonl", early)], key: world.key),
                at: world.root("subject"), progress: progress
            ).workspace
            try subject.add([world.file("late.jsonl", late)], progress: progress)
            #expect(try told.withLock { $0 } == [cut(early), cut(late)])
            let truth = try Snapshot(world.workspace("truth", records))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test func anAdditionOrARecipeThatDoesNotFitChangesNothing() throws {
        try with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let before = try TestFolder.contents(subject.root)
            let long = try world.file("long.jsonl", [record(String(repeating: "violet ", count: 40), "x")])
            let error = #expect(throws: RecordsError.self) { try subject.add([long]) }
            #expect(error?.line == 1 && error?.column == "text")
            #expect(try TestFolder.contents(subject.root) == before)
            var other = world
            other.recipe.maxTokens = 20
            let count = try lengths(records, world).count { $0.prompt >= 20 }
            let misfit = #expect(throws: TrainingError.self) { try other.retrain(subject) }
            guard case .recordsDoNotFit(count, .noRoomForAnswer(_, limit: 20)) = misfit else {
                Issue.record("\(misfit as Any)")
                return
            }
            #expect(try TestFolder.contents(subject.root) == before)
            #expect(try subject.verify().isIdentical)
        }
    }

    @Test func duplicatesHaveTheSamePromptAndTheSameCompletion() throws {
        try with { world in
            var records = try ToyRecord.all()
            var (same, other) = (records[0], records[0])
            (same.id, other.id, other.label) = ("same", "other", "Nowhere.")
            records += [same, other]
            let subject = try world.workspace("subject", records)
            let request = DeletionRequest(ids: [records[0].recordID], takesDuplicates: true)
            #expect(try subject.planDeletion([records[0].recordID]).duplicates == [RecordID("same")])
            #expect(try subject.delete(request).recordsDeleted == 2)
            let truth = try Snapshot(world.workspace("truth", records.without([records[0], same])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // The trunk's files cover how prompts are written: those of another template are none.
    @Test func noFeatureOfAnotherTemplateIsUsed() throws {
        try with(changing: {
            $0.adapter = .lora(rank: 2, targets: [.queryProjection], layers: .top(1))
        }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let old = try TestFolder.contents(subject.layout().features.root)
            var other = world
            other.recipe.generation?.template = .custom(prompt: "{prompt} -", completion: " {completion}")
            let again = try other.retrain(subject).workspace
            let truth = try other.workspace("truth", records)
            #expect(try Snapshot(again).differences(from: Snapshot(truth)) == [])
            // Neither where a backup brings them back.
            let root = try again.layout().features.root
            for (name, bytes) in old { try bytes.write(to: root.appending(path: name)) }
            try FileManager.default.removeItem(at: again.root.appending(path: "checkpoints"))
            try again.resume()
            #expect(try Snapshot(again).differences(from: Snapshot(truth)) == [])
        }
    }

    // Token ids are made of the tokenizer that was there from the beginning, or none are.
    @Test func anotherTokenizerTrainsNothing() throws {
        try with(changing: {
            $0.adapter = .lora(rank: 2, targets: [.queryProjection], layers: .top(1))
        }) { world in
            var world = world
            world.backbone = try world.movableBackbone()
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let file = world.backbone.appending(path: "tokenizer.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            // Two merges change places, and nothing else.
            let changed = text.replacing("\"t h\"", with: "\"?\"").replacing("\"e r\"", with: "\"t h\"")
                .replacing("\"?\"", with: "\"e r\"")
            try #require(changed != text)
            try Data(changed.utf8).write(to: file)
            let error = #expect(throws: DeletionError.self) { try subject.delete([records[3].recordID]) }
            guard case .repairPending(_, ModelError.backboneChanged) = error else {
                Issue.record("\(error as Any)")
                return
            }
            try Data(text.utf8).write(to: file)
            try subject.resume()
            let truth = try Snapshot(world.workspace("truth", records.without([records[3]])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test func whatTheBackboneCannotDoIsSaidBeforeAnythingIsMade() throws {
        try with(changing: { $0.adapter = .lora(rank: 2, targets: [.fusedAttention]) }) { world in
            let has = TargetModule.all(of: .llama).map(\.rawValue)
            #expect(throws: ModelError.noSuchModule("c_attn", modelType: "llama", has: has)) {
                try world.workspace("subject", ToyRecord.all())
            }
            #expect(!FileManager.default.fileExists(atPath: world.root("subject").path))
        }
        let encoder = ToyWorld.recipeFolder.appending(path: "backbone")
        try with { world in
            var world = world
            let decoder = world.backbone
            world.backbone = encoder
            #expect(throws: ModelError.otherTask(modelType: "bert", isCausal: false)) {
                try world.workspace("subject", ToyRecord.all())
            }
            try ToyWorld.with { other in
                var other = other
                if other.recipe.task == .generation { return }
                other.backbone = decoder
                #expect(throws: ModelError.otherTask(modelType: "llama", isCausal: true)) {
                    try other.workspace("subject", ToyRecord.all())
                }
            }
        }
    }

    @Test(arguments: [Recipe.ModuleSet.usual, .allLinear])
    func matricesThatAreNotNamedAreThoseOfTheFamily(set: Recipe.ModuleSet) throws {
        try with(changing: {
            var lora = Recipe.LoRA.usual(for: .generation)
            (lora.moduleSet, lora.rank) = (set, 2)
            $0.adapter = .lora(lora)
        }) { world in
            let model = try Model(world.recipe, backbone: world.backbone, training: false)
            let modules = set == .usual ? [.queryProjection, .valueProjection] : TargetModule.all(of: .llama)
            #expect(model.layout.modules.map(\.module) == modules + modules)
        }
    }

    @Test func theTaskOfAWorkspaceStays() throws {
        try with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            var other = world.recipe
            other.begin(.classification)
            (other.labels, other.adapter, other.maxTokens) = (["x", "y"], .lora(Recipe.LoRA()), 64)
            let before = try TestFolder.contents(subject.root)
            let encoder = TestData.root.appending(path: "shards/toy/backbone")
            let error = #expect(throws: WorkspaceError.self) {
                try Workspace.train(other, TrainingSources(backbone: encoder, files: []), at: subject.root)
            }
            guard case .otherData(_, let fields) = error else {
                Issue.record("\(error as Any)")
                return
            }
            #expect(fields.contains("task"))
            #expect(try TestFolder.contents(subject.root) == before)
            #expect(throws: PredictionError.noLabels) { try subject.predict(["x"]) }
        }
    }
}
