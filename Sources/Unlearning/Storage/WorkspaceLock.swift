internal import Foundation

/// The right to change a workspace: one process at a time. The system gives it back when its holder ends, however that
/// happens.
final class WorkspaceLock: Sendable {
    private let descriptor: Int32

    /// Waits until the lock is free; `waiting` is called once if it is not free at once.
    ///
    /// The file may have been removed by the holder before (a workspace that could not be filled is taken back), so a
    /// lock on a file that is no longer the one at its path is none: it is opened anew.
    init(_ url: URL, waiting: () -> Void) throws {
        var isTold = false
        while true {
            try? FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let opened = unsafe open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard opened >= 0 else { throw StorageError.notWritable(path: url.path) }
            var wish = LOCK_EX | LOCK_NB
            while flock(opened, wish) != 0 {
                let code = errno
                if code == EINTR { continue }
                if code == EWOULDBLOCK, wish & LOCK_NB != 0 {
                    if !isTold { waiting() }
                    isTold = true
                    wish = LOCK_EX
                    continue
                }
                close(opened)
                if let reason = FileLocks.reason(code) { throw StorageError.noLocks(path: url.path, reason: reason) }
                throw StorageError.notWritable(path: url.path)
            }
            if Self.isAtPath(opened, url) {
                descriptor = opened
                return
            }
            close(opened)
        }
    }

    private static func isAtPath(_ descriptor: Int32, _ url: URL) -> Bool {
        var (held, found) = (stat(), stat())
        return unsafe fstat(descriptor, &held) == 0 && stat(url.path, &found) == 0
            && held.st_ino == found.st_ino && held.st_dev == found.st_dev
    }

    deinit {
        close(descriptor)
    }
}
