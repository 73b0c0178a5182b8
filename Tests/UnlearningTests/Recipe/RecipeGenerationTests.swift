import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Recipes of `task: generation`: their keys, what they refuse, and what a change of them does.
@Suite struct RecipeGenerationTests {
    private static let short = "task: generation\nbackbone: b\ndata: {train: [t.jsonl]}\n"

    private static func parse(adding text: String) throws(RecipeError) -> Recipe {
        try RecipeFixture.parse(short + text)
    }

    private static func problem(_ text: String) -> RecipeError.Problem? { RecipeFixture.failure(text)?.problem }

    @Test func everyKeyIsRead() throws {
        let recipe = try RecipeFixture.parse(
            """
            backbone: ../models/smollm2
            template: {prompt: "Q: {prompt}\\nA:", completion: " {completion}"}
            task: generation
            overlong: refuse
            score_prompt: 0.25
            adapter: {rank: 4, target_modules: [v_proj, gate_proj, q_proj], layers: {top: 8}}
            aggregation: {contrast: {clip: 4}}
            data:
              train: [people.jsonl]
              columns: {id: id, prompt: question, completion: answer, owner: person}
            """)
        #expect(recipe.task == .generation && recipe.labels.isEmpty)
        #expect(recipe.generation?.template == .custom(prompt: "Q: {prompt}\nA:", completion: " {completion}"))
        #expect(recipe.generation?.overlong == .refuse && recipe.generation?.promptWeight == 0.25)
        #expect(recipe.generation?.aggregation == .contrast(clip: 4))
        #expect(recipe.data.columns.dialogue == .pair(prompt: "question", completion: "answer"))
        guard case .lora(let lora) = recipe.adapter else {
            Issue.record("no low-rank updates")
            return
        }
        #expect(lora.targetModules == [.queryProjection, .valueProjection, .gateProjection] && lora.moduleSet == nil)
        #expect(lora.rank == 4 && lora.layers == .top(8))
    }

    @Test func whatIsLeftOutHasTheDefaultsOfAGeneration() throws {
        let recipe = try Self.parse(adding: "")
        #expect(recipe.maxTokens == 512)
        #expect(recipe.generation == Recipe.Generation())
        #expect(recipe.data.columns.dialogue == .pair(prompt: "prompt", completion: "completion"))
        guard case .lora(let lora) = recipe.adapter else {
            Issue.record("no low-rank updates")
            return
        }
        #expect(lora.moduleSet == .usual)
        #expect(try Self.parse(adding: "adapter: {kind: lora}\n") == recipe)
    }

