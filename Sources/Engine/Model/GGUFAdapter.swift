/// An adapter as a GGUF file, which llama.cpp loads beside the file of its model (`--lora FILE`).
///
/// Each matrix has two tensors in binary32, `lora_a` (rank, inputs) and `lora_b` (outputs, rank), under its own name.
/// Where a model's files have the rows of a matrix in another order, those of `lora_b` are in it too.
package struct GGUFAdapter {
    private var header: [UInt8] = Array("GGUF".utf8)
    private var data: [UInt8] = []
    private static let version: UInt32 = 3
    private static let alignment = 32

    private enum ValueType: UInt32 {
        case float32 = 6
        case string = 8
    }

    /// The bytes of the file; nil where the model is no causal one, for which there is no such file.
    package static func encode(
        _ state: AdapterState, layout: AdapterLayout, model: BackboneConfiguration
    ) -> [UInt8]? {
        guard case .decoder(let decoder) = model.family, let lora = layout.specification.lora else { return nil }
        var file = GGUFAdapter()
        let texts = [
            ("general.type", "adapter"), ("general.architecture", model.modelType.rawValue), ("adapter.type", "lora")
        ]
        file.number(version)
        file.number(UInt64(2 * layout.modules.count))
        file.number(UInt64(texts.count + 1))
        for (key, value) in texts {
            file.key(key, .string)
            file.text(value)
        }
        file.key("adapter.lora.alpha", .float32)
        file.number(lora.alpha.bitPattern)
        let names = GGUFNames(model, decoder)
        for module in layout.modules {
            let tensor = model.modelType.layerPath(module.layer) + module.module.path + ".weight"
            let name = names.name(of: tensor)
            let (a, b) = (Array(state.values[module.a]), Array(state.values[module.b]))
            file.tensor(name + ".lora_a", rows: lora.rank, columns: module.inputs, a)
            file.tensor(
                name + ".lora_b", rows: module.outputs, columns: lora.rank,
                names.source(of: tensor).map { reordered(b, columns: lora.rank, place: $0) } ?? b)
        }
        pad(&file.header)
        return file.header + file.data
    }

    /// The same rows, row `row` at `place(row)`.
    private static func reordered(_ values: [Float], columns: Int, place: (Int) -> Int) -> [Float] {
        var result = values
        for row in 0..<values.count / columns {
            let target = place(row) * columns
            result.replaceSubrange(target..<target + columns, with: values[row * columns..<(row + 1) * columns])
        }
        return result
    }

    private mutating func number(_ value: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe header.append(contentsOf: $0) }
    }

    private mutating func text(_ text: String) {
        number(UInt64(text.utf8.count))
        header.append(contentsOf: text.utf8)
    }

    private mutating func key(_ key: String, _ type: ValueType) {
        text(key)
        number(type.rawValue)
    }

    /// Describes a tensor of binary32 numbers, and appends them.
    private mutating func tensor(_ name: String, rows: Int, columns: Int, _ values: [Float]) {
        text(name)
        number(UInt32(2))
        // The length of a row comes first.
        number(UInt64(columns))
        number(UInt64(rows))
        number(UInt32(0))
        number(UInt64(data.count))
        for value in values {
            unsafe withUnsafeBytes(of: value.bitPattern.littleEndian) { unsafe data.append(contentsOf: $0) }
        }
        Self.pad(&data)
    }

    private static func pad(_ bytes: inout [UInt8]) {
        bytes += [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)
    }
}
