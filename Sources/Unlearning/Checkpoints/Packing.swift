internal import Engine

/// The form in which a checkpoint's content is stored: its numbers by planes, in one zstd frame.
///
/// The content of the frame is as long as the checkpoint's; behind it stands what to do with it. Packing is a function
/// of content, seed, shard and version of libzstd; unpacking gives that content or nil.
package enum Packing {
    /// Fewer numbers than this stay in one block with what is around them: a block's own table would cost more than it
    /// saves.
    static let leastWordsOfABlock = 256

    /// `initial`: What the shard began with; tensors that are still so are left out. Nil: none are.
    static func pack(_ content: [UInt8], initial: InitialTensors? = nil) throws(StorageError) -> [UInt8] {
        guard let tensors = SafeTensors.entries(in: content) else {
            return try Zstd.compress(content + PackingForm.plain.bytes)
        }
        let left = initial.map { untrained(tensors, in: content, $0) } ?? []
        var planes = content
        var cuts: [Int] = []
        for tensor in tensors {
            if left.contains(tensor.bytes) {
                for byte in tensor.bytes { planes[byte] = 0 }
            } else if let width = Planes.Width(tensor.type) {
                Planes.split(&planes, tensor.bytes, width: width)
            }
            cuts += self.cuts(tensor)
        }
        let form = left.isEmpty ? PackingForm.planes : initial.map { .withoutUntrained($0) } ?? .planes
        return try Zstd.compress(planes + form.bytes, search: .none, cuts: cuts)
    }

    /// The content of this size, or nil where the file is not one that `pack` wrote.
    ///
    /// `size`: What the caller's own records say the content measures. No more memory is taken than that, and once more
    /// for a tensor.
    static func unpack(_ file: [UInt8], size: Int) -> [UInt8]? {
        guard size >= 0, let total = Zstd.contentSize(file), total > size, PackingForm.lengths.contains(total - size),
            Zstd.isOwnFrame(file, size: total), var content = Zstd.decompress(file, size: total),
            let form = PackingForm(content[size...])
        else { return nil }
        content.removeLast(total - size)
        if form == .plain { return content }
        guard let tensors = SafeTensors.entries(in: content) else { return nil }
        for tensor in tensors {
            if case .withoutUntrained(let initial) = form, InitialTensors.isRandom(tensor),
                content[tensor.bytes].allSatisfy({ $0 == 0 })
            {
                content.replaceSubrange(tensor.bytes, with: initial.bytes(of: tensor))
            } else if let width = Planes.Width(tensor.type) {
                Planes.join(&content, tensor.bytes, width: width)
            }
        }
        return content
    }

    /// The content of a file of which nobody knows the size; the caller has seen to it that its frame is not too large.
    package static func unpack(_ file: [UInt8]) -> [UInt8]? {
        guard let total = Zstd.contentSize(file) else { return nil }
        return PackingForm.lengths.lazy.compactMap { unpack(file, size: total - $0) }.first
    }

    /// The tensors that need not be stored. None where one that was trained is zeros, for that is how the others look
    /// in a file.
    private static func untrained(
        _ tensors: [SafeTensors.Entry], in content: [UInt8], _ initial: InitialTensors
    ) -> Set<Range<Int>> {
        let random = tensors.filter(InitialTensors.isRandom)
        let left = random.filter { initial.isUntrained($0, in: content) }
        let isClear = left.isEmpty || !random.contains { content[$0.bytes].allSatisfy { $0 == 0 } }
        return isClear ? Set(left.map(\.bytes)) : []
    }

    private static func cuts(_ tensor: SafeTensors.Entry) -> [Int] {
        Planes.Width(tensor.type).map { cuts(tensor.bytes, width: $0) } ?? []
    }

    /// Where blocks end, so that exponents have a table of their own and noise is copied: around every piece's first
    /// plane.
    package static func cuts(_ bytes: Range<Int>, width: Planes.Width) -> [Int] {
        Planes.pieces(bytes, width: width).flatMap { start, words in
            words < leastWordsOfABlock ? [] : [start, start + words]
        }
    }
}
