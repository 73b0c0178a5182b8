internal import Foundation

/// What can be wrong with a file of a workspace, or with compressing what it is to hold.
package enum StorageError: Error, Equatable {
    case outOfMemory
    /// A system call on a file of the workspace failed. `code`: the errno, which decides what it means.
    case file(operation: String, path: String, code: Int32, reason: String)
    /// A symbolic link lies where a workspace has a file or a folder of its own.
    case link(path: String)
    /// A folder, a pipe or a device lies where a workspace has a file.
    case notAFile(path: String)
    /// The file ends before what it must hold.
    case cut(path: String)
    /// Nothing can be made or changed there.
    case notWritable(path: String)
    /// The file system has no locks, so that two processes could write at once.
    case noLocks(path: String, reason: String)

    init(_ code: Int32, _ operation: String, _ url: URL) {
        // What a call says that was told not to follow one.
        if code == ELOOP {
            self = .link(path: url.path)
            return
        }
        self = .file(
            operation: operation, path: url.path, code: code, reason: unsafe String(cString: strerror(code)))
    }

    /// What Foundation says of a call.
    init(_ error: any Error, _ operation: String, _ url: URL) {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        let found = underlying ?? error as NSError
        switch (found.domain, (error as? CocoaError)?.code) {
        case (NSPOSIXErrorDomain, _): self.init(Int32(found.code), operation, url)
        case (_, .fileReadNoPermission), (_, .fileWriteNoPermission): self.init(EACCES, operation, url)
        default: self = .file(operation: operation, path: url.path, code: EIO, reason: error.localizedDescription)
        }
    }

    /// Whether the user may not do what was tried; the file may be as sound as any.
    package var isPermission: Bool {
        if case .file(_, _, let code, _) = self { return code == EACCES || code == EPERM }
        return false
    }

    /// Whether the file itself is wrong, so that it can be made again or restored: no trouble of the machine.
    var isDamage: Bool {
        switch self {
        case .notAFile, .cut: true
        case .file, .link, .outOfMemory, .notWritable, .noLocks: false
        }
    }
}

extension StorageError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .outOfMemory:
            "memory ran out while a checkpoint was compressed; free some and run the command again"
        case .file(let operation, let path, EACCES, _), .file(let operation, let path, EPERM, _):
            "\(path): \(operation) is not permitted to this user\(Self.owner(of: path)). The file need not be damaged: "
                + "do not restore it "
                + "from a backup, which would bring deleted records back. Run the command as the owner of the "
                + "workspace, or give its files "
                + "back to them (`chown -R`)"
        case .file(let operation, let path, EROFS, _):
            "\(path): \(operation) failed: the file system is read-only. Nothing was changed; make it writable, or "
                + "work on a copy"
        case .file(let operation, let path, _, let reason):
            "\(path): \(operation) failed: \(reason); nothing half written is left, "
                + "so mend the cause and run the command again"
        case .link(let path):
            "\(path) is a symbolic link, and links inside a workspace are never followed: what it leads to would "
                + "outlive a deletion. Put the "
                + "file itself in its place, and remove what the link leads to"
        case .notAFile(let path):
            "\(path) is no regular file; move it away, and run `sisa fsck` on this workspace to see what is missing"
        case .cut(let path):
            "\(path) ends before its content does: it was cut or damaged; `sisa fsck` on this workspace says what can "
                + "be done"
        case .notWritable(let path):
            "\(path) cannot be written; check its owner and its permissions"
        case .noLocks(let path, let reason):
            "\(path) cannot be locked: its file system has no locks (\(reason)), as some network file systems. Without "
                + "them two commands could write at once; nothing was changed. Move the workspace to a local disk, or "
                + "mount the file system with locks"
        }
    }

    /// Whose it is, as far as that can be seen.
    private static func owner(of path: String) -> String {
        var (status, place) = (stat(), path)
        // Inside of a folder that may not be entered nothing can be looked at.
        while unsafe lstat(place, &status) != 0 {
            guard place.count > 1 else { return "" }
            place = URL(filePath: place).deletingLastPathComponent().path
        }
        return status.st_uid == geteuid()
            ? "" : ", \(place == path ? "it" : place) belongs to user \(status.st_uid), this is \(geteuid())"
    }
}
