import Foundation
import TestSupport
import Testing

/// `sisa cost plan`: the numbers for programs, something for people, and clear refusals.
@Suite struct CostPlanTests {
    private static let purchase = ["--records", "250000", "--shards", "20", "--slices", "50", "--epochs", "1"]

    private func run(_ arguments: [String]) throws -> Program.Outcome {
        try TestFolder.with { try Program(folder: $0).run(["cost", "plan"] + arguments) }
    }

    @Test func thePlanHasTheExpectationOfBothPolicies() throws {
        let plan = try run(Self.purchase + ["--requests", "8", "--json"]).object()
        let expected = try #require(plan["expected_record_passes"] as? Double)
        #expect(abs(expected - 59_084.7) < 0.0501 && plan["policy"] as? String == "batch")
        let fraction = try #require(plan["fraction_of_full_retrain"] as? Double)
        #expect(abs(fraction - expected / (250_000 - 8)) < 1e-9)
        let sequential = try #require(plan["sequential"] as? [String: Double])
        #expect(abs(try #require(sequential["expected_record_passes"]) - 67_324.4) < 0.0501)
        #expect(try #require(sequential["fraction_of_full_retrain"]) > fraction)
        #expect(plan["seconds"] is NSNull && plan["recommended"] is NSNull && plan["is_possible"] is NSNull)
        #expect(try #require(plan["standard_error"] as? Double) > 0)
        let trained = try #require(plan["as_trained"] as? [String: Any])
        #expect(trained["differs"] as? Bool == true && trained["passes_of_own_slice"] as? Double == 1)
        #expect(try #require(trained["expected_record_passes"] as? Double) > expected)

        let other = try run(Self.purchase + ["--requests", "8", "--sequential", "--json"]).object()
        #expect(other["expected_record_passes"] as? Double == sequential["expected_record_passes"])
        #expect(other["fraction_of_full_retrain"] as? Double == sequential["fraction_of_full_retrain"])
        #expect(other["policy"] as? String == "sequential")
        // Nothing in it changes from run to run.
        let again = try run(Self.purchase + ["--requests", "8", "--json"]).output
        #expect(try run(Self.purchase + ["--requests", "8", "--json"]).output == again)
    }

    @Test func thePapersHeadlineIsExplainedWithItsFactors() throws {
        let paper = try run(["--explain-paper", "--json"]).object()
        let rows = try #require(paper["rows"] as? [[String: Any]])
        for (row, known) in zip(rows, [[3.132, 1.478, 4.629, 4.472, 4.231], [1.659, 1.478, 2.452, 2.237, 2.237]]) {
            let names = ["sharding_factor", "slicing_factor", "product", "joint", "joint_of_whole_requests"]
            for (name, value) in zip(names, known) {
                #expect(abs(try #require(row[name] as? Double) - value) < 0.0006, "\(name)")
            }
        }
        let text = try run(["--explain-paper"])
        #expect(text.code == 0 && text.output.contains("3.132") && text.output.contains("4.231"))
        #expect(text.output.contains("do not multiply"))
        let plan = try run(Self.purchase + ["--json"]).object()
        #expect(((plan["paper"] as? [String: Any])?["rows"] as? [Any])?.count == 2)
    }

    @Test func requestsForMostRecordsArePricedForDifferentRecordsToo() throws {
        let words = [
            "--records", "210", "--shards", "7", "--slices", "3", "--epochs", "4", "--sequential", "--requests"
        ]
        let plan = try run(words + ["150", "--json"]).object()
        #expect(try #require(plan["expected_record_passes"] as? Double).rounded() == 8433)
        let distinct = try #require(plan["expected_record_passes_distinct"] as? Double)
        #expect((distinct * 10).rounded() / 10 == 8613.9)
        for name in ["batch", "sequential", "as_trained"] {
            let part = try #require(plan[name] as? [String: Any])
            #expect(part["expected_record_passes_distinct"] is Double)
        }
        #expect(try run(words + ["150"]).output.contains("of different records"))
        #expect(try !run(words + ["2"]).output.contains("of different records"))
        let rate = try run(["--records", "210", "--rate", "150/day", "--json"]).object()
        #expect(rate["expected_record_passes_distinct"] is NSNull)
        #expect(try run(["--records", "210", "--rate", "150/day"]).output.contains("--requests 150 has"))
        #expect(try !run(["--records", "210", "--rate", "2/day"]).output.contains("--requests"))
    }

