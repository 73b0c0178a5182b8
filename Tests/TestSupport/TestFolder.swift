package import Foundation

/// Folders that live as long as one test.
package enum TestFolder {
    /// Calls `body` with a new folder; it is removed afterwards, whatever happens.
    ///
    /// It lies on the memory disk where there is one: what is tested is bytes, and a real disk's fsync takes most of a
    /// test's time.
    package static func with<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = try make()
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// The same for a body that waits.
    package static func with<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = try make()
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    private static func make() throws -> URL {
        let memory = URL(filePath: "/dev/shm")
        let parent =
            FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
        let folder = parent.appending(path: "sisa-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Contents of every file below a folder, by path relative to it.
    package static func contents(_ folder: URL) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            let url = folder.appending(path: path)
            let type = try FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
            if type == .typeRegular { found[path] = try Data(contentsOf: url) }
        }
        return found
    }
}
