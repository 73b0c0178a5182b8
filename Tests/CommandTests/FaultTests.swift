import Foundation
import TestSupport
import Testing

/// Every system call that changes a file fails once, in every way there is: killed before it, an error, a full disk,
/// half a write.
///
/// Then the command is given again, on a machine that works, and the workspace must be that of a run in which nothing
/// failed.
@Suite(.enabled(if: Faults.compiler != nil, "needs clang, which comes with Swift")) struct FaultTests {
    static let ways = ["kill", "eio", "enospc", "short"]
    private static let gone = "toy-07"

    /// What there should be, and a workspace to begin with.
    private func with(_ body: (CommandFixture, Faults) throws -> Void) throws {
        try CommandFixture.with { fixture in
            let faults = try Faults(folder: fixture.folder)
            try body(fixture, faults)
        }
    }

    private func files(_ workspace: URL) throws -> [String: Data] {
        try TestFolder.contents(workspace).filter { path, _ in
            ["checkpoints", "records", "features", "index"].contains(where: path.hasPrefix)
        }
    }

    private func expectNothing(of words: [String], in workspace: URL, _ comment: Comment) throws {
        for (path, data) in try TestFolder.contents(workspace) {
            for word in words where data.range(of: Data(word.utf8)) != nil {
                Issue.record("\(path) holds what was deleted: \(comment)")
            }
        }
    }

    /// Runs `command` once with each fault on a fresh copy of `start`, then `mend`, and compares with `truth`.
    private func sweep(
        _ fixture: CommandFixture, _ faults: Faults, from start: URL?, _ command: [String], way: String, step: Int = 1,
        deletions: Int = 0, truth: [String: Data], mend: (Program) throws -> Void
    ) throws -> Int {
        func prepare() throws {
            try? FileManager.default.removeItem(at: fixture.workspace)
            if let start { try FileManager.default.copyItem(at: start, to: fixture.workspace) }
        }
        let command = command + (command[0] == "key" ? [] : ["--threads", "1"])
        try prepare()
        let points = try faults.count(fixture.program, command)
        for point in stride(from: 1, through: points, by: step) {
            let comment: Comment = "\(command[0]), \(way) at call \(point) of \(points)"
            try prepare()
            let outcome = try faults.run(fixture.program, command, "\(point):\(way)")
            #expect(outcome.code == nil ? way == "kill" : way != "kill", comment)
            // What failed is told in words, not in statements.
            for word in ["SQL", "INSERT", "PRAGMA", "SELECT"] {
                #expect(!outcome.errors.contains(word), "\(comment): \(outcome.errors)")
            }
            // Whatever state this is, it answers, from clean stages only, or says why not.
            if start != nil { #expect(try fixture.program.run("predict", "rain").code == 0, comment) }
            try mend(fixture.program)
            #expect(try files(fixture.workspace) == truth, comment)
            // What happened is in the log, whoever wrote it there, and every deletion that was accepted has its
            // receipt.
            let log = try fixture.program.run("log", "consistency")
            #expect(log.code == 0, "\(comment): \(log.everything)")
            let entries = try fixture.program.run("log", "--json").json() as? [[String: Any]] ?? []
            let accepted = entries.count { $0["event"] as? String == "delete" }
            let receipts = try TestFolder.contents(fixture.workspace).keys.filter { $0.hasPrefix("receipts/") }
            #expect(receipts.count == accepted && accepted == deletions, comment)
        }
        return points
    }

    @Test(arguments: ways) func aDeletionThatFailsAnywhereIsFinishedByTheNext(way: String) throws {
        try with { fixture, faults in
            let (start, text) = (fixture.folder.appending(path: "start"), try self.text())
            try FileManager.default.copyItem(at: fixture.workspace, to: start)
            try #require(try fixture.program.run("delete", Self.gone).code == 0)
            let truth = try files(fixture.workspace)
            let points = try sweep(
                fixture, faults, from: start, ["delete", Self.gone], way: way, deletions: 1, truth: truth
            ) { program in
                // Where only the answer was lost, the receipt is there.
                #expect(try program.run("delete", Self.gone).code == 0)
                #expect(try program.run("repair").code == 0)
                try expectNothing(of: [Self.gone, text], in: fixture.workspace, "\(way)")
            }
            try faults.tell(points, "a deletion", way)
        }
    }

    @Test(arguments: ways) func aDeferredDeletionAndItsRepairSurviveToo(way: String) throws {
        try with { fixture, faults in
            let start = fixture.folder.appending(path: "start")
            try #require(try fixture.program.run("delete", Self.gone, "--defer").code == 0)
            try FileManager.default.copyItem(at: fixture.workspace, to: start)
            try #require(try fixture.program.run("repair").code == 0)
            let truth = try files(fixture.workspace)
            let points = try sweep(fixture, faults, from: start, ["repair"], way: way, deletions: 1, truth: truth) {
                program in
                let code = try program.run("repair").code
                #expect(code == 0)
            }
            try faults.tell(points, "a repair", way)
        }
    }

    @Test(arguments: ways) func anAdditionThatFailsAnywhereIsAllOrNone(way: String) throws {
        try with { fixture, faults in
            let start = fixture.folder.appending(path: "start")
            let new = [
                ToyRecord(id: "new-1", owner: "ada", text: "Hail and wind from the west.", label: "weather"),
                ToyRecord(id: "new-2", owner: "zoe", text: "A warm loaf of bread.", label: "food")
            ]
            try ToyWorld.write(new, to: fixture.folder.appending(path: "new.jsonl"))
            try FileManager.default.copyItem(at: fixture.workspace, to: start)
            try #require(try fixture.program.run("add", "new.jsonl").code == 0)
            let truth = try files(fixture.workspace)
            let points = try sweep(
                fixture, faults, from: start, ["add", "new.jsonl"], way: way, truth: truth
            ) { program in
                // In already, where only what followed was lost.
                let code = try program.run("add", "new.jsonl").code
                #expect(code == 0 || code == 65)
                #expect(try program.run("repair").code == 0 && program.run("train").code == 0)
                #expect(!FileManager.default.fileExists(atPath: fixture.workspace.appending(path: "additions").path))
            }
            try faults.tell(points, "an addition", way)
        }
    }

    @Test(arguments: ways) func aRotationOfTheKeyThatFailsAnywhereLeavesOneKeyThatSigns(way: String) throws {
        try with { fixture, faults in
            let start = fixture.folder.appending(path: "start")
            try FileManager.default.copyItem(at: fixture.workspace, to: start)
            let truth = try files(fixture.workspace)
            let points = try sweep(
                fixture, faults, from: start, ["key", "rotate"], way: way, truth: truth
            ) { program in
                #expect(try program.run("repair").code == 0 && program.run("key", "rotate").code == 0)
                let left = try TestFolder.contents(fixture.workspace).keys.filter { $0.hasPrefix("signing-key") }
                #expect(left == ["signing-key.pem"])
            }
            try faults.tell(points, "a rotation of the key", way)
        }
    }

    // A training makes hundreds of files in few ways; SISA_ALL_FAULTS=1 tries every call.
    @Test(arguments: ways) func aTrainingThatFailsAnywhereIsFinishedByTheNext(way: String) throws {
        try with { fixture, faults in
            let truth = try files(fixture.workspace)
            let isWhole = ProcessInfo.processInfo.environment["SISA_ALL_FAULTS"] != nil
            let train = ["train", "toy", "--key", "key.txt"]
            let points = try sweep(
                fixture, faults, from: nil, train, way: way, step: isWhole ? 1 : 11, truth: truth
            ) { program in
                let outcome = try program.run(train)
                #expect(outcome.code == 0, "\(outcome.everything)")
            }
            try faults.tell(points, "a training", way + (isWhole ? "" : ", every 11th tried"))
        }
    }

    private func text() throws -> String {
        try #require(try ToyRecord.all().first { $0.id == Self.gone }).text
    }
}
