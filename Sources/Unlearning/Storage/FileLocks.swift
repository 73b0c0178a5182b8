internal import Foundation

/// Locks, which some network file systems do not have. Without them two processes could write at once, so nothing is
/// done there.
enum FileLocks {
    /// What the system says where there are none; nil: this code says something else.
    static func reason(_ code: Int32) -> String? {
        [ENOLCK, EOPNOTSUPP, ENOSYS].contains(code) ? unsafe String(cString: strerror(code)) : nil
    }

    /// Why files in the folder of `path` cannot be locked; nil: they can, or it is not known.
    ///
    /// Tries it on the workspace's key: closing a file that SQLite has open would take its locks away.
    static func missing(beside path: String) -> String? {
        let key = WorkspaceFiles(root: URL(filePath: path).deletingLastPathComponent())[.key]
        let descriptor = unsafe open(key.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var region = Foundation.flock()
        region.l_type = Int16(F_RDLCK)
        region.l_whence = Int16(SEEK_SET)
        region.l_len = 1
        return unsafe fcntl(descriptor, F_SETLK, &region) == 0 ? nil : reason(errno)
    }
}
