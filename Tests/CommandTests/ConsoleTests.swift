import Foundation
import TestSupport
import Testing

/// What commands tell on standard error: progress that adds up, notes, and with --quiet nothing but errors.
@Suite struct ConsoleTests {
    /// A deletion waits, and its record comes back: `add` trains twice.
    private func withRecordComingBack(_ body: (CommandFixture) throws -> Void) throws {
        try CommandFixture.with { fixture in
            #expect(try fixture.program.run("delete", "toy-03", "--defer").code == 0)
            try Data("id,owner,text,label\ntoy-03,ben,Our train leaves from platform ten.,travel\n".utf8).write(
                to: fixture.folder.appending(path: "back.csv"))
            try body(fixture)
        }
    }

    @Test func anAdditionThatTrainsTwiceCountsTheStagesOfBoth() throws {
        try withRecordComingBack { fixture in
            let outcome = try fixture.program.run("add", "back.csv")
            #expect(outcome.code == 0, "\(outcome.everything)")
            let announced = outcome.errors.matches(of: /(?m)^training: (\d+) (?:more )?stages/).compactMap { Int($0.1) }
            let counts = outcome.errors.matches(of: /\((\d+) of (\d+)[,)]/).map { (Int($0.1), Int($0.2)) }
            #expect(announced.count == 2)
            let last = try #require(counts.last)
            #expect(last.0 == last.1 && last.1 == announced.reduce(0, +))
            for (index, count) in counts.enumerated() { #expect(count.0 == index + 1 && count.0 ?? 1 <= count.1 ?? 0) }
        }
    }

    @Test func quietCommandsSayNothingButErrorsOnStandardError() throws {
        try withRecordComingBack { fixture in
            let program = fixture.program
            // Something to note in every command: the folder is open to others.
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fixture.workspace.path)
            for words in [
                ["add", "back.csv"], ["delete", "toy-04"], ["delete", "toy-05", "--defer"], ["repair"], ["train"],
                ["train", "toy"], ["verify"], ["audit"], ["status"], ["fsck"], ["evaluate"], ["predict", "rain"],
                ["log"],
                ["key"], ["cost", "report"], ["cost", "measure", "--requests", "2", "--warmup", "0"],
                ["cost", "plan", "--workspace", "workspace"], ["cost", "split", "1"]
            ] {
                let loud = words[0] == "status" || words[0] == "predict" ? try program.run(words) : nil
                let quiet = try program.run(words + ["--quiet"])
                #expect(
                    quiet.code == 0 && quiet.errors.isEmpty && !quiet.output.isEmpty, "\(words) \(quiet.everything)")
                if let loud { #expect(loud.output == quiet.output && loud.errors.hasPrefix("note: ")) }
            }
            for words in [["delete", "nobody"], ["status", "--workspace", "nowhere"]] {
                let (loud, quiet) = (try program.run(words), try program.run(words + ["--quiet"]))
                #expect(quiet.code == loud.code && quiet.code != 0)
                #expect(quiet.errors.hasPrefix("error: ") && loud.errors.hasSuffix(quiet.errors))
            }
        }
    }

    @Test func everyCommandTakesQuietAndJSON() throws {
        try TestFolder.with { folder in
            let program = Program(folder: folder)
            func names(_ words: [String]) throws -> [String] {
                let help = try program.run(words + ["--help"]).output
                let list = help.components(separatedBy: "SUBCOMMANDS:\n").dropFirst().first ?? ""
                return list.components(separatedBy: "\n\n")[0].split(separator: "\n").filter {
                    $0.hasPrefix("  ") && !$0.hasPrefix("   ")
                }
                .map { String($0.split(separator: " ")[0]) }
            }
            var count = 0
            for name in try names([]) {
                let inner = try names([name])
                for words in inner.isEmpty ? [[name]] : inner.map({ [name, $0] }) {
                    let help = try program.run(words + ["--help"]).output
                    #expect(help.contains("--quiet") && help.contains("--json"), "\(words)")
                    count += 1
                }
            }
            #expect(count >= 24)
        }
    }

    @Test func aWorkspaceThatIsOpenToOthersIsTold() throws {
        try CommandFixture.with { fixture in
            func status() throws -> String { try fixture.program.run("status").errors }
            func open(_ path: String, _ mode: Int) throws {
                try FileManager.default.setAttributes(
                    [.posixPermissions: mode], ofItemAtPath: fixture.folder.appending(path: path).path)
            }
            #expect(try status() == "")
            let root = fixture.workspace.path
            for mode in [0o750, 0o704, 0o722] {
                try open("workspace", mode)
                let note = try status()
                #expect(
                    note == "note: others on this machine can read or change '\(root)'; run: chmod go-rwx '\(root)'\n")
            }
            try open("workspace", 0o700)
            for name in ["key", "signing-key.pem"] {
                try open("workspace/\(name)", 0o640)
                #expect(try status().contains("chmod go-rwx '\(root)/\(name)'\n"))
                try open("workspace/\(name)", 0o600)
            }
            #expect(try status() == "")
            // What is told to run is enough.
            for path in ["workspace", "workspace/key"] { try open(path, 0o777) }
            let command = try #require(try status().components(separatedBy: "run: ").last)
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/sh")
            shell.arguments = ["-c", command]
            try shell.run()
            shell.waitUntilExit()
            #expect(try status() == "")
        }
    }

    /// Only the last would count, and a shard that was named would not be looked at.
    @Test(arguments: [
        ["audit", "--shard", "1", "--shard", "2"], ["verify", "--shard=1", "--shard", "1"],
        ["status", "-w", "workspace", "--workspace", "workspace"], ["repair", "--seconds", "1", "--seconds", "2"],
        [
            "cost", "simulate", "--records", "90", "--shards", "3", "--slices", "3", "--requests", "3", "--policy",
            "immediate",
            "--policy", "window:1d"
        ]
    ])
    func anOptionOfOneValueThatIsGivenTwiceIs64(words: [String]) throws {
        try CommandFixture.with { fixture in
            let before = try TestFolder.contents(fixture.folder)
            let outcome = try fixture.program.run(words)
            #expect(outcome.code == 64 && outcome.output.isEmpty, "\(outcome.everything)")
            let name = words.contains("-w") ? "--workspace" : words.last { $0.hasPrefix("--") } ?? ""
            #expect(outcome.errors.hasPrefix("error: \(name) was given more than once"))
            #expect(try TestFolder.contents(fixture.folder) == before)
        }
    }

    @Test func whatMayBeGivenSeveralTimesStillMay() throws {
        try CommandFixture.with { fixture in
            let program = fixture.program
            let words = ["audit", "--residues", "no such word", "--residues", "nor this one", "--json", "--json"]
            let found = try program.run(words)
            #expect(found.code == 0)
            #expect(try program.run("delete", "--owner", "ada", "--owner", "ben").code == 0)
            // Behind `--` nothing is an option.
            #expect(try program.run("predict", "--", "--threads", "--threads").code == 0)
        }
    }
}
