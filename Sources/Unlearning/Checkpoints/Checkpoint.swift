internal import Crypto
package import Engine

/// The state of a shard after a stage, as the bytes of a safetensors file with PEFT's tensor names.
///
/// The content depends on the state alone, so equal states are equal bytes; its SHA-256 is what verification compares.
package struct Checkpoint: Sendable {
    /// The bytes of the safetensors file.
    package let content: [UInt8]

    /// Makes the content of a state, each tensor in `precision`.
    package init(_ state: AdapterState, layout: AdapterLayout, precision: Recipe.CheckpointPrecision) {
        content = SafeTensors.encode(
            layout.tensors.map {
                ($0.name, $0.shape, precision == .bf16 ? .bf16 : .f32, Array(state.values[$0.range]))
            },
            metadata: ["format": "pt", "sisa.numerics": "\(numericsVersion)"])
    }

    init(content: [UInt8]) {
        self.content = content
    }

    /// The SHA-256 of the content.
    package var digest: [UInt8] { Self.digest(of: content) }

    /// The SHA-256 of a content.
    package static func digest(of content: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: content)) }

    /// The state, or nil where the content is not one of this layout.
    package func state(layout: AdapterLayout) -> AdapterState? {
        guard let file = try? SafeTensors(bytes: content, name: "checkpoint"),
            file.names == layout.tensors.map(\.name)
        else { return nil }
        var values: [Float] = []
        values.reserveCapacity(layout.count)
        for tensor in layout.tensors {
            guard let part = try? file.floats(tensor.name, shape: tensor.shape) else { return nil }
            values += part
        }
        return AdapterState(values: values)
    }
}
