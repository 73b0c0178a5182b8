import Foundation
import TestSupport
import Testing

/// `sisa cost` on a workspace: what is measured, kept and shown, and what is refused.
@Suite struct CostCommandTests {
    @Test func aMeasurementLeavesTheWorkspaceAsItWas() throws {
        try CommandFixture.with { fixture in
            func files() throws -> [String: Data] {
                try TestFolder.contents(fixture.workspace).filter { $0.key != "costs.jsonl" }
            }
            let before = try files()
            for stream in ["uniform", "adversarial", "owners"] {
                let report = try fixture.program.run(
                    "cost", "measure", "--requests", "5", "--warmup", "1", "--stream", stream, "--json"
                ).object()
                let observed = try #require(report["observed_record_passes"] as? Int)
                #expect(report["planned_record_passes"] as? Int == observed && observed > 0)
                #expect((report["expected_record_passes"] is Double) == (stream == "uniform"))
                let deletions = try #require(report["deletions"] as? [[String: Any]])
                #expect(deletions.count == 5 && report["requests"] as? Int == 5)
                #expect(deletions.reduce(0) { $0 + ($1["record_passes"] as? Int ?? 0) } == observed)
                // Each dry run foretold what was then counted.
                for deletion in deletions {
                    #expect(deletion["planned_record_passes"] as? Int == deletion["record_passes"] as? Int)
                    #expect(deletion["planned_seconds"] is Double && deletion["written_bytes"] is Int)
                }
                #expect(try files() == before)
            }
            #expect(try fixture.program.run("verify").code == 0)
            let report = try fixture.program.run("cost", "report", "--json").object()
            #expect(report["deletions"] as? Int == 15 && report["damaged_lines"] as? Int == 0)
        }
    }

    /// The same seed deletes the same records, so what is counted is the same.
    @Test func aSeedDrawsTheSameRecords() throws {
        try CommandFixture.with { fixture in
            func counts(_ seed: String) throws -> [Int?] {
                let report = try fixture.program.run(
                    "cost", "measure", "--requests", "6", "--seed", seed, "--batch", "2", "--json"
                ).object()
                return (report["deletions"] as? [[String: Any]] ?? []).map { $0["record_passes"] as? Int }
            }
            let first = try counts("7")
            #expect(first.count == 6)
            #expect(try counts("7") == first)
            #expect(try (8...12).contains { try counts("\($0)") != first })
        }
    }

    @Test func aTraceIsDeletedAsItIsRecorded() throws {
        try CommandFixture.with { fixture in
            let trace = fixture.folder.appending(path: "trace.txt")
            try Data("toy-01\ntoy-05\ttoy-06\n\ntoy-09\n".utf8).write(to: trace)
            let report = try fixture.program.run(
                "cost", "measure", "--trace", trace.path, "--warmup", "0", "--json"
            ).object()
            let deletions = try #require(report["deletions"] as? [[String: Any]])
            #expect(deletions.map { $0["records_deleted"] as? Int } == [1, 2, 1])
            #expect(report["stream"] as? String == "trace" && report["expected_record_passes"] is NSNull)
            try Data("toy-01\nnobody\n".utf8).write(to: trace)
            let refused = try fixture.program.run("cost", "measure", "--trace", trace.path, "--warmup", "0")
            #expect(refused.code == 65 && refused.output.isEmpty)
            #expect(try fixture.program.run("cost", "measure", "--trace", "/nowhere").code == 66)
            #expect(!FileManager.default.fileExists(atPath: fixture.workspace.appending(path: "measurement").path))
        }
    }

