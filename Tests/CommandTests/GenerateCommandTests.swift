import Foundation
import TestSupport
import Testing

/// `generate`, `score` and `evaluate` of a generation, as a person and a program meet them.
@Suite struct GenerateCommandTests {
    private static let prompt = "Where does Ada keep her bees?"

    /// Calls `body` with a program beside a trained workspace of shards/toy-lm.
    private static func with(_ body: (Program, URL) throws -> Void) throws {
        try TestFolder.with { folder in
            try FileManager.default.copyItem(
                at: TestData.root.appending(path: "shards/toy-lm"), to: folder.appending(path: "toy-lm"))
            let recipe = folder.appending(path: "toy-lm/recipe.yaml")
            let text = try String(contentsOf: recipe, encoding: .utf8)
            try Data(text.replacing("assign_by: id", with: "assign_by: owner").utf8).write(to: recipe)
            try Data(String(repeating: "5a17", count: 16).utf8).write(to: folder.appending(path: "key.txt"))
            let program = Program(folder: folder)
            let trained = try program.run("train", "toy-lm", "--key", "key.txt", "--quiet")
            try #require(trained.code == 0, "\(trained.everything)")
            try body(program, folder)
        }
    }

    private static func list(_ outcome: Program.Outcome) throws -> [[String: Any]] {
        try #require(outcome.code == 0, "\(outcome.everything)")
        return try outcome.json() as? [[String: Any]] ?? []
    }

    @Test func generateAnswersInJSONAndInWords() throws {
        try Self.with { program, folder in
            let files = try TestFolder.contents(folder.appending(path: "workspace"))
            let answers = try Self.list(
                program.run("generate", Self.prompt, "And who?", "--json", "--max-new-tokens", "6", "--explain"))
            #expect(answers.count == 2)
            for answer in answers {
                #expect((answer["tokens"] as? [Int]).map { $0.count <= 6 } == true)
                #expect(["stop", "length"].contains(answer["finish"] as? String))
                #expect((answer["shards"] as? [[String: Any]])?.compactMap { $0["shard"] as? Int } == [1, 2, 3])
            }
            #expect(answers[0]["prompt"] as? String == Self.prompt)
            let plain = try program.run("generate", Self.prompt, "--max-new-tokens", "6")
            #expect(plain.output == (answers[0]["text"] as? String ?? "") + "\n")
            // Nothing of what was asked and answered stays.
            #expect(try TestFolder.contents(folder.appending(path: "workspace")) == files)
        }
    }

