import Foundation
import TestSupport
import Testing

/// Every command on a good day: what it prints for programs, and that people get something too.
@Suite struct HappyPathTests {
    @Test func trainTellsWhatItMadeAndThenThatNothingIsLeftToDo() throws {
        try CommandFixture.with(trained: false) { fixture in
            let first = try fixture.program.run("train", "toy", "--json")
            #expect(first.code == 0 && first.errors.isEmpty, "\(first.errors)")
            let report = try first.object()
            #expect(report["records"] as? Int == 24)
            #expect(report["shards"] as? Int == 3 && report["slices"] as? Int == 4)
            #expect(report["stages_trained"] as? Int ?? 0 >= 3)
            #expect(report["record_passes"] as? Int ?? 0 > 0 && report["bytes_stored"] as? Int ?? 0 > 0)
            #expect(report["seconds"] is Double && report["workspace"] is String)

            let again = try fixture.program.run("train", "--json")
            #expect(again.code == 0)
            #expect(try again.object()["stages_trained"] as? Int == 0)
            let forPeople = try fixture.program.run("train", "toy")
            #expect(forPeople.code == 0 && forPeople.output.hasPrefix("up to date: 24 records"))
        }
    }

    @Test func listsOwnersAndDeferredDeletionsAreOneRequestEach() throws {
        try CommandFixture.with { fixture in
            let list = fixture.folder.appending(path: "erase.txt")
            try Data("\u{FEFF}toy-01\r\n\ntoy-05\n".utf8).write(to: list)
            let plan = try fixture.program.run("delete", "toy-07", "--ids", "erase.txt", "--dry-run", "--json").object()
            #expect(plan["records_deleted"] as? Int == 3 && plan["duplicates_left"] as? [String] == [])
            let deferred = try fixture.program.run("delete", "--ids", "erase.txt", "--defer", "--json").object()
            #expect(deferred["repaired"] as? Bool == false)
            let repair = try fixture.program.run("repair", "--json").object()
            #expect(try #require(repair["stages_trained"] as? Int) > 0 && repair["shards_left"] as? Int == 0)
            #expect(try fixture.program.run("repair").output == "nothing to repair\n")
            #expect(try fixture.program.run("delete", "--owner", "ben").code == 0)
            #expect(try fixture.program.run("delete", "--owner", "ben").code == 65)
            #expect(try fixture.program.run("verify").code == 0)
        }
    }

    @Test func unknownIdsArePassedOverAndCounted() throws {
        try CommandFixture.with { fixture in
            let ids = (1...30).map { "no-\($0)" } + ["toy-03"]
            let refused = try fixture.program.run(["delete"] + ids)
            #expect(refused.code == 65 && refused.errors.contains("\"no-20\" and 10 more"), "\(refused.errors)")
            let arguments = ["delete", "--ignore-unknown", "--json"] + ids
            let report = try fixture.program.run(arguments).object()
            #expect(report["records_deleted"] as? Int == 1 && report["unknown"] as? [String] == Array(ids.dropLast()))
            let again = try fixture.program.run(arguments)
            #expect(try again.code == 0 && again.object()["receipt"] as? String == report["receipt"] as? String)
            let people = try fixture.program.run("delete", "--ignore-unknown", "no-1", "toy-04")
            #expect(people.code == 0 && people.output.hasPrefix("1 id(s) passed over"))
            #expect(try fixture.program.run("delete", "--ignore-unknown", "no-1").code == 65)
        }
    }

