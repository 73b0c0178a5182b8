import Foundation
import TestSupport
import Testing

/// A ledger of another version, or none at all: which it is, is said, and nothing is changed that this program does not
/// know.
@Suite struct LedgerVersionTests {
    private static let commands = [
        ["status"], ["predict", "rain"], ["delete", "toy-07"], ["delete", "toy-07", "--dry-run"], ["repair"], ["train"],
        ["train", "toy"],
        ["verify"], ["audit"], ["fsck"], ["log"], ["key", "export"]
    ]

    /// Runs every command on a workspace whose ledger was changed; each must say `words`, end with `code` and leave
    /// every byte and mode.
    private func refused(_ words: [String], _ code: Int32, _ change: (CommandFixture) throws -> Void) throws {
        try CommandFixture.with { fixture in
            try change(fixture)
            let ledger = fixture.workspace.appending(path: "ledger.sqlite")
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: ledger.path)
            let before = try TestFolder.contents(fixture.workspace)
            for command in Self.commands {
                let outcome = try fixture.program.run(command)
                #expect(outcome.code == code, "\(command): \(outcome.everything)")
                for word in words { #expect(outcome.errors.contains(word), "\(command): \(outcome.errors)") }
                #expect(!outcome.errors.contains("SQL"), "\(outcome.errors)")
                #expect(try TestFolder.contents(fixture.workspace) == before, "\(command)")
                let mode = try FileManager.default.attributesOfItem(atPath: ledger.path)[.posixPermissions] as? Int
                #expect(mode == 0o640, "\(command)")
            }
        }
    }

    @Test func aLedgerOfANewerSisaIsRefusedByEveryCommand() throws {
        try refused(["made by a newer sisa", "version is 7", "up to"], 78) {
            try LedgerSurgeon.execute("PRAGMA user_version = 7", workspace: $0.workspace)
        }
    }

    @Test func aLedgerWithoutItsNumberIsRefusedByEveryCommand() throws {
        try refused(["has tables but no version", "dump"], 78) {
            try LedgerSurgeon.execute("PRAGMA user_version = 0", workspace: $0.workspace)
        }
    }

    @Test func whatIsNoLedgerIsRefusedByEveryCommand() throws {
        try refused(["no ledger of sisa"], 78) {
            let bytes = Data(String(repeating: "It rains in the mountains.\n", count: 400).utf8)
            try bytes.write(to: $0.workspace.appending(path: "ledger.sqlite"))
        }
        try refused(["no ledger of sisa"], 78) {
            try FileManager.default.removeItem(at: $0.workspace.appending(path: "ledger.sqlite"))
            try LedgerSurgeon.execute("CREATE TABLE birds (name TEXT)", workspace: $0.workspace)
        }
    }

    /// As a training leaves it that was stopped before its first transaction: training begins it, and nothing else
    /// does.
    @Test func anEmptyLedgerIsBegunByATrainingOnly() throws {
        try CommandFixture.with { fixture in
            let (start, ledger) = (fixture.folder.appending(path: "begun"), "begun/ledger.sqlite")
            try FileManager.default.createDirectory(at: start, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: fixture.workspace.appending(path: "key"), to: start.appending(path: "key"))
            try Data().write(to: fixture.folder.appending(path: ledger))
            for command in Self.commands where command != ["train", "toy"] {
                let outcome = try fixture.program.run(command + ["--workspace", "begun"])
                #expect(outcome.code == 66 && outcome.errors.contains("is empty"), "\(command): \(outcome.everything)")
                #expect(
                    try TestFolder.contents(start).count == 2
                        && Data(contentsOf: fixture.folder.appending(path: ledger)).isEmpty)
            }
            #expect(try fixture.program.run("train", "toy", "--workspace", "begun").code == 0)
            #expect(try fixture.program.run("fsck", "--workspace", "begun").code == 0)
        }
    }
}
