import Foundation
import TestSupport
import Testing
import Unlearning

/// What a person hands in, by file, pipe or standard input: one reader, and one way to be refused.
@Suite struct InputTests {
    private func write(_ text: String, _ name: String, _ fixture: CommandFixture) throws {
        try Data(text.utf8).write(to: fixture.folder.appending(path: name))
    }

    /// A pipe with a name, into which somebody writes as soon as it is read.
    private func writePipe(_ text: String, _ name: String, _ fixture: CommandFixture) throws {
        let path = fixture.folder.appending(path: name).path
        try #require(unsafe mkfifo(path, 0o600) == 0)
        Thread.detachNewThread {
            let handle = FileHandle(forWritingAtPath: path)
            try? handle?.write(contentsOf: Data(text.utf8))
            try? handle?.close()
        }
    }

    private func answers(_ outcome: Program.Outcome) throws -> [[String: Any]] {
        try #require(outcome.code == 0, "\(outcome.everything)")
        return try #require(try outcome.json() as? [[String: Any]])
    }

    /// Other programs count lines by line feeds, and a text may hold any other character.
    @Test func aLineOfTextsEndsAtALineFeedAndNowhereElse() throws {
        try CommandFixture.with { fixture in
            let texts = [
                "rain\u{2028}wind", "soup\u{85}noodles", "a boat\u{C}sails", "hot\u{B}soup", "old\rMac", "last"
            ]
            try write("\u{FEFF}" + texts.joined(separator: "\r\n"), "texts.txt", fixture)
            let read = try answers(fixture.program.run("predict", "--input", "texts.txt", "--json"))
            let named = try answers(fixture.program.run(["predict", "--json"] + texts))
            try #require(read.count == texts.count)
            for (one, other) in zip(read, named) {
                #expect(one["probability"] as? Double == other["probability"] as? Double)
            }
            let table = try fixture.program.run("predict", "--input", "texts.txt").output.split(separator: "\n")
            #expect(table.last?.trimmingCharacters(in: .whitespaces).hasPrefix("6 ") == true)
        }
    }

    @Test func anEmptyLineOfTextsIsRefusedAndNotLeftOut() throws {
        try CommandFixture.with { fixture in
            for (text, line) in [("rain\n\nsoup\n", 2), ("rain\r\n\r\n", 2), ("\n", 1)] {
                try write(text, "texts.txt", fixture)
                let outcome = try fixture.program.run("predict", "--input", "texts.txt")
                #expect(outcome.code == 65 && outcome.output.isEmpty)
                #expect(outcome.errors.contains("texts.txt:\(line): the text is empty"), "\(outcome.errors)")
            }
            try write("", "texts.txt", fixture)
            #expect(try fixture.program.run("predict", "--input", "texts.txt").code == 65)
        }
    }

