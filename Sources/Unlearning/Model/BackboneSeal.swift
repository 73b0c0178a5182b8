internal import Crypto
internal import Engine
internal import Foundation

/// What a backbone's files held when a workspace was trained: enough to check each file, and each part of the weights, by itself.
///
/// A deletion uses few of the files, and often none. Each is compared when it is used, so nothing is ever trained with other
/// numbers than before, and a file that is not needed need not be read.
package struct BackboneSeal: Sendable, Codable, Equatable {
    struct File: Sendable, Codable, Equatable {
        let name: String
        let digest: Data
    }

    let files: [File]
    private let weightBytes: Int
    private let weightBlocks: Data

    private static let weights = "model.safetensors"

    /// Reads all files of a folder.
    init(folder: URL) throws {
        var files: [File] = []
        var (size, blocks) = (0, Data())
        for name in Model.files(in: folder) {
            let url = folder.appending(path: name)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            var whole = SHA256()
            do {
                var file = try ChunkedFile(InputFile(url), chunkBytes: BlockDigests.blockBytes)
                while let block = try file.next() {
                    whole.update(data: block)
                    guard name == Self.weights else { continue }
                    blocks += Data(SHA256.hash(data: block))
                    size += block.count
                }
            } catch {
                if error.problem == .notPermitted { throw error }
                throw WorkspaceError.backboneUnreadable(path: url.path, reason: error.problem.reason)
            }
            files.append(File(name: name, digest: Data(whole.finalize())))
        }
        self.files = files
        weightBytes = size
        weightBlocks = blocks
    }

    /// SHA-256 over names and contents of the backbone's files.
    package var digest: [UInt8] {
        var whole = SHA256()
        for file in files {
            whole.update(data: Array((file.name + "\n").utf8))
            whole.update(data: file.digest)
        }
        return Array(whole.finalize())
    }

    /// What parts of the weights are compared with; nil where the folder has no weights.
    var blocks: BlockDigests? {
        files.contains { $0.name == Self.weights }
            ? BlockDigests(size: weightBytes, digests: Array(weightBlocks)) : nil
    }

    /// Whether a file is what it was, or is missing as it was.
    func holds(_ name: String, in folder: URL) -> Bool {
        let url = folder.appending(path: name)
        let expected = files.first { $0.name == name }?.digest
        guard FileManager.default.fileExists(atPath: url.path) else { return expected == nil }
        var whole = SHA256()
        do {
            var file = try ChunkedFile(InputFile(url))
            while let block = try file.next() { whole.update(data: block) }
        } catch {
            return false
        }
        return expected == Data(whole.finalize())
    }
}
