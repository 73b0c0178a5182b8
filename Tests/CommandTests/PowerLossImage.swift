import Foundation
import TestSupport

/// Folders and files as they lie on a disk, by path.
struct PowerLossImage: Hashable {
    var folders: Set<String> = []
    var files: [String: [UInt8]] = [:]

    init() {}

    /// What lies in a folder, but only what is called `name` there, or is below that.
    init(of folder: URL, only name: String) throws {
        guard FileManager.default.fileExists(atPath: folder.appending(path: name).path) else { return }
        folders.insert(name)
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: name).path) {
            let url = folder.appending(path: name).appending(path: path)
            let type = try FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
            if type == .typeDirectory { folders.insert("\(name)/\(path)") }
            if type == .typeRegular { files["\(name)/\(path)"] = [UInt8](try Data(contentsOf: url)) }
        }
    }

    /// Writes it all below a folder.
    func write(to folder: URL) throws {
        let make = FileManager.default.createDirectory(at:withIntermediateDirectories:attributes:)
        try make(folder, true, nil)
        for path in folders.sorted() { try make(folder.appending(path: path), true, nil) }
        for (path, bytes) in files { try Data(bytes).write(to: folder.appending(path: path)) }
    }
}
