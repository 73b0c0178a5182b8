import Engine

@testable import Unlearning

/// Contents of checkpoints, made by hand, so that they hold what no training makes.
enum PackingSupport {
    /// A tensor of a type of one byte or more, with its bytes as they stand in a file.
    typealias Tensor = (name: String, type: ElementType, shape: [Int], bytes: [UInt8])

    /// A safetensors file of these tensors; `padding`: blanks behind its header, so that tensors stand at any address.
    static func file(_ tensors: [Tensor], padding: Int = 0) -> [UInt8] {
        var offset = 0
        let members = tensors.map { tensor in
            defer { offset += tensor.bytes.count }
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            return "\"\(tensor.name)\":{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
                + "\"data_offsets\":[\(offset),\(offset + tensor.bytes.count)]}"
        }
        let header = Array(("{" + members.joined(separator: ",") + "}" + String(repeating: " ", count: padding)).utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        return length + header + tensors.flatMap(\.bytes)
    }

    /// Numbers as training leaves them: few exponents, any mantissa.
    static func numbers(_ count: Int, seed: UInt64) -> [Float] {
        let (first, second) = (Philox(key: seed), Philox(key: ~seed))
        return (0..<count).map {
            first.uniform(at: UInt64($0), bound: 0.05) * second.uniform(at: UInt64($0), bound: 1)
        }
    }

    static func bytes(_ numbers: [Float], _ type: ElementType) -> [UInt8] {
        numbers.flatMap { number in
            let bits = type == .bf16 ? number.bitPattern >> 16 : number.bitPattern
            return (0..<(type == .bf16 ? 2 : 4)).map { UInt8(truncatingIfNeeded: bits >> UInt32(8 * $0)) }
        }
    }

    static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        let stream = Philox(key: seed)
        return (0..<count).map { UInt8(truncatingIfNeeded: stream.word(at: UInt64($0)) >> 32) }
    }

    static func isWhole(_ content: [UInt8], initial: InitialTensors? = nil) throws -> Bool {
        try Packing.unpack(Packing.pack(content, initial: initial), size: content.count) == content
    }
}