    @Test(arguments: ["texts.json", "texts", "texts.csv.bak", "texts.text"])
    func whatHasNoKnownFormatIsRefused(name: String) throws {
        try CommandFixture.with { fixture in
            try write("[\n\"rain\"\n]\n", name, fixture)
            for command in [["predict", "--input", name], ["evaluate", "--input", name], ["add", name]] {
                let outcome = try fixture.program.run(command)
                #expect(outcome.code == 65 && outcome.output.isEmpty, "\(outcome.everything)")
                #expect(
                    outcome.errors.contains(name.hasSuffix("json") ? "JSON Lines" : "--format"), "\(outcome.errors)")
            }
            let named = try fixture.program.run("predict", "--input", name, "--format", "txt", "--json")
            #expect(try answers(named).count == 3)
        }
    }

    @Test(arguments: [
        ["predict", "--input"], ["evaluate", "--input"], ["delete", "--ids"], ["add"],
        ["train", "toy", "--workspace", "new", "--key"], ["train", "toy", "--workspace", "new", "--data"],
        ["cost", "plan", "--records", "9", "--accuracy"],
        ["cost", "placement", "--shards", "2", "--slices", "2", "--groups"],
        ["cost", "simulate", "--records", "9", "--shards", "2", "--slices", "2", "--trace"],
        ["cost", "measure", "--trace"]
    ])
    func whatCannotBeReadIsToldByItsKindAndItsPath(command: [String]) throws {
        try CommandFixture.with { fixture in
            let name = "handed.csv"
            let path = fixture.folder.appending(path: name)
            func outcome() throws -> Program.Outcome { try fixture.program.run(command + [name]) }
            let missing = try outcome()
            #expect(missing.code == 66 && missing.errors.contains("\(path.path): there is no such file"))
            try FileManager.default.createDirectory(at: path, withIntermediateDirectories: false)
            let folder = try outcome()
            #expect(folder.code == 66 && folder.errors.contains("\(path.path): this is a folder"))
            try FileManager.default.removeItem(at: path)
            try Data([0x69, 0xFF, 0x0A]).write(to: path)
            let binary = try outcome()
            #expect(binary.code == 65 && binary.errors.contains("\(path.path):1"), "\(binary.errors)")
            #expect(binary.errors.contains("not UTF-8"), "\(binary.errors)")
            for outcome in [missing, folder, binary] { #expect(outcome.output.isEmpty) }
            guard geteuid() != 0 else { return }
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path.path)
            let forbidden = try outcome()
            #expect(forbidden.code == 77 && forbidden.errors.contains("\(path.path): permission denied"))
        }
    }

    @Test func whatTheCommandLineNamesMayBeAPipe() throws {
        try CommandFixture.with { fixture in
            try writePipe("rain and wind\nhot soup\n", "texts.txt", fixture)
            let lines = try answers(fixture.program.run("predict", "--input", "texts.txt", "--json"))
            #expect(lines.count == 2)
            // Without an extension nothing tells the format.
            try writePipe("{\"id\":\"a\",\"text\":\"rain and wind\"}\n", "pipe", fixture)
            let record = try answers(
                fixture.program.run("predict", "--input", "pipe", "--format", "jsonl", "--json"))
            #expect(record[0]["id"] as? String == "a")
            #expect(record[0]["probability"] as? Double == lines[0]["probability"] as? Double)

            try writePipe("id,text,label\nx,rain and wind,weather\n", "held.csv", fixture)
            #expect(
                try fixture.program.run("evaluate", "--input", "held.csv", "--json").object()["records"] as? Int == 1)
            try writePipe("toy-01\ntoy-05\n", "ids", fixture)
            let deleted = try fixture.program.run("delete", "--ids", "ids", "--defer", "--json").object()
            #expect(deleted["records_deleted"] as? Int == 2)
            try writePipe("shards,accuracy\n4,0.9\n", "accuracy", fixture)
            #expect(
                try fixture.program.run("cost", "plan", "--records", "99", "--shards", "4", "--accuracy", "accuracy")
                    .code == 0)
        }
    }

    @Test func standardInputIsLinesOfTextUnlessTheFormatIsNamed() throws {
        try CommandFixture.with { fixture in
            let lines = try answers(
                fixture.program.run(["predict", "--input", "-", "--json"], input: Data("rain\nsoup".utf8)))
            #expect(lines.count == 2 && lines[0]["id"] == nil)
            // The one reading of a pipe tells whether there is a column of ids.
            let rows = try answers(
                fixture.program.run(
                    ["predict", "--input", "-", "--format", "tsv", "--json"], input: Data("text\nrain\nsoup\n".utf8)))
            #expect(rows.compactMap { $0["id"] as? String } == ["1", "2"])
            let held = try fixture.program.run(
                ["evaluate", "--input", "-", "--format", "csv", "--json"],
                input: Data("text,label\nrain,weather\n".utf8))
            #expect(try held.object()["records"] as? Int == 1)
            let unnamed = try fixture.program.run(["evaluate", "--input", "-"], input: Data("text,label\n".utf8))
            #expect(unnamed.code == 65 && unnamed.errors.contains("standard input: "))
            let broken = try fixture.program.run(
                ["predict", "--input", "-"], input: Data([0x61, 0x0A, 0xC3, 0x28, 0x0A]))
            #expect(broken.code == 65 && broken.errors.contains("standard input:2: bytes that are not UTF-8"))
            #expect(try fixture.program.run("predict", "rain", "--format", "txt").code == 64)
        }
    }

    /// Records come in through a pipe as they do from a file, byte for byte, and what is wrong with them is told with
    /// both lines.
    @Test func recordsMayComeThroughAPipe() throws {
        try CommandFixture.with { fixture in
            let records = try Data(contentsOf: fixture.folder.appending(path: "toy/records.csv"))
            try writePipe(String(repeating: "5a17", count: 16) + "\n", "key", fixture)
            let piped = try fixture.program.run(
                ["train", "toy", "--workspace", "piped", "--key", "key", "--data", "-", "--format", "csv"],
                input: records)
            #expect(piped.code == 0, "\(piped.everything)")
            let differences = try Snapshot(Workspace(at: fixture.folder.appending(path: "piped")))
                .differences(from: Snapshot(Workspace(at: fixture.workspace)))
            #expect(differences.filter { !$0.contains("recipe") } == [])

            let line = "{\"id\":\"n\",\"owner\":null,\"text\":\"A warm wind.\",\"label\":\"weather\"}\n"
            let twice = try fixture.program.run(
                ["add", "-", "--format", "jsonl"], input: Data((line + "\n" + line).utf8))
            #expect(twice.code == 65)
            #expect(twice.errors.contains("standard input:3: the id stands at standard input:1 too"), "\(twice.errors)")
            #expect(try fixture.program.run(["add", "-", "--format", "jsonl"], input: Data(line.utf8)).code == 0)

            try FileManager.default.createDirectory(
                at: fixture.folder.appending(path: "other"), withIntermediateDirectories: false)
            let row = "id,owner,text,label\nsecret-1,,Rain.,weather\n"
            try write(row, "more.csv", fixture)
            try write(row, "other/more.csv", fixture)
            let both = try fixture.program.run(
                "train", "toy", "--workspace", "new", "--data", "more.csv", "other/more.csv")
            #expect(both.code == 65 && !both.errors.contains("secret-1"))
            let folder = fixture.folder.path
            #expect(
                both.errors.contains("\(folder)/other/more.csv:2: the id stands at \(folder)/more.csv:2 too"),
                "\(both.errors)")
        }
    }

    @Test func aReceiptAndItsKeyMayComeThroughPipes() throws {
        try CommandFixture.with { fixture in
            let outcome = try fixture.program.run("delete", "toy-07", "--request", "r-1", "--json").object()
            let receipt = try Data(contentsOf: URL(filePath: try #require(outcome["receipt"] as? String)))
            try writePipe(fixture.program.run("key", "export").output, "operator", fixture)
            let verified = try fixture.program.run(
                ["receipt", "verify", "-", "--key", "operator", "--id", "toy-07", "--json"], input: receipt)
            #expect(try verified.code == 0 && verified.object()["valid"] as? Bool == true, "\(verified.everything)")
        }
    }

    @Test(arguments: [
        ["receipt", "verify", "--key", "key.txt"], ["log", "replay"], ["log", "consistency", "--since"],
        ["audit", "--sample", "1", "--evidence"]
    ])
    func evidenceThatCannotBeReadIsToldByItsKindAndItsPath(command: [String]) throws {
        try CommandFixture.with { fixture in
            for (name, message) in [("missing", "there is no such file"), ("toy", "this is a folder")] {
                let outcome = try fixture.program.run(command + [name])
                #expect(outcome.code == 66, "\(outcome.everything)")
                #expect(outcome.errors.contains("\(fixture.folder.path)/\(name): \(message)"), "\(outcome.errors)")
            }
        }
    }

    /// A record, a line, a key and a table have limits, so a device that never ends fills no memory.
    @Test(arguments: [
        ["predict", "--format", "txt", "--input"], ["evaluate", "--format", "tsv", "--input"],
        ["add", "--format", "jsonl"],
        ["delete", "--ids"], ["train", "toy", "--workspace", "new", "--key"],
        ["cost", "plan", "--records", "9", "--accuracy"],
        ["cost", "placement", "--shards", "2", "--slices", "2", "--groups"]
    ])
    func whatIsWithoutEndIsRefused(command: [String]) throws {
        try CommandFixture.with { fixture in
            let outcome = try fixture.program.run(command + ["/dev/zero"])
            #expect(outcome.code == 65 && outcome.errors.contains("/dev/zero"), "\(outcome.everything)")
        }
    }

    /// Whoever runs a recipe from elsewhere must not be kept waiting by it.
    @Test func aPipeThatARecipeNamesIsNotWaitedFor() throws {
        try CommandFixture.with { fixture in
            let url = fixture.folder.appending(path: "toy/records.csv")
            try FileManager.default.removeItem(at: url)
            try #require(unsafe mkfifo(url.path, 0o600) == 0)
            let outcome = try fixture.program.run("train", "toy", "--workspace", "new")
            #expect(outcome.code == 66 && outcome.errors.contains("not a regular file"), "\(outcome.errors)")
            let test = fixture.folder.appending(path: "toy/test.csv")
            try FileManager.default.removeItem(at: test)
            try #require(unsafe mkfifo(test.path, 0o600) == 0)
            #expect(try fixture.program.run("evaluate").code == 66)
        }
    }

    /// What only training needs is not asked of texts that are to be labelled.
    @Test func textsToLabelNeedNoOwnersAndNoDates() throws {
        try CommandFixture.with(trained: false) { fixture in
            try fixture.editRecipe("owner: owner", "owner: owner, date: day")
            var lines = try String(contentsOf: fixture.folder.appending(path: "toy/records.csv"), encoding: .utf8)
                .split(separator: "\n").map(String.init)
            lines = [lines[0] + ",day"] + lines.dropFirst().map { $0 + ",2024-05-31" }
            try write(lines.joined(separator: "\n"), "toy/records.csv", fixture)
            #expect(try fixture.program.run("train", "toy").code == 0)
            try write("id,text\nx,rain\n", "texts.csv", fixture)
            let read = try answers(fixture.program.run("predict", "--input", "texts.csv", "--json"))
            #expect(read.count == 1 && read[0]["id"] as? String == "x")
        }
    }
}
