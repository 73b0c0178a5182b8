internal import Crypto
internal import Engine
internal import Foundation

/// What a backbone's files held when a workspace was trained: enough to check each file, and each part of the weights,
/// by itself.
///
/// A deletion uses few of the files, and often none. Each is compared when it is used, so nothing is ever trained with
/// other numbers than before, and a file that is not needed need not be read.
package struct BackboneSeal: Sendable, Equatable {
    /// A file and the SHA-256 of it.
    struct File: Sendable, Codable, Equatable {
        let name: String
        let digest: Data
    }

    /// The blocks of one file of weights: the file's length, and the SHA-256 of each block, one after another.
    private struct Weights: Sendable, Codable, Equatable {
        let name: String
        let bytes: Int
        let blocks: Data
    }

    /// All files of the backbone that are there, in the order of `ModelFolder.files`.
    let files: [File]
    private let weights: [Weights]

    /// Reads all files of a folder, or a GGUF file.
    init(folder: URL) throws {
        try self.init(ModelFolder(folder))
    }

    /// Reads all files of a model, in one pass each.
    init(_ folder: ModelFolder) throws {
        var files: [File] = []
        var weights: [Weights] = []
        for name in folder.files {
            let url = folder.location(of: name)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            let hasWeights = folder.weights.contains(name)
            var whole = SHA256()
            var (size, blocks) = (0, Data())
            do {
                var file = try ChunkedFile(InputFile(url), chunkBytes: BlockDigests.blockBytes)
                while let block = try file.next() {
                    whole.update(data: block)
                    guard hasWeights else { continue }
                    blocks += Data(SHA256.hash(data: block))
                    size += block.count
                }
            } catch {
                if error.problem == .notPermitted { throw error }
                throw ModelError.backboneUnreadable(path: url.path, reason: error.problem.reason)
            }
            files.append(File(name: name, digest: Data(whole.finalize())))
            if hasWeights { weights.append(Weights(name: name, bytes: size, blocks: blocks)) }
        }
        self.files = files
        self.weights = weights
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

    /// What parts of the files of weights are compared with, by the files' names.
    var blocks: [String: BlockDigests] {
        Dictionary(
            uniqueKeysWithValues: weights.map { ($0.name, BlockDigests(size: $0.bytes, digests: Array($0.blocks))) })
    }

    /// Whether a file is what it was, or is missing as it was.
    func holds(_ name: String, in folder: ModelFolder) -> Bool {
        let url = folder.location(of: name)
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

/// One file of weights is written as it always was, without its name; several are a list.
extension BackboneSeal: Codable {
    private enum CodingKeys: String, CodingKey {
        case files, weightBytes, weightBlocks, weights
    }

    /// Reads a seal from a ledger.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        files = try container.decode([File].self, forKey: .files)
        if let several = try container.decodeIfPresent([Weights].self, forKey: .weights) {
            weights = several
            return
        }
        let single = Weights(
            name: ModelFolder.singleWeights, bytes: try container.decode(Int.self, forKey: .weightBytes),
            blocks: try container.decode(Data.self, forKey: .weightBlocks))
        let isThere = files.contains { $0.name == single.name } || single.bytes > 0 || !single.blocks.isEmpty
        weights = isThere ? [single] : []
    }

    /// Writes a seal for a ledger.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(files, forKey: .files)
        guard weights.allSatisfy({ $0.name == ModelFolder.singleWeights }) else {
            return try container.encode(weights, forKey: .weights)
        }
        try container.encode(weights.first?.bytes ?? 0, forKey: .weightBytes)
        try container.encode(weights.first?.blocks ?? Data(), forKey: .weightBlocks)
    }
}
