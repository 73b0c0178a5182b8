import ArgumentParser
import Engine
import Foundation

/// A command whose errors are told in one way: what was found, what was expected, what to do, and a meaningful exit
/// code.
protocol SisaCommand: ParsableCommand {
    var console: ConsoleOptions { get }
    func perform() throws
}

/// A command about a workspace.
protocol WorkspaceCommand: SisaCommand {
    var options: WorkspaceOptions { get }
}

extension WorkspaceCommand {
    var console: ConsoleOptions { options.console }
}

extension SisaCommand {
    var json: Bool { console.json }

    func run() throws {
        Console.isQuiet = console.quiet
        do {
            try Self.refuseRepeatedOptions(CommandLine.arguments.dropFirst())
            // For tests and support cases. All variants give the same bits.
            try InstructionSet.choose(ProcessInfo.processInfo.environment["SISA_ISA"])
            try perform()
            if Console.isOutputLost { throw UsageError.outputLost }
        } catch let code as ExitCode {
            throw code
        } catch {
            let explanation = Explanation(error)
            Console.error("error: \(explanation.message)")
            throw explanation.exitCode
        }
    }
}

/// What is wrong with a command line, or with the place that a result was to be written to.
enum UsageError: Error, CustomStringConvertible {
    case noText
    case emptyText(number: Int)
    case textAndInput
    case noCompletion
    case onlyForGenerations(option: String)
    case onlyForClassifications(option: String)
    case noEvaluationFile
    case nothingToResume
    case needsRecipe(option: String)
    case formatWithoutFile(option: String)
    case unknownKey(found: [String])
    case unwritable(path: String, reason: String)
    case oneFileTwice(path: String)
    case insideWorkspace(path: String)
    case outputLost
    case repeated(option: String)

    var description: String {
        switch self {
        case .noText: "no text was given; write one in quotes, or name a file with --input"
        case .emptyText(let number):
            "text \(number) is empty, so there is nothing to label; leave it out"
        case .textAndInput: "texts were given and --input too; use one of them"
        case .noCompletion: "a prompt was given and no completion; write one behind it, in quotes"
        case .onlyForGenerations(let option):
            "\(option) goes with a generation, and the task of this workspace is a classification; leave it out"
        case .onlyForClassifications(let option):
            "\(option) goes with a classification, and this workspace is a generation, whose questions are JSON Lines; "
                + "leave it out"
        case .noEvaluationFile:
            "the recipe names no test file; name one with --input FILE, or under `data: test:`"
        case .nothingToResume:
            "there is no workspace to go on with; name a recipe folder: `sisa train shards/toy`"
        case .formatWithoutFile(let option):
            "--format says what \(option) holds, and that was not given; name a file, or leave --format out"
        case .unknownKey(let found):
            "no key of this workspace has that fingerprint; there are \(found.joined(separator: ", "))"
        case .oneFileTwice(let path): "\(path) is to be written twice; name a file for each"
        case .insideWorkspace(let path):
            "\(path) lies in a workspace, where every file is the workspace's own; name a file outside"
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason); name another file"
        case .outputLost:
            "what the command was to print could not be written; what it had to do is done. Make room, or name another "
                + "place for its output"
        case .repeated(let option):
            "\(option) was given more than once and takes one value; give it once, and run the command once for each "
                + "value"
        case .needsRecipe(let option):
            "\(option) goes with a recipe folder: `sisa train <recipe folder> \(option) ...`"
        }
    }
}
