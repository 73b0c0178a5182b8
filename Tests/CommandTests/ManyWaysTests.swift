import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Help, completion, environment, terminals and pipes.
@Suite struct ManyWaysTests {
    @Test(arguments: ["train", "predict", "evaluate", "delete", "status", "verify"])
    func everyCommandHasHelpWithExamplesOrADiscussion(command: String) throws {
        try TestFolder.with { folder in
            let help = try Program(folder: folder).run(command, "--help")
            #expect(help.code == 0 && help.errors.isEmpty)
            #expect(help.output.contains("USAGE: sisa \(command)"))
            let overview = try #require(help.output.range(of: "OVERVIEW: "))
            let usage = try #require(help.output.range(of: "USAGE: "))
            // More than the one line of the abstract.
            #expect(help.output[overview.upperBound..<usage.lowerBound].split(separator: "\n").count > 1)
            #expect(help.output.contains("--json") && help.output.contains("--workspace"))
        }
    }

    @Test func theProgramItselfHasHelpAndAVersion() throws {
        try TestFolder.with { folder in
            let program = Program(folder: folder)
            let help = try program.run("--help")
            #expect(help.code == 0 && help.output.contains("EXAMPLES:") && help.output.contains("Exit codes:"))
            #expect(try program.run("--version").code == 0)
            #expect(try TestFolder.contents(folder).isEmpty)
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionScriptsAreMade(shell: String) throws {
        try TestFolder.with { folder in
            let outcome = try Program(folder: folder).run("--generate-completion-script", shell)
            #expect(outcome.code == 0 && outcome.output.contains("sisa") && outcome.output.contains("delete"))
        }
    }

    @Test func theInstructionSetCanBeChosenAndAWrongOneIs64() throws {
        try CommandFixture.with { fixture in
            var program = fixture.program
            let ordinary = try program.run("predict", "rain and wind", "--json").output
            program.environment["SISA_ISA"] = "portable"
            #expect(try program.run("predict", "rain and wind", "--json").output == ordinary)
            #expect(try program.run("verify").code == 0)
            program.environment["SISA_ISA"] = "mmx"
            let wrong = try program.run("status")
            #expect(wrong.code == 64 && wrong.errors.contains("portable"))
        }
    }

    @Test func theWorkspaceCanBeNamedByTheEnvironmentAndTheOptionWins() throws {
        try CommandFixture.with { fixture in
            var program = fixture.program
            program.environment["SISA_WORKSPACE"] = "elsewhere"
            #expect(try program.run("status").code == 66)
            #expect(try program.run("status", "--workspace", "workspace").code == 0)
            try FileManager.default.moveItem(at: fixture.workspace, to: fixture.folder.appending(path: "elsewhere"))
            #expect(try program.run("status").code == 0)
            program.environment["SISA_WORKSPACE"] = ""
            #expect(try program.run("status").code == 66)
        }
    }

    @Test func whatIsNoTerminalGetsNoEscapeCodes() throws {
        try CommandFixture.with(trained: false) { fixture in
            for variables in [[:], ["NO_COLOR": "1"], ["TERM": "dumb"], ["CLICOLOR_FORCE": "0"]] {
                var program = fixture.program
                program.environment = variables
                try? FileManager.default.removeItem(at: fixture.workspace)
                for command in [
                    ["train", "toy"], ["status"], ["predict", "rain", "--explain"], ["delete", "toy-03"], ["verify"],
                    ["delete", "unknown"], ["--help"]
                ] {
                    let outcome = try program.run(command)
                    #expect(!outcome.everything.contains("\u{1B}") && !outcome.everything.contains("\r"))
                    #expect(!outcome.everything.isEmpty)
                }
            }
        }
    }

    @Test(arguments: [["status"], ["status", "--json"], ["delete", "toy-02"], ["verify"], ["train", "toy"], ["--help"]])
    func aReaderThatHasGoneAwayIsNoCrash(arguments: [String]) throws {
        try CommandFixture.with { fixture in
            // Both ends of each pipe are here, and the reading one is closed before the program writes.
            let pipes = [Pipe(), Pipe()]
            for pipe in pipes { try pipe.fileHandleForReading.close() }
            let process = try fixture.program.start(
                arguments, output: pipes[0].fileHandleForWriting, errors: pipes[1].fileHandleForWriting)
            process.waitUntilExit()
            #expect(process.terminationReason == .exit, "ended by signal \(process.terminationStatus)")
            #expect(process.terminationStatus == 0)
            if arguments[0] == "delete" {
                #expect(try fixture.program.run("verify").code == 0)
                // It was done, and its receipt is there.
                let again = try fixture.program.run("delete", "toy-02", "--json")
                #expect(try again.code == 0 && again.object()["receipt"] is String)
            }
        }
    }

    @Test(arguments: [1, 3, 5, 8])
    func aProgramKilledWhileItTrainsIsFinishedByAnother(lines: Int) throws {
        try CommandFixture.with(trained: false) { fixture in
            let pipe = Pipe()
            let process = try fixture.program.start(
                ["train", "toy", "--key", "key.txt", "--threads", "1"], output: .nullDevice,
                errors: pipe.fileHandleForWriting)
            try pipe.fileHandleForWriting.close()
            var seen = Data()
            while seen.count(where: { $0 == UInt8(ascii: "\n") }) < lines {
                let more = try pipe.fileHandleForReading.read(upToCount: 1)
                seen.append(try #require(more, "it ended early"))
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal)
            #expect(try fixture.program.run("train", "toy").code == 0)
            #expect(try fixture.program.run("verify").code == 0)

            let subject = try Workspace(at: fixture.workspace)
            let world = try ToyWorld(folder: fixture.folder)
            let truth = try Snapshot(world.workspace("truth", ToyRecord.all()))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test func twoDeletionsAtOnceAreBothDone() throws {
        try CommandFixture.with { fixture in
            let null = FileHandle.nullDevice
            let both = try ["toy-05", "toy-15"].map {
                try fixture.program.start(["delete", $0], output: null, errors: null)
            }
            for process in both {
                process.waitUntilExit()
                #expect(process.terminationStatus == 0)
            }
            let records = try ToyRecord.all().filter { $0.id != "toy-05" && $0.id != "toy-15" }
            let truth = try Snapshot(ToyWorld(folder: fixture.folder).workspace("truth", records))
            #expect(try Snapshot(Workspace(at: fixture.workspace)).differences(from: truth) == [])
        }
    }
}
