import Foundation
import TestSupport
import Testing

/// A file system without locks is named as what is wrong, and whoever waits for a lock says so.
@Suite struct LockTests {
    @Test(
        .enabled(if: Faults.compiler != nil, "needs clang, which comes with Swift"),
        arguments: ["ENOLCK", "EOPNOTSUPP", "ENOSYS"])
    func aFileSystemWithoutLocksIsToldOfAtOnce(code: String) throws {
        try CommandFixture.with { fixture in
            let faults = try Faults(folder: fixture.folder)
            let before = try TestFolder.contents(fixture.workspace)
            let commands = [
                ["status"], ["predict", "rain"], ["delete", "toy-07"], ["repair"], ["train"], ["train", "toy"],
                ["verify"],
                ["key", "rotate"], ["train", "toy", "--workspace", "new"]
            ]
            for command in commands {
                let clock = ContinuousClock()
                let start = clock.now
                let outcome = try faults.withoutLocks(fixture.program, command, code)
                #expect(outcome.code == 78, "\(command): \(outcome.everything)")
                #expect(
                    outcome.errors.contains("local disk") && !outcome.errors.contains("waiting"), "\(outcome.errors)")
                #expect(!outcome.errors.contains("SQL"), "\(outcome.errors)")
                // SQLite would wait for a minute.
                #expect(clock.now - start < .seconds(40))
            }
            #expect(try TestFolder.contents(fixture.workspace) == before)
        }
    }

    @Test func whoWaitsForTheLedgerSaysSo() throws {
        try CommandFixture.with { fixture in
            let url = fixture.folder.appending(path: "errors")
            try Data().write(to: url)
            let errors = try FileHandle(forWritingTo: url)
            let process = try LedgerSurgeon.holding(workspace: fixture.workspace) {
                let process = try fixture.program.start(["status"], output: .nullDevice, errors: errors)
                for _ in 0..<600
                where try !String(contentsOf: url, encoding: .utf8).contains("waiting for another process") {
                    #expect(process.isRunning)
                    usleep(50_000)
                }
                return process
            }
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let said = try String(contentsOf: url, encoding: .utf8)
            #expect(said.split(separator: "\n").count { $0.contains("waiting for another process") } == 1, "\(said)")
        }
    }
}
