package import Foundation

/// Named tensors and metadata read from one GGUF file, version 2 or 3.
///
/// The whole header is checked on opening: after that every tensor lies inside the file, none overlap and no byte but
/// padding is unaccounted for. Of a file on disk only the header is read at first, and then each tensor when it is
/// asked for.
package struct GGUF: Sendable {
    /// What the header says of a tensor.
    package struct Entry: Sendable {
        /// The tensor's name.
        package let name: String
        /// How its elements lie.
        package let type: StoredType
        /// Its dimensions, the slowest first: the reverse of their order in the file.
        package let shape: [Int]
        /// Where its elements lie in the file.
        package let bytes: Range<Int>
    }

    /// The file's name, for errors.
    package let file: String
    private enum Source: Sendable {
        case memory([UInt8])
        case disk(PartialFile)
    }
    private let source: Source
    let header: GGUFHeader

    /// Opens a file. `blocks`: what it must hold; every part is compared with them before it is used.
    package init(contentsOf url: URL, blocks: BlockDigests? = nil) throws(GGUFError) {
        file = url.lastPathComponent
        do {
            let disk = try PartialFile(url, blocks: blocks)
            let start = try disk.bytes(0..<min(disk.size, ForeignContent.beginning))
            if let foreign = ForeignContent(start) { throw FileFault.foreign(foreign) }
            source = .disk(disk)
            var cursor = GGUFCursor(disk)
            header = try GGUFHeader(&cursor)
        } catch let fault as FileFault {
            throw GGUFError(file: url.lastPathComponent, problem: .file(fault))
        } catch let problem as GGUFError.Problem {
            throw GGUFError(file: url.lastPathComponent, problem: problem)
        } catch {
            throw GGUFError(file: url.lastPathComponent, problem: .file(.unreadable(reason: "\(error)")))
        }
    }

    /// Reads a file's bytes; errors call it `name`.
    package init(bytes: [UInt8], name: String) throws(GGUFError) {
        file = name
        source = .memory(bytes)
        var cursor = GGUFCursor(bytes)
        do {
            header = try GGUFHeader(&cursor)
        } catch {
            throw GGUFError(file: name, problem: error)
        }
    }

    /// What the header says of all tensors, in file order.
    package var entries: [Entry] { header.entries }

    /// Whether the file has a tensor of this name.
    package func contains(_ name: String) -> Bool { header.index[name] != nil }

    /// What the header says of a tensor; nil where the file has none of this name.
    package func entry(_ name: String) -> Entry? { header.index[name].map { header.entries[$0] } }

    /// A tensor of the given shape as it is stored, every element or scale finite; all dimensions but the last are
    /// rows.
    package func rows(_ name: String, shape: [Int]) throws(GGUFError) -> StoredRows {
        guard let entry = entry(name) else { throw error(.missingTensor(name)) }
        guard entry.shape == shape else {
            throw error(.wrongShape(tensor: name, found: entry.shape, expected: shape))
        }
        let bytes: [UInt8]
        switch source {
        case .memory(let all): bytes = Array(all[entry.bytes])
        case .disk(let disk):
            do {
                bytes = try disk.bytes(entry.bytes)
            } catch {
                throw self.error(.file(error))
            }
        }
        let stored = StoredRows(
            type: entry.type, rows: shape.dropLast().reduce(1, *), columns: shape[shape.count - 1], bytes: bytes)
        if let index = stored.firstNotFinite { throw error(.notFinite(tensor: name, index: index)) }
        return stored
    }

    func error(_ problem: GGUFError.Problem) -> GGUFError { GGUFError(file: file, problem: problem) }
}