    @Test(arguments: [["repair"], ["delete", "toy-01"], ["train"]])
    func aCopyOfAKilledMeasurementIsNamedAndGoesWithTheNextWriter(writer: [String]) throws {
        try CommandFixture.with { fixture in
            let copy = fixture.workspace.appending(path: "measurement")
            let process = try fixture.program.start(
                ["cost", "measure", "--requests", "20"], output: .nullDevice, errors: .nullDevice)
            while process.isRunning, !FileManager.default.fileExists(atPath: copy.appending(path: "log").path) {
                usleep(200)
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try #require(process.terminationReason == .uncaughtSignal, "it ended early")
            let found = try fixture.program.run("fsck", "--json")
            let damages = try #require(try found.object()["damages"] as? [[String: String]])
            #expect(damages == [["kind": "copy", "fault": "leftover", "path": "measurement"]] && found.code == 65)
            #expect(try fixture.program.run(writer).code == 0)
            #expect(!FileManager.default.fileExists(atPath: copy.path))
            #expect(try fixture.program.run("fsck").code == 0)
        }
    }

    @Test func whatCommandsCostIsKeptAndForetold() throws {
        try CommandFixture.with { fixture in
            let program = fixture.program
            let dry = try program.run("delete", "toy-03", "--dry-run", "--json").object()
            #expect(dry["seconds"] is Double)
            let real = try program.run("delete", "toy-03", "--json").object()
            let report = try program.run("cost", "report", "--json").object()
            let runs = try #require(report["runs"] as? [[String: Any]])
            #expect(runs.map { $0["command"] as? String } == ["train", "delete"])
            #expect(runs[1]["record_passes"] as? Int == real["record_passes"] as? Int)
            #expect(runs[1]["record_passes"] as? Int == dry["record_passes"] as? Int)
            // No word of the record is in it.
            let book = try String(contentsOf: fixture.workspace.appending(path: "costs.jsonl"), encoding: .utf8)
            #expect(!book.contains("toy-"))
            // A line that was cut is passed over, and told.
            try Data((book + "{\"command\":\"dele").utf8).write(to: fixture.workspace.appending(path: "costs.jsonl"))
            #expect(try program.run("delete", "toy-04").code == 0)
            let after = try program.run("cost", "report", "--json").object()
            #expect(after["damaged_lines"] as? Int == 1 && (after["runs"] as? [Any])?.count == 3)
            let page = fixture.folder.appending(path: "page.html")
            #expect(try program.run("cost", "report", "--html", page.path).code == 0)
            let html = try String(contentsOf: page, encoding: .utf8)
            #expect(html.contains("<svg") && !html.contains("<script") && !html.contains("toy-03"))
            #expect(try program.run("cost", "report", "--html", "/nowhere/page.html").code == 73)
            // Nothing takes the place of a workspace's own files.
            for name in ["key", "records/page.html", "new.html"] {
                let inside = fixture.workspace.appending(path: name).path
                #expect(try program.run("cost", "report", "--html", inside).code == 64)
                #expect(
                    try program.run("cost", "simulate", "--records", "9", "--requests", "2", "--svg", inside).code == 64
                )
            }
            let twice = fixture.folder.appending(path: "twice").path
            #expect(
                try program.run(
                    "cost", "simulate", "--records", "9", "--requests", "2", "--svg", twice, "--csv", twice
                ).code == 64)
            #expect(try program.run("audit").code == 0)
        }
    }

    /// What was kept under another recipe says nothing about this one.
    @Test func theHistoryOfAnotherRecipeForetellsNothing() throws {
        try CommandFixture.with { fixture in
            #expect(try fixture.program.run("cost", "measure", "--requests", "4", "--warmup", "0").code == 0)
            try fixture.editRecipe("epochs: 6", "epochs: 12")
            let words = ["train", fixture.recipe.path, "--threads", "3"]
            #expect(try fixture.program.run(words).code == 0)
            let report = try fixture.program.run("cost", "report", "--json").object()
            #expect(report["deletions"] as? Int == 0 && (report["runs"] as? [Any])?.count == 6)
            let dry = try fixture.program.run("delete", "toy-03", "--dry-run", "--json", "--threads", "2").object()
            #expect(dry["seconds"] is NSNull)
        }
    }

    /// Longer repairs that took less time are noise: the line says so with its sign, and gives no rate to a plan.
    @Test func aSlopeBelowZeroIsToldAsOne() throws {
        try CommandFixture.with { fixture in
            #expect(try fixture.program.run("cost", "measure", "--requests", "6", "--warmup", "0").code == 0)
            let book = fixture.workspace.appending(path: "costs.jsonl")
            func rewrite(slope: Double) throws {
                let lines = try String(contentsOf: book, encoding: .utf8).split(separator: "\n")
                let changed = try lines.map { line -> Data in
                    var entry = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                    if entry["command"] as? String == "measure" {
                        entry["seconds"] = 5 + slope * Double(try #require(entry["record_passes"] as? Int))
                    }
                    return try JSONSerialization.data(withJSONObject: entry) + Data("\n".utf8)
                }
                try changed.reduce(Data(), +).write(to: book)
            }
            let page = fixture.folder.appending(path: "page.html")
            func report() throws -> (text: String, html: String) {
                let text = try fixture.program.run("cost", "report", "--html", page.path).output
                return (text, try String(contentsOf: page, encoding: .utf8))
            }
            try rewrite(slope: -0.01)
            let falling = try report()
            #expect(falling.text.contains("seconds = 5.000 - 10.000 for every 1000 record-passes"))
            #expect(falling.text.contains("the slope is negative"))
            #expect(falling.html.contains("5 − 0.01 · record-passes") && falling.html.contains("The slope is negative"))
            let plan = try fixture.program.run("cost", "plan", "--workspace", "workspace", "--json").object()
            let seconds = try #require(plan["seconds"] as? [String: Any])
            #expect(try #require(seconds["per_record_pass"] as? Double) > 0)
            try rewrite(slope: 0.01)
            let rising = try report()
            #expect(rising.text.contains("seconds = 5.000 + 10.000 for every") && !rising.text.contains("negative"))
            #expect(rising.html.contains("5 + 0.01 · record-passes") && !rising.html.contains("negative"))
        }
    }

    @Test func aSplitIsPlannedAndCarriedOut() throws {
        try CommandFixture.with { fixture in
            let plan = try fixture.program.run("cost", "split", "2", "--json").object()
            #expect(plan["shards"] as? Int == 4 && plan["splits"] as? [Int] == [2])
            try fixture.editRecipe("shards: 3", "shards: 4\nsplits: [2]")
            let train = try fixture.program.run("train", fixture.recipe.path, "--json").object()
            #expect(train["stages_trained"] as? Int == plan["stages"] as? Int)
            #expect(try fixture.program.run("verify").code == 0)
            #expect(try fixture.program.run("audit").code == 0)
            #expect(try fixture.program.run("cost", "split", "9").code == 64)
        }
    }

    @Test func groupsMakeBands() throws {
        try TestFolder.with { folder in
            let program = Program(folder: folder)
            let file = folder.appending(path: "groups.csv")
            // The example of the paper: three countries.
            try Data("group,records,probability\nus,466750,3e-6\nfr,60544,3e-5\nde,77539,6e-6\n".utf8).write(to: file)
            let words = ["cost", "placement", "--shards", "20", "--slices", "10", "--groups"]
            let advice = try program.run(words + [file.path, "--limit", "0.2", "--json"]).object()
            #expect(advice["algorithm_shards"] as? Int == 19)
            let options = try #require(advice["options"] as? [[String: Any]])
            let best = try #require(options.first { $0["name"] as? String == advice["best"] as? String })
            #expect(options[0]["share_of_uniform"] as? Double == 1)
            #expect(try #require(best["share_of_uniform"] as? Double) < 1)
            let text = try #require(best["placement"] as? String)
            #expect(text.hasPrefix("placement:\n") && text.contains("\"us\""))
            for (bad, code) in [
                ("group,records\nus,1\n", 65), ("group,records,probability\nus,1,2\n", 65),
                ("group,records,probability\nus,x,0.1\n", 65), ("group,records,probability\n", 65),
                ("group,records,probability\nus,1,0.1\nus,1,0.1\n", 65)
            ] {
                try Data(bad.utf8).write(to: file)
                let outcome = try program.run(words + [file.path])
                #expect(outcome.code == Int32(code) && outcome.output.isEmpty)
            }
            #expect(try program.run(words + ["/nowhere.csv"]).code == 66)
            #expect(try program.run(words + [file.path, "--limit", "0"]).code == 64)
        }
    }

    @Test func ordersAreTriedBesideTheFormulas() throws {
        try TestFolder.with { folder in
            let program = Program(folder: folder)
            let report = try program.run(
                "cost", "orders", "--shards", "5", "--slices", "4", "--orders", "4", "--json"
            ).object()
            #expect(report["orders"] as? [[Int]] == [[1, 2, 3, 4], [4, 1, 2, 3], [3, 4, 1, 2], [2, 3, 4, 1]])
            for name in ["deletion_rate", "first_dead_shard"] {
                let figure = try #require(report[name] as? [String: Double])
                let apart = try abs(#require(figure["mean"]) - #require(figure["formula"]))
                #expect(try apart < 4 * #require(figure["standard_error"]))
            }
            #expect(try program.run("cost", "orders", "--shards", "5", "--slices", "2", "--orders", "3").code == 64)
            #expect(
                try program.run(
                    "cost", "orders", "--shards", "5", "--slices", "2", "--orders", "2", "--probabilities", "1,x"
                ).code == 64)
        }
    }
}
