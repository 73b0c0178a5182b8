internal import Foundation

/// The key of a workspace, as a file of its folder.
extension WorkspaceFiles {
    /// Refuses a folder that holds something else than a workspace.
    func checkVacancy() throws {
        if try isOccupied() { throw WorkspaceError.occupied(path: root.path) }
    }

    /// Makes the folder's key, or finds it there. `given`: the key to use; nil: a new random one.
    func prepare(_ given: WorkspaceKey?) throws -> WorkspaceKey {
        if try DurableFile.exists(self[.key]) {
            let found = try readKey()
            if let given, given.hexadecimal != found.hexadecimal {
                throw WorkspaceError.keyDiffers(path: root.path)
            }
            return found
        }
        if try DurableFile.exists(self[.ledger]) { throw WorkspaceError.keyMissing(path: self[.key].path) }
        let new = given ?? WorkspaceKey()
        try DurableFile.write(Array((new.hexadecimal + "\n").utf8), to: self[.key])
        return new
    }

    func readKey() throws -> WorkspaceKey {
        guard let bytes = try DurableFile.contents(self[.key]) else {
            throw WorkspaceError.keyMissing(path: self[.key].path)
        }
        return try WorkspaceKey(hexadecimal: String(decoding: bytes, as: UTF8.self))
    }
}
