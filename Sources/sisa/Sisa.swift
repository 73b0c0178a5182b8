import ArgumentParser
import Engine
import Foundation
import Unlearning

/// The program: one file a subcommand. Each parses, calls `Workspace`, and prints; it holds no logic of its own, and
/// must not know GRDB, CZstd or CKernels.
@main
struct Sisa: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sisa",
        abstract: "Exact unlearning for fine-tuned language models.",
        discussion: """
            Trains adapters on a frozen encoder in shards and slices. Deleting a record trains only its shard again, \
            from the last clean slice; afterwards every byte is that of a run which never saw the record.

            EXAMPLES:
              sisa train shards/toy --workspace workspaces/toy
              sisa predict --workspace workspaces/toy "rain and strong wind tonight" --explain
              sisa delete toy-07 --workspace workspaces/toy --dry-run
              sisa delete toy-07 --workspace workspaces/toy
              sisa verify --workspace workspaces/toy
              sisa audit --residues toy-07 --workspace workspaces/toy
              sisa key export --workspace workspaces/toy > operator.pem
              sisa receipt verify workspaces/toy/receipts/REQUEST.json --key operator.pem --id toy-07

            Every command takes --json, and --quiet, which leaves standard error to errors. An option of one value is \
            given once. Without --workspace the variable SISA_WORKSPACE is used, else ./workspace.
            Exit codes: \(ExitStatus.summary)
            """,
        version: softwareVersion,
        subcommands: [
            Train.self, Predict.self, Generate.self, Score.self, Evaluate.self, Delete.self, Add.self, Repair.self,
            StatusCommand.self,
            Verify.self, Export.self, LabelsCommand.self,
            Fsck.self, Audit.self, ReceiptCommand.self, LogCommand.self, KeyCommand.self, CostCommand.self
        ])

    static func main() {
        // A reader that has gone away (`sisa status | head -1`) must not end a deletion in the middle: without this,
        // writing to a closed pipe kills the process.
        signal(SIGPIPE, SIG_IGN)
        // Likewise, a file that grows past `ulimit -f`: writing it fails, and that is told.
        signal(SIGXFSZ, SIG_IGN)
        Notice.send { Console.error("note: \($0)") }
        // Swift mends bytes that are no UTF-8, and the mended argument may be the id of another record.
        for index in 1..<max(1, Int(CommandLine.argc)) {
            if let argument = unsafe CommandLine.unsafeArgv[index], unsafe String(validatingCString: argument) == nil {
                Console.error("error: argument \(index) is no valid UTF-8; ids, texts and paths are UTF-8: write it so")
                Foundation.exit(Outcome.usage.exitStatus.rawValue)
            }
        }
        withRoom { run() }
    }

    /// Runs `body` where there is room on the stack: a small `ulimit -s` holds for the first thread only.
    private static func withRoom(_ body: @escaping @Sendable () -> Void) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0,
            limit.rlim_cur < rlim_t(SystemThread.stackBytes), let thread = SystemThread.start(body)
        else { return body() }
        thread.join()
    }

    private static func run() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            guard let hint = LeadingHyphen.hint(message(for: error), CommandLine.arguments) else {
                exit(withError: error)
            }
            Console.error(fullMessage(for: error) + "\n" + hint)
            Foundation.exit(exitCode(for: error).rawValue)
        }
    }
}
