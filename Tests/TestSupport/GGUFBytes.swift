package import Engine

/// A GGUF file in the making: keys and tensors in their order, right unless a test changes something.
package struct GGUFBytes {
    /// A value, with the type that the format numbers.
    package enum Value {
        case u32(UInt32)
        case u64(UInt64)
        case f32(Float)
        case bool(Bool)
        case text(String)
        case texts([String])
        case i32s([Int32])
        case f32s([Float])
        /// Bytes behind the number of a type.
        case raw(UInt32, [UInt8])
    }

    /// A tensor, (rows, columns) or of another shape, the slowest dimension first.
    package struct Tensor {
        package var name: String
        package var shape: [Int]
        package var type: UInt32
        package var data: [UInt8]
        /// What the header says of where it begins; nil: the truth.
        package var offset: UInt64?
    }

    package var version: UInt32 = 3
    package var keys: [(String, Value)]
    package var tensors: [Tensor] = []
    package var alignment = 32
    /// What the header says of how many tensors and keys there are; nil: the truth.
    package var tensorCount: UInt64?
    package var keyCount: UInt64?

    package init(_ keys: [(String, Value)]) { self.keys = keys }

    /// Adds a tensor of numbers.
    package mutating func add(_ name: String, _ shape: [Int], _ values: [Float]) {
        add(name, shape, .f32, values.flatMap { Self.integer($0.bitPattern) })
    }

    /// Adds a tensor as it is stored.
    package mutating func add(_ name: String, _ shape: [Int], _ type: StoredType, _ data: [UInt8]) {
        tensors.append(Tensor(name: name, shape: shape, type: type.rawValue, data: data))
    }

    /// The header without its padding.
    package var header: [UInt8] {
        var bytes = Array("GGUF".utf8) + Self.integer(version)
        bytes += Self.integer(tensorCount ?? UInt64(tensors.count)) + Self.integer(keyCount ?? UInt64(keys.count))
        for (key, value) in keys { bytes += Self.text(key) + Self.value(value) }
        var offset = 0
        for tensor in tensors {
            bytes += Self.text(tensor.name) + Self.integer(UInt32(tensor.shape.count))
            for dimension in tensor.shape.reversed() { bytes += Self.integer(UInt64(bitPattern: Int64(dimension))) }
            bytes += Self.integer(tensor.type) + Self.integer(tensor.offset ?? UInt64(offset))
            offset = padded(offset + tensor.data.count)
        }
        return bytes
    }

    /// The whole file.
    package var bytes: [UInt8] {
        var bytes = header
        func pad() { bytes += [UInt8](repeating: 0, count: padded(bytes.count) - bytes.count) }
        pad()
        for tensor in tensors {
            bytes += tensor.data
            pad()
        }
        return bytes
    }

    private func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

    /// The bytes of a number, the least significant one first.
    package static func integer(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// The bytes of a text behind its length.
    package static func text(_ text: String) -> [UInt8] { integer(UInt64(text.utf8.count)) + text.utf8 }

    private static func value(_ value: Value) -> [UInt8] {
        switch value {
        case .u32(let number): integer(UInt32(4)) + integer(number)
        case .u64(let number): integer(UInt32(10)) + integer(number)
        case .f32(let number): integer(UInt32(6)) + integer(number.bitPattern)
        case .bool(let answer): integer(UInt32(7)) + [answer ? 1 : 0]
        case .text(let text): integer(UInt32(8)) + Self.text(text)
        case .texts(let texts): array(8, texts.count, texts.flatMap(text))
        case .i32s(let numbers): array(5, numbers.count, numbers.flatMap { integer($0) })
        case .f32s(let numbers): array(6, numbers.count, numbers.flatMap { integer($0.bitPattern) })
        case .raw(let type, let bytes): integer(type) + bytes
        }
    }

    private static func array(_ type: UInt32, _ count: Int, _ elements: [UInt8]) -> [UInt8] {
        integer(UInt32(9)) + integer(type) + integer(UInt64(count)) + elements
    }
}