    @Test func filesOfPromptsAreAnsweredAsThePromptsAre() throws {
        try Self.with { program, folder in
            let lines = "\(Self.prompt)\nAnd who?\n"
            try Data(lines.utf8).write(to: folder.appending(path: "a.txt"))
            let objects = """
                {"prompt": "\(Self.prompt)", "owner": "ada"}

                {"messages": [{"role": "user", "content": "And who?"}, {"role": "assistant", "content": "Nobody."}]}
                """
            try Data(objects.utf8).write(to: folder.appending(path: "a.jsonl"))
            let typed = try Self.list(program.run("generate", Self.prompt, "And who?", "--json"))
            for file in ["a.txt", "a.jsonl"] {
                let read = try Self.list(program.run("generate", "--input", file, "--json"))
                #expect(read.map { $0["text"] as? String } == typed.map { $0["text"] as? String })
            }
            // Named on the command line, the owner's shard answers.
            let owner = try program.run("generate", Self.prompt, "--owner", "ada", "--json").output
            #expect(
                try program.run("generate", Self.prompt, "--owner", "ada", "--aggregation", "owner", "--json").output
                    == owner)
        }
    }

    @Test func scoreTellsEveryToken() throws {
        try Self.with { program, folder in
            let answer = try program.run("score", Self.prompt, "On the roof of the old school.", "--json").object()
            let tokens = try #require(answer["tokens"] as? [[String: Any]])
            let sum = tokens.reduce(0) { $0 + ($1["log_probability"] as? Double ?? .nan) }
            let whole = try #require(answer["log_probability"] as? Double)
            #expect(abs(sum - whole) < 1e-9 && whole < 0)
            #expect(tokens.compactMap { $0["text"] as? String }.joined() == "On the roof of the old school.")
            let file = try Self.list(program.run("score", "--input", "toy-lm/records.jsonl", "--json"))
            #expect(file.count == 24 && file[0]["log_probability"] as? Double == whole)
            #expect(file[0]["id"] as? String == "toy-01")
        }
    }

    @Test func evaluateMeasuresEveryAggregationInOneRun() throws {
        try Self.with { program, _ in
            let names = [
                "negative_log_likelihood", "perplexity", "probability", "token_accuracy", "exact_match", "rouge_l"
            ]
            let one = try program.run("evaluate", "--json").object()
            #expect(names.allSatisfy { one[$0] is Double } && one["records"] as? Int == 6)
            #expect((one["by_record"] as? [[String: Any]])?.count == 6)
            let all = try program.run(
                "evaluate", "--json", "--aggregation", "all", "--shards-alone", "--given-only", "--input",
                "toy-lm/records.jsonl"
            ).object()
            let rows = try #require(all["aggregations"] as? [[String: Any]])
            let words = rows.compactMap { $0["aggregation"] as? String }
            #expect(words.first == "posterior" && words.contains("owner") && words.suffix(4).first == "base")
            #expect(words.suffix(3) == ["shard 1", "shard 2", "shard 3"])
            #expect(rows.allSatisfy { $0["rouge_l"] == nil && $0["probability"] is Double })
            let mean = try program.run(
                "evaluate", "--json", "--aggregation", "mean", "--given-only", "--input", "toy-lm/records.jsonl"
            ).object()
            let row = rows.first { $0["aggregation"] as? String == "mean" }
            #expect(mean["negative_log_likelihood"] as? Double == row?["negative_log_likelihood"] as? Double)
            let table = try program.run("evaluate", "--aggregation", "mean", "--aggregation", "base").output
            #expect(table.contains("\nmean ") && table.contains("\nbase "))
        }
    }

    @Test func whatCannotBeAskedIsSaid() throws {
        try Self.with { program, folder in
            try Data("{\"prompt\": \"x\"}\n".utf8).write(to: folder.appending(path: "a.jsonl"))
            try Data("{\"prompt\": 7}\n".utf8).write(to: folder.appending(path: "b.jsonl"))
            let long = String(repeating: "word ", count: 2000)
            for (arguments, code): ([String], Int32) in [
                (["generate"], 64), (["generate", "x", "--input", "a.txt"], 64), (["generate", ""], 64),
                (["generate", "x", "--aggregation", "median"], 64), (["generate", "x", "--temperature", "-1"], 64),
                (["generate", "x", "--top-p", "0"], 64), (["generate", "x", "--seed", "1"], 64),
                (["generate", "x", "--aggregation", "owner"], 65), (["generate", long], 65),
                (["generate", "--input", "b.jsonl"], 65), (["generate", "--input", "none.jsonl"], 66),
                (["score", "x"], 64), (["score", "--input", "a.jsonl"], 65), (["score", "x", long], 65),
                (["predict", "x"], 64), (["evaluate", "--format", "csv"], 64),
                (["evaluate", "--input", "a.jsonl"], 65)
            ] {
                let outcome = try program.run(arguments)
                #expect(outcome.code == code, "\(arguments.map { $0.prefix(40) }): \(outcome.errors)")
                #expect(outcome.output.isEmpty && !outcome.errors.contains("word word"))
            }
        }
    }

    @Test func aClassificationWritesNoTexts() throws {
        try CommandFixture.with { fixture in
            for arguments in [
                ["generate", "rain"], ["score", "rain", "wind"], ["evaluate", "--aggregation", "mean"],
                ["evaluate", "--given-only"]
            ] {
                let outcome = try fixture.program.run(arguments)
                #expect(outcome.code == 64 && outcome.errors.contains("classification"), "\(outcome.errors)")
            }
        }
    }
}
