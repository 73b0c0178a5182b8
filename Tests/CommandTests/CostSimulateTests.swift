import Foundation
import TestSupport
import Testing

/// `sisa cost simulate` as a process: what programs read, what people read, files, and how it refuses.
@Suite struct CostSimulateTests {
    private static let small = [
        "cost", "simulate", "--records", "5000", "--shards", "10", "--slices", "4", "--requests", "50", "--runs", "3"
    ]

    /// With another option, or another value of one that is there.
    private static func small(with option: [String]) -> [String] {
        guard let index = small.firstIndex(of: option[0]) else { return small + option }
        return Array(small[..<index]) + option + Array(small[(index + option.count)...])
    }

    @Test func jsonHasWhatOthersHave() throws {
        try TestFolder.with { folder in
            let outcome = try Program(folder: folder).run(Self.small + ["--json"])
            try #require(outcome.code == 0, "\(outcome.everything)")
            let object = try outcome.object()
            let observed = try #require(object["observed_record_passes"] as? Double)
            let interval = try #require(object["observed_record_passes_interval"] as? [String: Double])
            #expect(try #require(interval["low"]) < observed)
            #expect(try #require(interval["high"]) > observed)
            #expect(try #require(object["expected_record_passes"] as? Double) > 0)
            #expect(try #require(object["fraction_of_full_retrain"] as? Double) > 0)
            #expect(object["no_expectation_because"] is NSNull)
            for key in ["seconds_until_repaired", "queue", "degraded_share"] { #expect(object[key] is [String: Any]) }
            #expect(try Program(folder: folder).run(Self.small + ["--json"]).output == outcome.output)
        }
    }

    /// The SVHN-sized row of docs/cost.md: a batch of 8 of 250,000 in 20 shards of 50 slices, as the paper counts.
    @Test func theExpectationIsThatOfThePlan() throws {
        try TestFolder.with { folder in
            let shape = [
                "--records", "250000", "--shards", "20", "--slices", "50", "--requests", "8", "--weights", "paper"
            ]
            let batch = try Program(folder: folder).run(["cost", "simulate", "--json", "--policy", "count:8"] + shape)
            let passes = try #require(batch.object()["expected_record_passes"] as? Double)
            #expect((passes * 10).rounded() / 10 == 59_084.7)
            let sequential = try Program(folder: folder).run(["cost", "simulate", "--json"] + shape)
            let one = try #require(sequential.object()["expected_record_passes"] as? Double)
            #expect((one * 10).rounded() / 10 == 67_324.4)
        }
    }

    /// Requests for most of the records: what is told is what is then observed.
    @Test func requestsForMostRecordsHaveTheExpectationOfDifferentRecords() throws {
        try TestFolder.with { folder in
            let shape = [
                "cost", "simulate", "--records", "210", "--shards", "7", "--slices", "3", "--epochs", "4",
                "--seconds-per-pass", "1e-9",
                "--runs", "2000", "--requests"
            ]
            let program = Program(folder: folder)
            let object = try program.run(shape + ["150", "--json"]).object()
            let interval = try #require(object["observed_record_passes_interval"] as? [String: Double])
            let (low, high) = (try #require(interval["low"]), try #require(interval["high"]))
            let distinct = try #require(object["expected_record_passes_distinct"] as? Double)
            #expect(distinct > low - (high - low) / 2 && distinct < high + (high - low) / 2)
            #expect((distinct * 10).rounded() / 10 == 8613.9)
            #expect(try #require(object["expected_record_passes"] as? Double).rounded() == 8433)
            #expect(try program.run(shape + ["150"]).output.contains("expected, of different records"))
            #expect(try !program.run(shape + ["2"]).output.contains("of different records"))
        }
    }

    @Test func withoutAFormulaTheExpectationIsNullAndSaysWhy() throws {
        try TestFolder.with { folder in
            let outcome = try Program(folder: folder).run(
                Self.small(with: ["--runs", "1"]) + ["--stream", "adversarial", "--json"])
            let object = try outcome.object()
            #expect(object["expected_record_passes"] is NSNull)
            #expect(object["no_expectation_because"] is String)
            #expect(object["observed_record_passes_interval"] is NSNull)
        }
    }

    @Test func filesAreWrittenBesideTheAnswer() throws {
        try TestFolder.with { folder in
            let requests = folder.appending(path: "requests.csv")
            try Data("time,id\n2024-01-01,ann\n2024-01-02T12:00:00Z,bob\n2024-01-02T12:00:00Z,ann\n".utf8).write(
                to: requests)
            let outcome = try Program(folder: folder).run(
                "cost", "simulate", "--records", "100", "--shards", "3", "--slices", "4", "--trace", "requests.csv",
                "--placement", "hashed", "--csv", "course.csv", "--svg", "course.svg", "--runs", "2")
            try #require(outcome.code == 0, "\(outcome.everything)")
            #expect(outcome.output.contains("record-passes"))
            #expect(outcome.output.contains("for records that were gone"))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names == ["course.csv", "course.svg", "requests.csv"])
            let csv = try String(contentsOf: folder.appending(path: "course.csv"), encoding: .utf8)
            #expect(csv.hasPrefix("run,time,requests,record_passes,queue,degraded_shards,queue_mean\n1,"))
        }
    }

    private static let badInput: [([String], Int32)] = [
        (["--records", "0"], 64), (["--records", "x"], 64), (["--shards", "9223372036854775807"], 64),
        (["--slices", "0"], 64), (["--epochs", "nan"], 64), (["--requests", "5001"], 64),
        (["--rate", "5/day", "--days", "3"], 64), (["--rate", "5"], 64), (["--rate", "nan/day"], 64),
        (["--rate", "-1/day"], 64),
        (["--days", "3", "--months", "3"], 64), (["--months", "inf"], 64), (["--stream", "zipf"], 64),
        (["--policy", "later"], 64), (["--policy", "window:6"], 64), (["--workers", "0"], 64), (["--runs", "0"], 64),
        (["--placement", "owners"], 64), (["--seed", "-1"], 64), (["--seconds-per-pass", "1e400"], 64),
        (["--csv", "no/such/folder/x.csv"], 73), (["--svg", "no/such/folder/x.svg"], 73)
    ]

    @Test(arguments: badInput)
    func badInputIsRefused(arguments: [String], code: Int32) throws {
        try TestFolder.with { folder in
            let outcome = try Program(folder: folder).run(Self.small(with: arguments))
            #expect(outcome.code == code, "\(outcome.everything)")
            #expect(outcome.output.isEmpty)
            #expect(!outcome.errors.isEmpty)
            #expect(try TestFolder.contents(folder).isEmpty)
        }
    }

    @Test func aBadTraceIsToldWithFileAndLine() throws {
        try TestFolder.with { folder in
            try Data("time,record\n5,1\n4,2\n".utf8).write(to: folder.appending(path: "requests.csv"))
            let start = ["cost", "simulate", "--records", "100", "--shards", "3", "--slices", "4", "--trace"]
            let outcome = try Program(folder: folder).run(start + ["requests.csv"])
            #expect(outcome.code == 65)
            #expect(outcome.errors.contains("requests.csv:3: "))
            #expect(try Program(folder: folder).run(start + ["nothing.csv"]).code == 66)
        }
    }
}
