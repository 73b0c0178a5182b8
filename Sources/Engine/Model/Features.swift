/// What the frozen part below the first adapted layer makes of one text: a fixed function of the text and the backbone.
///
/// With LoRA these are the vectors of all tokens, (tokens, hidden); head only it is the pooled vector, (1, hidden). The
/// numbers lie in memory of their own or in a mapped file; nobody who reads them can tell which.
package struct Features: Sendable {
    private enum Source: Sendable {
        case memory([Float])
        case file(MappedFile, offset: Int, FeaturePrecision)
    }

    /// The number of vectors: tokens, or 1 where they are pooled.
    package let rows: Int
    /// How many numbers there are.
    package let count: Int
    private let source: Source

    /// Numbers in memory, (rows, hidden).
    package init(rows: Int, values: [Float]) {
        self.rows = rows
        count = values.count
        source = .memory(values)
    }

    /// Numbers that lie in a file, from a byte on, little-endian.
    package init(rows: Int, count: Int, in file: MappedFile, at offset: Int, _ precision: FeaturePrecision) {
        precondition(offset >= 0 && count >= 0 && offset + count * precision.bytes <= file.count)
        self.rows = rows
        self.count = count
        source = .file(file, offset: offset, precision)
    }

    /// Bytes of memory that are the features' own.
    package var bytes: Int {
        switch source {
        case .memory(let values): values.count * MemoryLayout<Float>.stride
        case .file: 0
        }
    }

    /// All numbers, (rows, hidden); read from the file where they lie in one.
    package var values: [Float] {
        if case .memory(let values) = source { return values }
        var values = [Float](repeating: 0, count: count)
        copy(into: &values, at: 0)
        return values
    }

    /// Copies the numbers over those of a buffer, from `start` on.
    package func copy(into buffer: inout [Float], at start: Int) {
        precondition(start >= 0 && start + count <= buffer.count)
        unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            // Inside the buffer, by the check above; the source's extent was checked when it was made.
            let target = unsafe UnsafeMutableBufferPointer(rebasing: buffer[start..<start + count])
            switch source {
            case .memory(let values):
                _ = unsafe target.update(fromContentsOf: values)
            case .file(let file, let offset, .f32):
                // The file's order of bytes is that of every machine this is built for.
                unsafe file.withBytes { bytes in
                    let source = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 4 * count])
                    unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
                }
            case .file(let file, let offset, .bf16):
                unsafe file.withBytes { bytes in
                    for index in 0..<count {
                        let bits = unsafe bytes.loadUnaligned(fromByteOffset: offset + 2 * index, as: UInt16.self)
                        unsafe target[index] = Float(bfloat16Bits: UInt16(littleEndian: bits))
                    }
                }
            }
        }
    }

    /// The features as their precision has them.
    package func rounded(to precision: FeaturePrecision) -> Features {
        guard precision == .bf16 else { return self }
        return Features(rows: rows, values: values.map(\.roundedToBFloat16))
    }

    /// The numbers as a file holds them; they must have been rounded before.
    package func encoded(_ precision: FeaturePrecision) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * precision.bytes)
        for value in values {
            if precision == .f32 {
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern))
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> 8))
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> 16))
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> 24))
            } else {
                let bits = value.bfloat16Bits
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
            }
        }
        return bytes
    }
}

extension Features: Equatable {
    /// Features are equal where their numbers are, wherever these lie.
    package static func == (left: Features, right: Features) -> Bool {
        left.rows == right.rows && left.values == right.values
    }
}

/// How many bits of a feature there are.
package enum FeaturePrecision: String, Sendable, Codable, CaseIterable {
    case f32
    /// The upper half of an F32, rounded to nearest, ties to even.
    case bf16

    /// Bytes of one number.
    package var bytes: Int { self == .f32 ? 4 : 2 }
}
