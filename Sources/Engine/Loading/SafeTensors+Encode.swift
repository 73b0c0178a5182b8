extension SafeTensors {
    /// The element types that can be written.
    package enum WrittenType: Sendable {
        case f32
        /// The upper half of an F32. Values must already be rounded, or they would not come back.
        case bf16
    }

    /// A tensor that is to be written; its values are in row-major order.
    package typealias WrittenTensor = (name: String, shape: [Int], dtype: WrittenType, values: [Float])

    /// The one canonical file for these tensors and this metadata.
    ///
    /// Tensors keep their order, metadata keys are sorted by their bytes and the header is padded
    /// with spaces to a multiple of 8, so equal state gives equal bytes and a digest of the file is
    /// a digest of the state.
    package static func encode(_ tensors: [WrittenTensor], metadata: [String: String]) -> [UInt8] {
        var header = "{"
        if !metadata.isEmpty {
            let sorted = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            let members = sorted.map { "\(quoted($0.key)):\(quoted($0.value))" }
            header += "\"__metadata__\":{\(members.joined(separator: ","))}"
        }
        var offset = 0
        var names: Set<String> = ["__metadata__"]
        for tensor in tensors {
            precondition(tensor.values.count == tensor.shape.reduce(1, *), "the shape does not fit the values")
            precondition(names.insert(tensor.name).inserted, "two tensors have the same name")
            let end = offset + tensor.values.count * (tensor.dtype == .f32 ? 4 : 2)
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            if header.utf8.count > 1 { header += "," }
            header += quoted(tensor.name)
            header += ":{\"dtype\":\"\(tensor.dtype == .f32 ? "F32" : "BF16")\",\"shape\":[\(shape)]"
            header += ",\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        header += "}"
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)

        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.utf8.count + offset)
        append(UInt64(header.utf8.count), to: &bytes)
        bytes.append(contentsOf: header.utf8)
        for tensor in tensors { append(tensor.values, as: tensor.dtype, to: &bytes) }
        return bytes
    }

    private static func append(_ values: [Float], as type: WrittenType, to bytes: inout [UInt8]) {
        for value in values {
            switch type {
            case .f32: append(value.bitPattern, to: &bytes)
            case .bf16: append(value.bfloat16Bits, to: &bytes)
            }
        }
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