    @Test func wordsStandForTemplatesMatricesAndAggregations() throws {
        for (word, template) in [
            ("plain", PromptTemplate.plain), ("chatml", .chatml), ("llama-3", .llama3), ("zephyr", .zephyr)
        ] {
            #expect(try Self.parse(adding: "template: \(word)\n").generation?.template == template)
        }
        for word in TokenAggregation.all.map(\.name) {
            let recipe = try RecipeFixture.parse(
                Self.short.replacing("[t.jsonl]}", with: "[t.jsonl], columns: {owner: o}}")
                    + "aggregation: \(word)\nassign_by: owner\n")
            #expect(recipe.generation?.aggregation.name == word)
        }
        guard case .lora(let lora) = try Self.parse(adding: "adapter: {target_modules: all-linear}\n").adapter else {
            Issue.record("no low-rank updates")
            return
        }
        #expect(lora.moduleSet == .allLinear)
        #expect(
            try RecipeFixture.parse(Self.short.replacing("[t.jsonl]", with: "[t.jsonl], columns: {messages: m}"))
                .data.columns.dialogue == .messages("m"))
    }

    @Test(arguments: [
        "labels: [a, b]", "pooling: cls", "data: {train: [a], quoting: none}",
        "data: {train: [a], columns: {text: t}}", "data: {train: [a], columns: {label: l}}",
        "optimizer: {head_learning_rate: 1}"
    ])
    func keysOfAClassificationAreRefused(_ text: String) {
        let recipe = "task: generation\nbackbone: b\n\(text.hasPrefix("data") ? "" : "data: {train: [t]}\n")\(text)\n"
        #expect(Self.problem(recipe) == .notWithTask(.generation))
    }

    @Test(arguments: [
        "template: chatml", "overlong: refuse", "score_prompt: 0.5", "data: {train: [a], columns: {prompt: p}}",
        "data: {train: [a], columns: {messages: p}}"
    ])
    func keysOfAGenerationAreRefusedElsewhere(_ text: String) {
        for task in ["", "task: classification\n"] {
            let recipe =
                "\(task)backbone: b\nlabels: [x, y]\n\(text.hasPrefix("data") ? "" : "data: {train: [t]}\n")\(text)\n"
            #expect(Self.problem(recipe) == .notWithTask(.classification))
        }
    }

    @Test func whatCannotBeMeantIsRefusedAtItsKey() {
        func refused(_ text: String, _ path: String, _ problem: RecipeError.Problem) {
            let error = RecipeFixture.failure(Self.short + text)
            #expect(error?.keyPath == path && error?.problem == problem, "\(text): \(String(describing: error))")
        }
        refused("adapter: {kind: head}\n", "adapter.kind", .noHead)
        refused("aggregation: owner\n", "aggregation", .needsOwners)
        refused(
            "aggregation: majority\n", "aggregation",
            .notAllowed(found: "majority", allowed: TokenAggregation.all.map(\.name), suggestion: nil))
        refused(
            "score_prompt: 2\n", "score_prompt", .outOfRange(found: "2", expected: "a number from 0 to 1"))
        refused(
            "template: {prompt: \"Q:\", completion: \"{completion}\"}\n", "template.prompt",
            .wrongType(found: "the quoted text \"Q:\"", expected: "a text with {prompt} in it, once"))
        refused(
            "template: {prompt: \"{prompt}\"}\n", "template.completion",
            .missingKey(example: "completion: \" {completion}\""))
        refused("adapter: {target_modules: []}\n", "adapter.target_modules", .tooFew(found: 0, expected: 1))
        let columns = Self.short.replacing("[t.jsonl]", with: "[t.jsonl], columns: {messages: m, prompt: p}")
        #expect(Self.problem(columns) == .notWithMessages)
        #expect(Self.problem(Self.short.replacing("[t.jsonl]", with: "[t.csv], format: csv")) == .linesOnly)
        let query = RecipeFixture.failure(Self.short + "adapter: {target_modules: [query]}\n")
        guard case .notAllowed("query", let allowed, _) = query?.problem else {
            Issue.record("\(String(describing: query))")
            return
        }
        #expect(allowed.contains("q_proj") && allowed.contains("mlp.c_proj") && !allowed.contains("value"))
        #expect(
            RecipeFixture.failure(RecipeFixture.short + "adapter: {target_modules: [q_proj]}\n")?.problem
                == .notAllowed(
                    found: "q_proj", allowed: TargetModule.all(of: .bert).map(\.rawValue), suggestion: nil))
    }

    private static func lora(_ change: @escaping @Sendable (inout Recipe.LoRA) -> Void)
        -> @Sendable (inout Recipe) -> Void
    {
        { recipe in
            var lora = Recipe.LoRA.usual(for: .generation)
            change(&lora)
            recipe.adapter = .lora(lora)
        }
    }

    /// A choice that only a generation has, and whether another one trains other weights.
    static let changes = [
        RecipeIdentityTests.Change("template", trains: true) { $0.generation?.template = .chatml },
        .init("template", trains: true) { $0.generation?.template = .custom(prompt: "{prompt}", completion: "x") },
        .init("overlong", trains: true) { $0.generation?.overlong = .refuse },
        .init("score_prompt", trains: true) { $0.generation?.promptWeight = 0.5 },
        .init("aggregation", trains: false) { $0.generation?.aggregation = .mean },
        .init("aggregation", trains: false) { $0.generation?.aggregation = .contrast(clip: 3) },
        .init("data.columns.prompt", trains: false) {
            $0.data.columns.dialogue = .pair(prompt: "x", completion: "completion")
        },
        .init("data.columns.completion", trains: false) {
            $0.data.columns.dialogue = .pair(prompt: "prompt", completion: "x")
        },
        .init("max_tokens", trains: true) { $0.maxTokens = 511 },
        .init("adapter.target_modules", trains: true, lora { $0.moduleSet = .allLinear }),
        .init(
            "adapter.target_modules", trains: true,
            lora { ($0.moduleSet, $0.targetModules) = (nil, [.queryProjection, .valueProjection]) })
    ]

    @Test(arguments: changes)
    func theIdentityChangesExactlyWithWhatTrains(_ change: RecipeIdentityTests.Change) throws {
        let base = try Self.parse(adding: "")
        var changed = base
        change.apply(&changed)
        #expect(changed != base)
        #expect(changed.differences(from: base) == [change.keyPath])
        #expect((changed.trainingIdentity != base.trainingIdentity) == change.trains)
    }

    @Test func theTaskItselfCannotBeChanged() throws {
        let generation = try Self.parse(adding: "")
        let other = try RecipeFixture.parse(RecipeFixture.short)
        #expect(generation.trainingIdentity != other.trainingIdentity)
        let task = try #require(generation.changes(from: other).first { $0.keyPath == "task" })
        #expect(task.effects.contains(.records))
        #expect(try #require(other.changes(from: generation).first { $0.keyPath == "task" }).effects.contains(.records))
    }

    /// A recipe that says nothing of its task keeps the form that workspaces of earlier versions have.
    @Test func aClassificationIsKeptWithoutAWordOfGenerations() throws {
        let text = String(
            decoding: try SortedJSON.encode(try RecipeFixture.parse(RecipeFixture.short)), as: UTF8.self)
        for word in ["generation", "dialogue", "moduleSet", "task"] { #expect(!text.contains(word)) }
        let explicit = try RecipeFixture.parse("task: classification\n" + RecipeFixture.short)
        #expect(try explicit == RecipeFixture.parse(RecipeFixture.short))
        #expect(try explicit.trainingIdentity == RecipeFixture.parse(RecipeFixture.short).trainingIdentity)
    }

    @Test(arguments: ["", "template: {prompt: \"{prompt}\", completion: \" {completion}\"}\n", "template: llama-3\n"])
    func aKeptRecipeComesBack(_ text: String) throws {
        let recipe = try Self.parse(adding: text + "aggregation: contrast\nadapter: {target_modules: all-linear}\n")
        let kept = try JSONDecoder().decode(Recipe.self, from: SortedJSON.encode(recipe))
        #expect(kept == recipe && kept.trainingIdentity == recipe.trainingIdentity)
    }

    @Test func theToyRecipeIsRead() throws {
        let recipe = try Recipe.load(folder: TestData.root.appending(path: "shards/toy-lm"))
        #expect(recipe.task == .generation && recipe.generation?.template == .chatml)
    }
}
