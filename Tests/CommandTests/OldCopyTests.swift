import Foundation
import TestSupport
import Testing

/// A workspace that was restored from an old copy: records may be in it that were deleted since.
@Suite struct OldCopyTests {
    /// The folder of a copy from before the deletion of toy-07, and the receipt of that deletion. `isBesideNewLog`: The
    /// copy's log and key are the newest ones.
    private func with(isBesideNewLog: Bool, _ body: (CommandFixture, _ receipt: String) throws -> Void) throws {
        try CommandFixture.with { fixture in
            let (manager, old) = (FileManager.default, fixture.folder.appending(path: "old"))
            try manager.copyItem(at: fixture.workspace, to: old)
            let outcome = try fixture.program.run("delete", "toy-07", "--json")
            let receipt = fixture.folder.appending(path: "receipt.json")
            try manager.copyItem(atPath: #require(outcome.object()["receipt"] as? String), toPath: receipt.path)
            for name in isBesideNewLog ? ["log", "signing-key.pem"] : [] {
                try manager.removeItem(at: old.appending(path: name))
                try manager.copyItem(at: fixture.workspace.appending(path: name), to: old.appending(path: name))
            }
            try manager.removeItem(at: fixture.workspace)
            try manager.moveItem(at: old, to: fixture.workspace)
            try body(fixture, receipt.path)
        }
    }

    /// What each command does with a workspace that is older than its log: it answers nothing and changes nothing (78),
    /// says what is wrong (65), or does not depend on it (0).
    private static let commands: [(code: Int32, words: [String])] = [
        (78, ["train"]), (78, ["train", "toy"]), (78, ["predict", "rain"]),
        (78, ["evaluate", "--input", "toy/test.csv"]), (78, ["generate", "rain"]),
        (78, ["score", "--input", "toy/test.csv"]),
        (78, ["delete", "toy-01"]), (78, ["delete", "toy-01", "--dry-run"]), (78, ["add", "toy/test.csv"]),
        (78, ["repair"]), (78, ["status"]), (78, ["verify"]), (78, ["export", "1", "adapter"]), (78, ["key", "show"]),
        (78, ["key", "export"]), (78, ["key", "rotate"]), (78, ["key", "rotate", "--lost"]),
        (78, ["cost", "measure"]), (78, ["cost", "report"]), (78, ["cost", "split", "1"]),
        (78, ["cost", "plan", "--workspace", "workspace"]), (65, ["fsck"]), (65, ["audit"]),
        (65, ["log", "consistency"]), (65, ["log", "replay"]), (0, ["log", "list"]),
        (0, ["audit", "--residues", "no such word"])
    ]

    @Test func everyCommandRefusesAWorkspaceThatIsOlderThanItsLogOrSaysSo() throws {
        try with(isBesideNewLog: true) { fixture, receipt in
            func contents() throws -> [String: Data] {
                try TestFolder.contents(fixture.workspace).filter { $0.key != "lock" }
            }
            let before = try contents()
            for (code, words) in Self.commands {
                let outcome = try fixture.program.run(words)
                #expect(outcome.code == code, "\(words): \(outcome.everything)")
                if code == 78 { #expect(outcome.errors.contains("`sisa log replay`"), "\(words): \(outcome.errors)") }
                #expect(try contents() == before, "\(words)")
            }
            let help = try fixture.program.run("--help").output
            let list = try #require(
                help.components(separatedBy: "SUBCOMMANDS:\n").last?.components(separatedBy: "\n\n").first)
            let names = list.split(separator: "\n").compactMap {
                $0.prefixMatch(of: /\ \ ([a-z]+)/).map { String($0.output.1) }
            }
            // A receipt is checked, and labels are listed, without a workspace.
            #expect(Set(names) == Set(Self.commands.map(\.words[0]) + ["receipt", "labels"]))
            #expect(try fixture.program.run("log", "replay", receipt).code == 0)
            #expect(try fixture.program.run("verify").code == 0)
        }
    }

    @Test func aCopyWhoseLogIsOldTooForgetsAgainWhatANamedReceiptIsAbout() throws {
        try with(isBesideNewLog: false) { fixture, receipt in
            let program = fixture.program
            #expect(try program.run("audit", "--residues", "toy-07").code == 65)
            let replay = try program.run("log", "replay", receipt)
            #expect(replay.code == 0 && replay.output.contains("1 record(s) deleted again"), "\(replay.everything)")
            #expect(try program.run("audit", "--residues", "toy-07").code == 0)
            #expect(try program.run("verify").code == 0 && program.run("log", "consistency").code == 0)
            let again = try program.run("log", "replay", receipt)
            #expect(again.code == 0 && again.output.contains("nothing to replay"), "\(again.everything)")
        }
    }

    @Test func aRecordThatCameBackIsToldWithTheCommandThatDeletesIt() throws {
        try CommandFixture.with { fixture in
            let program = fixture.program
            let receipt = try #require(try program.run("delete", "toy-07", "--json").object()["receipt"] as? String)
            let record = try #require(try ToyRecord.all().first { $0.id == "toy-07" })
            try ToyWorld.write([record], to: fixture.folder.appending(path: "again.jsonl"))
            #expect(try program.run("add", "again.jsonl").code == 0)
            #expect(try program.run("log", "replay").code == 0)
            let replay = try program.run("log", "replay", receipt)
            #expect(replay.code == 65 && replay.errors.contains("`sisa delete toy-07`"), "\(replay.everything)")
            let left = try program.run("log", "replay", receipt, "--json").object()["left"] as? [[String: Any]]
            #expect(left?.first?["ids"] as? [String] == ["toy-07"])
            #expect(try program.run("delete", "toy-07").code == 0)
            #expect(try program.run("log", "replay", receipt).code == 0)
        }
    }

    @Test func aLogThatIsForkedFromTheLedgerIs78() throws {
        try CommandFixture.with { fixture in
            let (manager, other) = (FileManager.default, fixture.folder.appending(path: "other"))
            try manager.copyItem(at: fixture.workspace, to: other)
            #expect(try fixture.program.run("delete", "toy-07").code == 0)
            #expect(try fixture.program.run("delete", "toy-08", "--workspace", "other").code == 0)
            let log = fixture.workspace.appending(path: "log")
            try manager.removeItem(at: log)
            try manager.copyItem(at: other.appending(path: "log"), to: log)
            for words in [["predict", "rain"], ["status"], ["verify"], ["log", "replay"], ["key", "rotate"]] {
                #expect(try fixture.program.run(words).code == 78, "\(words)")
            }
            // It keeps nobody from forgetting, and the receipt waits.
            let deletion = try fixture.program.run("delete", "toy-09")
            #expect(deletion.code == 78 && deletion.errors.contains("receipt could not be written"))
            #expect(try fixture.program.run("audit", "--residues", "toy-09").code == 0)
        }
    }
}