    @Test func aRateAndAWindowGiveTheRequests() throws {
        let plan = try run(Self.purchase + ["--rate", "12/week", "--window", "7d", "--json"]).object()
        #expect(abs(try #require(plan["requests"] as? Double) - 12) < 1e-9)
        #expect(plan["window_seconds"] as? Double == 604_800)
        let day = try run(Self.purchase + ["--rate", "24/day", "--window", "1h", "--json"]).object()
        #expect(abs(try #require(day["requests"] as? Double) - 1) < 1e-9)
    }

    @Test func limitsChooseAmongShardsAndSlices() throws {
        let lists = ["--records", "10000", "--shards", "5,10,20", "--slices", "1,5", "--epochs", "3", "--requests", "4"]
        let plan = try run(lists + ["--budget-passes", "5000", "--json"]).object()
        let choices = try #require(plan["choices"] as? [[String: Any]])
        #expect(choices.count == 6)
        let kept = choices.filter { $0["within_limits"] as? Bool == true }
        for choice in choices {
            let passes = try #require(choice["record_passes_as_trained"] as? Double)
            #expect(choice["within_limits"] as? Bool == (passes <= 5000))
        }
        let taken = try #require(plan["recommended"] as? [String: Any])
        #expect(taken["shards"] as? Int == kept.compactMap { $0["shards"] as? Int }.min())
        #expect(plan["shards"] as? Int == taken["shards"] as? Int && plan["is_possible"] as? Bool == true)

        let never = try run(lists + ["--budget-passes", "1", "--json"]).object()
        #expect(never["recommended"] is NSNull && never["is_possible"] as? Bool == false)
        #expect(try run(lists + ["--budget-passes", "1"]).output.contains("none of them keeps the limits"))

        let level = ["--seconds-per-pass", "0.1", "--repair-within", "30m", "--percentile", "90"]
        let timed = try run(lists + level + ["--json"]).object()
        for choice in try #require(timed["choices"] as? [[String: Any]]) {
            let seconds = try #require(choice["repair_seconds"] as? Double)
            #expect(choice["within_limits"] as? Bool == (seconds <= 1800))
            #expect(seconds > (try #require(choice["seconds"] as? Double)) * 0.9)
        }
        #expect(try run(lists + level).output.contains("recommended: "))
        try TestFolder.with { folder in
            let file = folder.appending(path: "accuracy.csv")
            try Data("shards,accuracy\n1,0.95\n5,0.92\n10,0.93\n20,0.90\n".utf8).write(to: file)
            let measured = try run(lists + ["--budget-passes", "1e9", "--accuracy", file.path, "--json"]).object()
            let best = try #require(measured["recommended"] as? [String: Any])
            #expect(best["shards"] as? Int == 10 && best["accuracy"] as? Double == 0.93)
            #expect(abs(try #require(best["accuracy_price"] as? Double) - 0.02) < 1e-9)
        }
    }

    @Test func secondsComeFromAWorkspaceOrARun() throws {
        try CommandFixture.with { fixture in
            let before = try TestFolder.contents(fixture.workspace)
            let plan = try fixture.program.run("cost", "plan", "--workspace", "workspace", "--json").object()
            #expect(plan["records"] as? Int == 24 && plan["shards"] as? Int == 3 && plan["slices"] as? Int == 4)
            #expect(plan["epochs"] as? Double == 6)
            let seconds = try #require(plan["seconds"] as? [String: Any])
            #expect(seconds["source"] as? String == "workspace" && seconds["per_record_pass"] as? Double ?? 0 > 0)
            let storage = try #require(plan["storage"] as? [String: Any])
            #expect(storage["checkpoints"] as? Int == 12 && storage["bytes"] as? Double ?? 0 > 0)
            #expect(try TestFolder.contents(fixture.workspace) == before)

            let run = try fixture.program.run(
                "cost", "plan", "--calibrate", "toy", "--records", "1000", "--threads", "1", "--json"
            ).object()
            let measured = try #require(run["seconds"] as? [String: Any])
            #expect(measured["source"] as? String == "run" && measured["from"] as? String == "toy")
            #expect(measured["record_passes_measured"] as? Int ?? 0 >= 256)
            let each = try #require(measured["per_record_pass"] as? Double)
            let expected = try #require((run["as_trained"] as? [String: Any])?["expected_record_passes"] as? Double)
            #expect(abs(try #require(measured["expected"] as? Double) - each * expected) <= 1e-9 * each * expected)
            let people = try fixture.program.run("cost", "plan", "--workspace", "workspace", "--shards", "2,3")
            #expect(people.code == 0 && people.output.contains("from the") && people.output.contains("storage: "))
        }
    }

    @Test(arguments: [
        [], ["--records", "0"], ["--records", "-3"], ["--records", "99999999999999999999"], ["--records", "many"],
        ["--records", "9", "--shards", "0"], ["--records", "9", "--shards", "5,,6"],
        ["--records", "9", "--shards", "5,x"],
        ["--records", "9", "--shards", "1000000", "--slices", "2"],
        ["--records", "9", "--shards", "9223372036854775807"],
        ["--records", "9", "--epochs", "0"], ["--records", "9", "--epochs", "nan"],
        ["--records", "9", "--requests", "0"],
        ["--records", "9", "--requests", "10"], ["--records", "9", "--requests", "nan"],
        ["--records", "9", "--rate", "often"], ["--records", "9", "--rate", "1/day", "--window", "soon"],
        ["--records", "9", "--window", "1d"], ["--records", "9", "--rate", "1/day", "--requests", "1"],
        ["--records", "9", "--seconds-per-pass", "0"], ["--records", "9", "--seconds-per-pass", "nan"],
        ["--records", "9", "--budget-passes=-1"], ["--records", "9", "--budget-seconds", "5"],
        ["--records", "9", "--repair-within", "1h"], ["--records", "9", "--percentile", "100"],
        ["--records", "9", "--percentile", "nan"], ["--records", "9", "--adapter-bytes", "inf"],
        ["--records", "9", "--data", "x.csv"], ["--records", "9", "--seconds-per-pass", "1", "--workspace", "w"],
        ["--records", "9", "--seconds-per-pass", "1", "--repair-within", "later"]
    ])
    func wrongUsageIs64(arguments: [String]) throws {
        try refused(arguments, 64)
        try refused(arguments + ["--json"], 64)
    }

    @Test func missingAndMalformedFilesAreTold() throws {
        try refused(["--records", "9", "--accuracy", "nothing.csv"], 66)
        try refused(["--workspace", "nothing"], 66)
        try refused(["--records", "9", "--calibrate", "nothing"], 66)
        try TestFolder.with { folder in
            let file = folder.appending(path: "bad.csv")
            try Data("shards,accuracy\n5,92\n".utf8).write(to: file)
            try refused(["--records", "9", "--accuracy", file.path], 65)
        }
    }

    @Test func hugeNumbersEndSoon() throws {
        let records = ["--records", "1000000000000", "--requests", "1000000000"]
        for cells in [["1", "1000000"], ["1000000", "1"], ["1000", "1000"]] {
            let outcome = try run(records + ["--shards", cells[0], "--slices", cells[1], "--json"])
            #expect(outcome.code == 0, "\(outcome.everything)")
            let fraction = try #require(try outcome.object()["fraction_of_full_retrain"] as? Double)
            #expect((0...1).contains(fraction))
        }
    }

    private func refused(_ arguments: [String], _ code: Int32) throws {
        let outcome = try run(arguments)
        #expect(outcome.code == code, "\(arguments) \(outcome.everything)")
        #expect(outcome.output.isEmpty && outcome.errors.lowercased().hasPrefix("error: "))
    }
}
