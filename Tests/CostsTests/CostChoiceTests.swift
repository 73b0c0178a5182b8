import Foundation
import TestSupport
import Testing

@testable import Costs
@testable import Unlearning

@Suite struct CostChoiceTests {
    private func choices(_ accuracies: [Int: Double] = [:]) throws -> [CostChoice] {
        try [20, 10, 5].flatMap { shards in
            try [8, 2].map { slices in
                let forecast = try CostForecast(
                    records: 10_000, shards: shards, slices: slices, epochs: 10, requests: 1)
                let passes = forecast.batch(forecast.trained).expected
                return CostChoice(
                    forecast: forecast, passes: passes, seconds: passes / 1000, repairSeconds: passes / 500,
                    accuracy: accuracies[shards])
            }
        }
    }

    @Test func theFewestShardsThenSlicesWithinTheLimits() throws {
        let choices = try choices()
        for limit in [0.0, 3000, 5000, 8000, 15_000, 1e9] {
            let taken = CostChoice.recommended(choices, .init(passes: limit))
            let kept = choices.filter { $0.passes <= limit }
            #expect((taken == nil) == kept.isEmpty)
            guard let taken else { continue }
            let choice = choices[taken.index]
            #expect(choice.passes <= limit && taken.reason == .fewestShards)
            #expect(choice.forecast.shards == kept.map(\.forecast.shards).min())
            let same = kept.filter { $0.forecast.shards == choice.forecast.shards }
            #expect(choice.forecast.slices == same.map(\.forecast.slices).min())
        }
        let all = CostChoice.Limits(passes: 8000, seconds: 5, repairSeconds: 12)
        for choice in choices {
            #expect(choice.keeps(all) == (choice.passes <= 5000))
        }
    }

    @Test func measuredAccuraciesDecideWhereAllWereMeasured() throws {
        let measured = try choices([20: 0.9, 10: 0.93, 5: 0.93])
        let taken = try #require(CostChoice.recommended(measured, .init(passes: 1e9)))
        #expect(taken.reason == .mostAccurate)
        #expect(measured[taken.index].forecast.shards == 5 && measured[taken.index].forecast.slices == 2)
        let some = try choices([20: 0.99])
        #expect(CostChoice.recommended(some, .init(passes: 1e9))?.reason == .fewestShards)
        #expect(some.allSatisfy { $0.keeps(.init()) })
        // A limit in seconds is not kept by what was not timed.
        let untimed = CostChoice(forecast: some[0].forecast, passes: 1, seconds: nil, repairSeconds: nil, accuracy: nil)
        #expect(!untimed.keeps(.init(seconds: 1e9)))
    }

    @Test func accuraciesAreReadFromBothForms() throws {
        try TestFolder.with { folder in
            func table(_ text: String) throws -> AccuracyTable {
                let file = folder.appending(path: "accuracy")
                try Data(text.utf8).write(to: file)
                return try AccuracyTable(InputFile(file))
            }
            let known = AccuracyTable([5: 0.92, 20: 0.9])
            for text in [
                "shards,accuracy\n5,0.92\n20,0.90\n", "\u{FEFF}shards,accuracy\n5,0.92\n20,0.90\n",
                "note,shards,accuracy\n\"a, b\u{2028}\nc\",5,0.92\n,20,0.90\n",
                "slices, accuracy ,shards\r\n4,0.92,5\r\n\r\n4,0.9,20",
                " [{\"shards\": 5, \"accuracy\": 0.92, \"note\": 1}, {\"shards\": 20, \"accuracy\": 0.9}]"
            ] {
                let read = try table(text)
                #expect(read == known)
            }
            #expect(known[5] == 0.92 && known[10] == nil && known.price(shards: 10) == nil)
            let price = try #require(known.price(shards: 20))
            #expect(abs(price - 0.02) < 1e-12 && known.price(shards: 5) == 0)
            for text in [
                "", "shards,accuracy", "shards\n5", "shards,accuracy\n5", "shards,accuracy\n0,0.5",
                "shards,accuracy\n5,92",
                "shards,accuracy\n5,nan", "[]", "[{\"shards\": 5}]", "[1", "shards,accuracy\n5.5,0.5"
            ] {
                #expect(throws: CostPlanError.self, "\(text)") { try table(text) }
            }
            #expect(throws: CostPlanError.accuracyMalformed(path: folder.path + "/accuracy", line: 4)) {
                try table("shards,accuracy\n5,0.92\n\n20,many\n")
            }
            #expect(throws: InputError(name: folder.path, problem: .folder)) { try AccuracyTable(InputFile(folder)) }
        }
    }

    @Test func aByteOrderMarkMayBeginTablesThatAPersonWrites() throws {
        try TestFolder.with { folder in
            func write(_ text: String, _ name: String) throws -> InputFile {
                let file = folder.appending(path: name)
                try Data([0xEF, 0xBB, 0xBF] + text.utf8).write(to: file)
                return InputFile(file)
            }
            let groups = try write("group,records,probability\na,3,0.5\n", "groups.csv")
            #expect(try GroupTable.read(groups).map(\.name) == ["a"])
            #expect(try AccuracyTable(write("shards,accuracy\n4,0.5\n", "accuracy.csv")).shards == [4])
            let list = try write("[{\"shards\":4,\"accuracy\":0.5}]", "accuracy.json")
            #expect(try AccuracyTable(list).shards == [4])
        }
    }

    @Test func aRateComesFromARunOrFromTheLedger() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let file = try world.file("records.jsonl", records)
            let trial = try TrainingTrial(
                world.recipe, backbone: world.backbone, files: [InputFile(file)], threads: 1, passes: 100, seconds: 0)
            let rate = CostRate(trial, name: "toy")
            #expect(rate.secondsPerPass > 0 && rate.source == .run(recipe: "toy"))
            // 24 records, whole stages.
            #expect(rate.recordPasses == 120)
            let workspace = try world.workspace("subject", records)
            // With as many threads nothing was kept.
            let ledger = try workspace.costRate(threads: 7)
            let forecast = try #require(workspace.forecast(threads: 1))
            #expect(try workspace.costRate(threads: 1).secondsPerPass == forecast.secondsPerPass)
            #expect(ledger.recordPasses == (try workspace.status().recordPasses) && ledger.secondsPerPass > 0)
            #expect(throws: ModelError.self) {
                try TrainingTrial(world.recipe, backbone: world.folder, files: [InputFile(file)], threads: 1)
            }
            #expect(throws: RecordsError.self) {
                try TrainingTrial(world.recipe, backbone: world.backbone, files: [], threads: 1)
            }
            try workspace.delete(records.recordIDs)
            #expect(throws: CostPlanError.nothingMeasured(path: workspace.root.path)) {
                try workspace.costRate(threads: 7)
            }
        }
    }
}