    @Test func labelsAreListedAsARecipeWantsThem() throws {
        try CommandFixture.with(trained: false) { fixture in
            let listed = try fixture.program.run("labels", "toy/records.csv")
            #expect(listed.output == "labels:\n  - food\n  - travel\n  - weather\n")
            try fixture.editRecipe("labels: [weather, food, travel]\n", listed.output)
            #expect(try fixture.program.run("train", "toy").code == 0)
            let json = try fixture.program.run("labels", "toy/records.csv", "--column", "owner", "--json").object()
            #expect(json["column"] as? String == "owner")
            let input = Data("{\"kind\": 7}\n{\"kind\": \"no\"}\n{\"kind\": 7}\n".utf8)
            let arguments = ["labels", "-", "--column", "kind", "--format", "jsonl"]
            #expect(try fixture.program.run(arguments, input: input).output == "labels:\n  - \"7\"\n  - \"no\"\n")
            let counted = try fixture.program.run(arguments + ["--json"], input: input).object()
            let labels = try #require(counted["labels"] as? [[String: Any]])
            #expect(labels.map { $0["records"] as? Int } == [2, 1] && counted["records"] as? Int == 3)
            for (file, code) in [("nothing.csv", Int32(66)), ("toy", 66), ("toy/recipe.yaml", 65)] {
                #expect(try fixture.program.run("labels", file).code == code)
            }
            #expect(
                try fixture.program.run("labels", "toy/records.csv", "--column", "lable").errors.contains("`label`?"))
        }
    }

    @Test func aCheckOfFilesNamesTheDamagedOne() throws {
        try CommandFixture.with { fixture in
            let sound = try fixture.program.run("fsck", "--json").object()
            #expect(sound["sound"] as? Bool == true && (sound["damages"] as? [Any])?.isEmpty == true)
            let name = try #require(try TestFolder.contents(fixture.workspace).keys.first { $0.hasSuffix(".zst") })
            try Data("no".utf8).write(to: fixture.workspace.appending(path: name))
            let damaged = try fixture.program.run("fsck")
            #expect(damaged.code == 65 && damaged.output.contains(name))
            #expect(try fixture.program.run("train").code == 0)
            #expect(try fixture.program.run("fsck").code == 0)
        }
    }

    @Test func anAuditFindsWhatIsThereAndNothingElse() throws {
        try CommandFixture.with { fixture in
            let found = try fixture.program.run("audit", "--residues", "toy-07", "--json")
            #expect(try found.code == 65 && found.object()["clean"] as? Bool == false)
            #expect(try fixture.program.run("delete", "toy-07").code == 0)
            let clean = try fixture.program.run("audit", "--residues", "toy-07", "--residues", "platform nine")
            #expect(clean.code == 65 && !clean.output.contains("toy-07") && clean.output.contains(".jsonl"))
            #expect(try fixture.program.run("audit", "--residues", "toy-07").output == "nothing found\n")
            #expect(try fixture.program.run("audit", "--residues", "abc").code == 64)
        }
    }

    @Test func duplicatesThatAreNotKnownAreNull() throws {
        try CommandFixture.with { fixture in
            try FileManager.default.removeItem(at: fixture.workspace.appending(path: "index"))
            let object = try fixture.program.run("delete", "toy-01", "--json").object()
            #expect(object["duplicates_left"] is NSNull)
        }
    }

    @Test func aListThatCannotBeReadIsToldWithItsLine() throws {
        try CommandFixture.with { fixture in
            #expect(try fixture.program.run("delete", "--ids", "missing.txt").code == 66)
            try Data([0x74, 0x0A, 0x0A, 0xFF, 0x0A]).write(to: fixture.folder.appending(path: "bad.txt"))
            let outcome = try fixture.program.run("delete", "--ids", "bad.txt")
            #expect(outcome.code == 65 && outcome.errors.contains("bad.txt:3: "))
            try Data().write(to: fixture.folder.appending(path: "empty.txt"))
            #expect(try fixture.program.run("delete", "--ids", "empty.txt").code == 64)
            #expect(try fixture.program.run("delete").code == 64)
        }
    }

    @Test func aBackboneThatWasMovedIsFoundAgain() throws {
        try CommandFixture.with { fixture in
            let answer = try fixture.program.run("predict", "rain", "--json").output
            try FileManager.default.moveItem(
                at: fixture.folder.appending(path: "toy/backbone"), to: fixture.folder.appending(path: "moved"))
            #expect(try fixture.program.run("predict", "rain").code == 66)
            #expect(try fixture.program.run("train", "--backbone", "moved").code == 0)
            #expect(try fixture.program.run("predict", "rain", "--json").output == answer)
        }
    }

    @Test func predictGivesLabelAndProbabilityAndWithExplainEachVote() throws {
        try CommandFixture.with { fixture in
            let outcome = try fixture.program.run("predict", "rain and wind", "soup", "--json", "--explain")
            #expect(outcome.code == 0 && outcome.errors.isEmpty)
            let answers = try #require(try outcome.json() as? [[String: Any]])
            #expect(answers.count == 2)
            for (index, answer) in answers.enumerated() {
                #expect(answer["index"] as? Int == index)
                let label = try #require(answer["label"] as? String)
                #expect(["weather", "food", "travel"].contains(label))
                let probabilities = try #require(answer["probabilities"] as? [String: Double])
                #expect(probabilities.count == 3 && probabilities[label] == answer["probability"] as? Double)
                #expect((probabilities.values.reduce(0, +) - 1).magnitude < 1e-5)
                let votes = try #require(answer["votes"] as? [[String: Any]])
                #expect(votes.compactMap { $0["shard"] as? Int } == [1, 2, 3])
                #expect(votes.compactMap { $0["records"] as? Int }.reduce(0, +) == 24)
            }
            let forPeople = try fixture.program.run("predict", "rain and wind")
            #expect(forPeople.code == 0 && forPeople.output.hasPrefix("text  label"))
        }
    }

    @Test func predictReadsFilesOfTextsAndOfRecords() throws {
        try CommandFixture.with { fixture in
            let lines = fixture.folder.appending(path: "texts.txt")
            try Data("rain\nsoup\n".utf8).write(to: lines)
            let plain = try fixture.program.run("predict", "--input", lines.path, "--json")
            #expect((try plain.json() as? [Any])?.count == 2)
            let table = try fixture.program.run("predict", "--input", "toy/test.csv", "--json")
            let answers = try #require(try table.json() as? [[String: Any]])
            #expect(answers.count == 9 && answers[0]["id"] as? String == "toy-test-1")
        }
    }

    @Test func evaluateGivesTheAccuracy() throws {
        try CommandFixture.with { fixture in
            for arguments in [["evaluate", "--json"], ["evaluate", "--input", "toy/test.csv", "--json"]] {
                let outcome = try fixture.program.run(arguments)
                #expect(outcome.code == 0, "\(outcome.errors)")
                let report = try outcome.object()
                let (correct, records) = (report["correct"] as? Int ?? -1, report["records"] as? Int ?? -1)
                #expect(records == 9 && report["accuracy"] as? Double == Double(correct) / 9)
                #expect((report["labels"] as? [Any])?.count == 3)
            }
            #expect(try fixture.program.run("evaluate").output.contains("all"))
        }
    }

    @Test func deletePlansThenDeletesThenVerifies() throws {
        try CommandFixture.with { fixture in
            let before = try TestFolder.contents(fixture.workspace)
            let dry = try fixture.program.run("delete", "toy-07", "toy-12", "--dry-run", "--json")
            #expect(dry.code == 0)
            #expect(try TestFolder.contents(fixture.workspace) == before)
            let real = try fixture.program.run("delete", "toy-07", "toy-12", "--json")
            #expect(real.code == 0 && real.errors.isEmpty)
            let (plan, report) = (try dry.object(), try real.object())
            #expect(plan["dry_run"] as? Bool == true && report["dry_run"] as? Bool == false)
            for field in ["shard", "slice", "records_deleted", "records_retrained", "record_passes"] {
                let value = try #require(report[field] as? Int, "\(field)")
                #expect(value == plan[field] as? Int && value > 0, "\(field)")
            }
            let fraction = try #require(report["fraction_of_full_retrain"] as? Double)
            #expect(fraction > 0 && fraction <= 1)
            #expect(report["seconds"] as? Double ?? 0 > 0)
            #expect((report["shards"] as? [Any])?.isEmpty == false)

            let verified = try fixture.program.run("verify", "--json")
            #expect(verified.code == 0)
            #expect(try verified.object()["identical"] as? Bool == true)
            #expect(try fixture.program.run("verify", "--shard", "1").output.hasPrefix("verified: bit-identical"))
            #expect(try fixture.program.run("delete", "toy-01").output.contains("forgotten after"))
        }
    }

    @Test func statusTellsOfEveryShard() throws {
        try CommandFixture.with { fixture in
            let outcome = try fixture.program.run("status", "--json")
            #expect(outcome.code == 0)
            let shards = try #require(try outcome.object()["shards"] as? [[String: Any]])
            #expect(shards.compactMap { $0["records"] as? Int }.reduce(0, +) == 24)
            #expect(shards.compactMap { $0["slices"] as? Int } == [4, 4, 4])
            #expect(shards.compactMap { $0["state"] as? String } == .init(repeating: "retrain-equivalent", count: 3))
            #expect(try fixture.program.run("status").output.contains("retrain-equivalent"))
        }
    }

    @Test func afterTheLastRecordNothingIsLeft() throws {
        try CommandFixture.with { fixture in
            let ids = try ToyRecord.all().map(\.id)
            let outcome = try fixture.program.run(["delete", "--json"] + ids)
            #expect(outcome.code == 0)
            #expect(try outcome.object()["fraction_of_full_retrain"] as? Double == 0)
            let shards = try #require(
                try fixture.program.run("status", "--json").object()["shards"] as? [[String: Any]])
            #expect(shards.compactMap { $0["state"] as? String } == ["empty", "empty", "empty"])
            #expect(try fixture.program.run("predict", "rain").code == 69)
            #expect(try fixture.program.run("verify").code == 0)
        }
    }
}
