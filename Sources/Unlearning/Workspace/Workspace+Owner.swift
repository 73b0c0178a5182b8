package import Foundation

/// Whose a workspace is, and whether it can be written.
extension Workspace {
    /// Refuses root in the workspace of somebody else: what it wrote there could not be read by its owner, and a file
    /// that cannot be read looks like one that is gone.
    package static func refuseForeignRoot(at root: URL) throws {
        var status = stat()
        guard geteuid() == 0, unsafe stat(root.path, &status) == 0, status.st_uid != 0 else { return }
        throw WorkspaceError.foreignRoot(path: root.path, owner: status.st_uid)
    }

    /// Whether a folder is there and cannot be written, as a snapshot.
    package static func isReadOnly(at root: URL) -> Bool {
        unsafe access(root.path, F_OK) == 0 && access(root.path, W_OK) != 0
    }

    /// `body` while this process holds the lock; nil where it cannot: on a disk that is read-only, or in a workspace of
    /// somebody else, nobody is waited for.
    func whileNobodyWrites<Result>(_ waiting: () -> Void, _ body: () throws -> Result) throws -> Result? {
        guard (try? DurableFile.exists(files[.lock])) == true,
            let lock = try? WorkspaceLock(files[.lock], waiting: waiting)
        else { return nil }
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }
}
