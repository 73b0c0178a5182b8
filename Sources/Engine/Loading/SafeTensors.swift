package import Foundation

/// Named tensors read from one safetensors file.
///
/// The whole header is checked on opening: after that every tensor lies inside the file, none
/// overlap and no byte is unaccounted for, so two readers cannot see different contents.
/// Of a file on disk only the header is read at first, and then each tensor when `floats` is asked for it.
package struct SafeTensors: Sendable {
    /// What the header says of a tensor.
    package struct Entry: Sendable {
        /// The tensor's name.
        package let name: String
        /// What its elements are.
        package let type: ElementType
        /// Its dimensions, the slowest first.
        package let shape: [Int]
        /// Where its elements lie in the file.
        package let bytes: Range<Int>
    }

    /// The file's name, for errors.
    package let file: String
    /// The texts of the header's `__metadata__`.
    package let metadata: [String: String]
    private enum Source: Sendable {
        case memory([UInt8])
        case disk(PartialFile)
    }
    private let source: Source
    /// What the header says of all tensors, in file order.
    let entries: [Entry]
    private let index: [String: Int]

    /// Opens a file. `blocks`: what it must hold; every part is compared with them before it is used.
    package init(contentsOf url: URL, blocks: BlockDigests? = nil) throws(SafeTensorsError) {
        let name = url.lastPathComponent
        do {
            let disk = try PartialFile(url, blocks: blocks)
            let start = try disk.bytes(0..<min(disk.size, ForeignContent.beginning))
            if let foreign = ForeignContent(start) {
                throw SafeTensorsError(file: name, problem: .file(.foreign(foreign)))
            }
            let length = SafeTensorsHeader.extent(start, total: disk.size)
            let header = try SafeTensorsHeader(disk.bytes(0..<length), total: disk.size, file: name)
            self.init(header, .disk(disk), name)
        } catch let fault as FileFault {
            throw SafeTensorsError(file: name, problem: .file(fault))
        } catch let error as SafeTensorsError {
            throw error
        } catch {
            throw SafeTensorsError(file: name, problem: .file(.unreadable(reason: "\(error)")))
        }
    }

    /// Reads a file's bytes; errors call it `name`.
    package init(bytes: [UInt8], name: String) throws(SafeTensorsError) {
        self.init(try SafeTensorsHeader(bytes, total: bytes.count, file: name), .memory(bytes), name)
    }

    private init(_ header: SafeTensorsHeader, _ source: Source, _ name: String) {
        self.source = source
        file = name
        metadata = header.metadata
        entries = header.entries
        index = header.index
    }

    /// The tensors of a file, in its order; nil where the bytes are no such file.
    ///
    /// Looks at the header alone, as strictly as a reader does: every tensor is within the bytes, and none overlap.
    package static func entries(in bytes: [UInt8]) -> [Entry]? {
        try? SafeTensorsHeader(bytes, total: bytes.count, file: "").entries
    }

    /// The names of all tensors, in file order.
    package var names: [String] { entries.map(\.name) }

    /// Whether the file has a tensor of this name.
    package func contains(_ name: String) -> Bool { index[name] != nil }

    /// The dimensions of a tensor; nil where the file has none of this name.
    package func shape(of name: String) -> [Int]? { index[name].map { entries[$0].shape } }

    /// The element type of a tensor; nil where the file has none of this name.
    package func dtype(of name: String) -> ElementType? { index[name].map { entries[$0].type } }

    /// A tensor of the given shape in row-major order, every element finite.
    ///
    /// F16 and BF16 widen without rounding. F64 is refused rather than rounded behind the
    /// user's back.
    package func floats(_ name: String, shape: [Int]) throws(SafeTensorsError) -> [Float] {
        try rows(name, shape: shape).floats()
    }

    /// A tensor of the given shape as it is stored, every element finite; all dimensions but the last are rows.
    func rows(_ name: String, shape: [Int]) throws(SafeTensorsError) -> StoredRows {
        guard let position = index[name] else { throw error(.missingTensor(name)) }
        let entry = entries[position]
        guard entry.shape == shape else {
            throw error(.wrongShape(tensor: name, found: entry.shape, expected: shape))
        }
        let type: StoredType
        switch entry.type {
        case .f32: type = .f32
        case .bf16: type = .bf16
        case .f16: type = .f16
        case .f64: throw error(.doublePrecision(tensor: name))
        default: throw error(.notFloatingPoint(tensor: name, found: entry.type))
        }
        let columns = shape.last ?? 1
        let rows = StoredRows(
            type: type, rows: shape.dropLast().reduce(1, *), columns: columns, bytes: try bytes(of: entry))
        if let index = rows.firstNotFinite { throw error(.notFinite(tensor: name, index: index)) }
        return rows
    }

    private func bytes(of entry: Entry) throws(SafeTensorsError) -> [UInt8] {
        switch source {
        case .memory(let all): return Array(all[entry.bytes])
        case .disk(let disk):
            do {
                return try disk.bytes(entry.bytes)
            } catch {
                throw self.error(.file(error))
            }
        }
    }

    private func error(_ problem: SafeTensorsError.Problem) -> SafeTensorsError {
        SafeTensorsError(file: file, problem: problem)
    }
}

extension Float {
    /// The value of an IEEE-754 binary16 number; exact. `Float16` is missing on some platforms.
    init(halfBits: UInt16) {
        let sign = UInt32(halfBits & 0x8000) << 16
        let exponent = UInt32(halfBits >> 10) & 0x1F
        let fraction = UInt32(halfBits & 0x3FF)
        switch exponent {
        case 0:
            let magnitude = Float(fraction) * 0x1p-24
            self = Float(bitPattern: sign | magnitude.bitPattern)
        case 0x1F: self = Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
