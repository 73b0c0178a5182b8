import ArgumentParser
import Foundation
import Unlearning

/// Where a command trains again to compare.
struct ScratchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Train in a new folder in DIR, which is removed at the end, and write nothing into the workspace. Default: \
            inside the workspace; a temporary folder where it is read-only.
            """,
            valueName: "dir"), completion: .directory)
    var scratch: String?

    /// The workspace, and the folder to train in; nil: inside of it. `answers` is that of `WorkspaceOptions.open`.
    func open(_ options: WorkspaceOptions, answers: Bool) throws -> (workspace: Workspace, scratch: URL?) {
        let isReadOnly = Workspace.isReadOnly(at: options.folder)
        let place = scratch.map { URL(filePath: $0) } ?? (isReadOnly ? FileManager.default.temporaryDirectory : nil)
        guard let place else { return (try options.open(answers: answers), nil) }
        return (try answers ? options.openToRead() : options.openToExamine(), place)
    }
}
