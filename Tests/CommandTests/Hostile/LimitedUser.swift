import Foundation
import TestSupport

/// Runs the program as an ordinary user, within limits of its shell: those on processes do not hold for the system's
/// own user.
enum LimitedUser {
    /// The words that begin such a run. `limits`: A shell's, such as `ulimit -u 1`.
    static func wrapper(_ limits: String) -> [String] {
        let user = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
        return user + ["bash", "-c", limits + "; exec \"$0\" \"$@\""]
    }

    /// Whether that user can start the program here: setpriv must be installed, and the folders above the program open
    /// to all.
    static let isPossible: Bool = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sisa-limits-\(getpid())")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return (try? MeasuredRun(["--version"], in: folder, wrapper: wrapper("true")))?.code == 0
    }()

    /// Lets that user write everywhere below a test's folder.
    static func open(_ folder: URL) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        for path in [folder.path] + names.map({ folder.appending(path: $0).path }) {
            var isFolder: ObjCBool = false
            _ = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            try FileManager.default.setAttributes(
                [.posixPermissions: isFolder.boolValue ? 0o777 : 0o666], ofItemAtPath: path)
        }
    }
}
