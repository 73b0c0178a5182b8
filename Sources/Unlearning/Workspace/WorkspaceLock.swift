internal import Foundation

/// The right to change a workspace: one process at a time. The system gives it back when its holder ends, however that happens.
struct WorkspaceLock: ~Copyable {
    private let descriptor: Int32

    /// Waits until the lock is free; `waiting` is called once if it is not free at once.
    init(_ url: URL, waiting: () -> Void) throws {
        descriptor = unsafe open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw WorkspaceError.notWritable(path: url.path) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
        waiting()
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                close(descriptor)
                throw WorkspaceError.notWritable(path: url.path)
            }
        }
    }

    deinit {
        close(descriptor)
    }
}
