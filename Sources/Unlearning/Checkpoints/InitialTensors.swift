internal import Engine

/// What a shard's tensors hold before they are trained, as a file would have it.
///
/// It is a function of seed, shard, name and shape, so a checkpoint may leave out a tensor that is still so, and no
/// other file is needed to have it again.
struct InitialTensors: Sendable, Equatable {
    let seed: UInt64
    let shard: Int

    /// Whether there is something to leave out: zeros take no room anyway.
    static func isRandom(_ tensor: SafeTensors.Entry) -> Bool {
        AdapterState.initialValues(of: tensor.name, shape: tensor.shape, count: 0, seed: 0, shard: 0) != nil
            && Planes.Width(tensor.type) != nil && !tensor.bytes.isEmpty
    }

    func isUntrained(_ tensor: SafeTensors.Entry, in content: [UInt8]) -> Bool {
        guard Self.isRandom(tensor), let width = Planes.Width(tensor.type) else { return false }
        // A number that was trained is hardly ever where it began, so mostly one is enough.
        let first = bytes(of: tensor, count: 1)
        return content[tensor.bytes].prefix(width.rawValue) == first[...]
            && content[tensor.bytes] == bytes(of: tensor)[...]
    }

    func bytes(of tensor: SafeTensors.Entry) -> [UInt8] {
        bytes(of: tensor, count: tensor.bytes.count / (Planes.Width(tensor.type)?.rawValue ?? 1))
    }

    private func bytes(of tensor: SafeTensors.Entry, count: Int) -> [UInt8] {
        let values = AdapterState.initialValues(
            of: tensor.name, shape: tensor.shape, count: count, seed: seed, shard: shard)
        var state = AdapterState(values: values ?? [])
        if tensor.type == .bf16 { state.roundToBFloat16() }
        let dropped = tensor.type == .bf16 ? 2 : 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * count)
        for value in state.values {
            for byte in dropped..<4 { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * byte))) }
        }
        return bytes
    }
}
