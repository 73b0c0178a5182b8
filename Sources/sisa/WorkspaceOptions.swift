import ArgumentParser
import Engine
import Foundation
import Unlearning

/// What a command prints, and how.
struct ConsoleOptions: ParsableArguments {
    @Flag(help: "Print JSON for programs instead of tables for people.")
    var json = false

    @Flag(help: "Nothing but errors on standard error: no progress, notes or warnings.")
    var quiet = false
}

/// The options of every command about a workspace.
struct WorkspaceOptions: ParsableArguments {
    @Option(
        name: [.short, .long], help: "The workspace folder. Default: $SISA_WORKSPACE, else ./workspace.",
        completion: .directory)
    var workspace: String?

    @Option(help: "Threads to use. Default: all processors that the process may use. The result does not depend on it.")
    var threads: Int?

    @Flag(help: "As root, write into a workspace that belongs to another user.")
    var asRoot = false

    @OptionGroup var console: ConsoleOptions

    var json: Bool { console.json }

    func validate() throws {
        if let threads, threads < 1 || threads > 1024 {
            throw ValidationError("--threads is \(threads); give a number from 1 to 1024")
        }
    }

    var folder: URL {
        let variable = ProcessInfo.processInfo.environment["SISA_WORKSPACE"]
        return URL(filePath: workspace ?? (variable?.isEmpty == false ? variable : nil) ?? "workspace")
    }

    var threadCount: Int {
        threads ?? Processors.available
    }

    /// The workspace for a command that changes it, or, with `answers`, only takes the lock and answers from its state.
    func open(answers: Bool = false) throws -> Workspace {
        try refuseForeignRoot()
        return try Workspace(at: folder, checksAge: answers).telling()
    }

    /// Refuses root in another user's workspace, before anything is written.
    func refuseForeignRoot() throws {
        if !asRoot { try Workspace.refuseForeignRoot(at: folder) }
    }

    /// The workspace for a command that changes nothing.
    func openToRead() throws -> Workspace { try Workspace(at: folder, .read).telling() }

    /// The workspace for a command that says what is wrong with it, so that it need not be right.
    func openToExamine() throws -> Workspace { try Workspace(at: folder, .read, checksAge: false).telling() }
}

extension Workspace {
    /// The workspace itself. Where others can read or change its folder or a key, that is told, with what shuts them
    /// out.
    func telling() -> Workspace {
        let open = openToOthers.map { "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
        if !open.isEmpty {
            Console.note("note: others on this machine can read or change \(open); run: chmod go-rwx \(open)")
        }
        return self
    }
}
