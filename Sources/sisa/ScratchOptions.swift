import ArgumentParser
import Foundation
import Unlearning

/// Where a command trains again to compare.
struct ScratchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Train in a new folder in DIR, which is removed at the end, and write nothing into the workspace. Default: inside the workspace; a temporary folder where it is read-only.",
            valueName: "dir"), completion: .directory)
    var scratch: String?

    /// The workspace, and where to train; nil: inside of it.
    func open(_ options: WorkspaceOptions) throws -> (workspace: Workspace, scratch: URL?) {
        let isReadOnly = Workspace.isReadOnly(at: options.folder)
        let place = scratch.map { URL(filePath: $0) } ?? (isReadOnly ? FileManager.default.temporaryDirectory : nil)
        return (try place == nil ? options.open() : options.openToRead(), place)
    }
}
