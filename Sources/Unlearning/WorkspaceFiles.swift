internal import Foundation

/// What lies where in a workspace's folder.
struct WorkspaceFiles: Sendable {
    let root: URL

    var ledger: URL { root.appending(path: "ledger.sqlite") }
    var key: URL { root.appending(path: "key") }
    var lock: URL { root.appending(path: "lock") }
    var checkpoints: URL { root.appending(path: "checkpoints") }
    /// Where a verification trains; gone when it ends, and swept by the next writer if it was killed.
    var verification: URL { root.appending(path: "verification") }

    /// Makes the folder and its key, or finds both there.
    func prepare(_ given: WorkspaceKey?) throws -> WorkspaceKey {
        let manager = FileManager.default
        if manager.fileExists(atPath: key.path) {
            let found = try readKey()
            if let given, given.hexadecimal != found.hexadecimal {
                throw WorkspaceError.keyDiffers(path: root.path)
            }
            return found
        }
        let names = (try? manager.contentsOfDirectory(atPath: root.path)) ?? []
        if names.contains(where: { $0 != "lock" && !$0.hasPrefix(DurableFile.temporaryPrefix) }) {
            throw WorkspaceError.occupied(path: root.path)
        }
        let new = given ?? WorkspaceKey()
        try DurableFile.write(Array((new.hexadecimal + "\n").utf8), to: key)
        return new
    }

    func makeRoot() throws {
        do {
            try FileManager.default.createDirectory(
                at: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw WorkspaceError.notWritable(path: root.path)
        }
    }

    func readKey() throws -> WorkspaceKey {
        guard let text = try? String(contentsOf: key, encoding: .utf8) else {
            throw WorkspaceError.keyMissing(path: key.path)
        }
        return try WorkspaceKey(hexadecimal: text)
    }

    /// Takes back a workspace that could not be filled, and its folder if nothing else is in it.
    func discard(keepingKey: Bool) throws {
        try DurableFile.remove([ledger, lock] + (keepingKey ? [] : [key]))
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
        if names.isEmpty { try FileManager.default.removeItem(at: root) }
    }

    /// Removes what killed processes left: an unfinished verification, a half-written key.
    func sweep() throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        try DurableFile.remove(
            names.filter { $0.hasPrefix(DurableFile.temporaryPrefix) }.map { root.appending(path: $0) })
        if FileManager.default.fileExists(atPath: verification.path) {
            try FileManager.default.removeItem(at: verification)
        }
    }
}
