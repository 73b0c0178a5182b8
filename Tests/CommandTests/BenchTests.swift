import Foundation
import TestSupport
import Testing

/// What `bench` prints for programs, and what it says to slips. How fast anything is, is no test's business.
@Suite struct BenchTests {
    private func with(_ body: (CommandFixture, Program) throws -> Void) throws {
        try CommandFixture.with(trained: false) { fixture in
            try body(fixture, Program(folder: fixture.folder, name: "bench"))
        }
    }

    private func rows(_ outcome: Program.Outcome) throws -> [[String: Any]] {
        try #require(outcome.code == 0, "\(outcome.everything)")
        return try #require(try outcome.json() as? [[String: Any]])
    }

    @Test func kernelsAreAList() throws {
        try with { _, bench in
            for row in try rows(bench.run("kernels", "--shape", "37x", "--seconds", "0.0001", "--json")) {
                #expect(row["shape"] is String && row["isa"] is String)
                #expect(try #require(row["gflops"] as? Double) > 0)
                #expect(try #require(row["fraction_of_peak"] as? Double) > 0)
            }
        }
    }

    @Test func aStepSaysHowFastItWas() throws {
        try with { _, bench in
            let outcome = try bench.run(
                "step", "--backbone", "toy/backbone", "--data", "toy/records.csv", "--layers", "1", "--seconds", "0.01",
                "--threads", "2", "--max-tokens", "16", "--peer", "echo '{\"tokens_per_second\": 2.0}'", "--json")
            let object = try outcome.object()
            #expect(outcome.code == 0 && object["threads"] as? Int == 2 && object["layers"] as? String == "1")
            let rate = try #require(object["tokens_per_second"] as? Double)
            // Numbers may lose a bit on their way through JSON.
            let ratio = try #require(object["ratio"] as? Double)
            #expect(abs(ratio * 2 / rate - 1) < 1e-9)
            #expect(object["fraction_of_peak"] is Double)
        }
    }

    @Test func aDeletionIsComparedWithATraining() throws {
        try with { fixture, bench in
            let outcome = try bench.run("delete", "--recipe", "toy", "--folder", ".", "--json")
            let object = try outcome.object()
            try #require(outcome.code == 0, "\(outcome.everything)")
            let (full, delete) = (object["full_seconds"] as? Double, object["delete_seconds"] as? Double)
            let ratio = try #require(object["ratio"] as? Double) * #require(delete) / #require(full)
            #expect(abs(ratio - 1) < 1e-9)
            #expect(object["shards"] as? Int == 3 && object["slices"] as? Int == 4)
            #expect((object["deletions"] as? [Any])?.count == 4)
            let left = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
            #expect(!left.contains { $0.hasPrefix("sisa-bench") })
        }
    }

    @Test func answersAreAListByShardsAndAdapter() throws {
        try with { _, bench in
            let rows = try rows(
                bench.run(
                    "predict", "--backbone", "toy/backbone", "--data", "toy/records.csv", "--adapters", "head",
                    "--shards", "1,3", "--texts", "8", "--calls", "3", "--max-tokens", "16", "--json"))
            #expect(rows.map { $0["shards"] as? Int } == [1, 3])
            for row in rows {
                #expect(row["adapter"] as? String == "head")
                for name in ["texts_per_second", "p50_ms", "p99_ms", "ratio_to_one"] { #expect(row[name] is Double) }
            }
        }
    }

    static let slips: [[String]] = [
        ["step", "--threads", "1000000"], ["step", "--batch", "9223372036854775807"], ["step", "--max-tokens", "1"],
        ["step", "--labels", "1000000000000"], ["step", "--seconds", "nan"], ["step", "--layers", "9"],
        ["predict", "--texts=-5"], ["predict", "--labels=-3"], ["predict", "--shards", ""],
        ["predict", "--shards", "999999999"], ["predict", "--adapters", ""], ["kernels", "--seconds", "nan"],
        ["kernels", "--isa", "mmx"], ["kernels", "--shape", "none"], ["delete", "--deletions=-1"],
        ["delete", "--recipe", "toy", "--sisa", "/bin/true"],
        ["delete", "--recipe", "toy", "--sisa", "missing"], ["delete", "--recipe", "toy", "--folder", "missing/x"],
        ["scale", "--records", ""], ["scale", "--records", "1"], ["ledger", "--shards", ""], ["ledger", "--seconds=-1"]
    ]

    @Test(arguments: slips) func aSlipIsToldBeforeAnythingRuns(_ slip: [String]) throws {
        try with { fixture, bench in
            let isStep = slip[0] == "step" || slip[0] == "predict"
            let files = isStep ? ["--backbone", "toy/backbone", "--data", "toy/records.csv"] : []
            let outcome = try bench.run(slip + files)
            // By its own decision: nil is a signal.
            #expect(outcome.code != nil && outcome.code != 0)
            #expect(outcome.errors.contains("Error: "), "\(outcome.everything)")
            let left = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
            #expect(!left.contains { $0.hasPrefix("sisa-bench") } && !left.contains("missing"))
        }
    }

    @Test func theInstructionSetOfTheEnvironmentIsMeant() throws {
        try with { _, bench in
            var bench = bench
            bench.environment["SISA_ISA"] = "mmx"
            let outcome = try bench.run("ledger", "--seconds", "0.001")
            #expect(outcome.code == 64 && outcome.errors.contains("SISA_ISA is \"mmx\""))
        }
    }
}
