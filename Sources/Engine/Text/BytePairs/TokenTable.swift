/// The texts of a vocabulary's tokens by id, and the ids by text.
///
/// All bytes lie in one buffer and all ids in one table: with an object for each token most of the time that a model
/// takes to open would go there.
struct TokenTable: Sendable {
    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = [0]  // token i is bytes[ends[i] ..< ends[i + 1]]
    private var slots: [Int32] = [Int32](repeating: -1, count: 1 << 8)  // open addressing; -1 where empty

    /// How many tokens there are.
    var count: Int { ends.count - 1 }

    /// Makes room for many tokens.
    mutating func reserveCapacity(tokens: Int, bytes: Int) {
        ends.reserveCapacity(tokens + 1)
        self.bytes.reserveCapacity(bytes)
        grow(toHold: tokens)
    }

    /// Where the text of a token lies in `bytes`.
    func range(_ id: Int32) -> Range<Int> { ends[Int(id)]..<ends[Int(id) + 1] }

    /// The text of a token.
    func text(_ id: Int32) -> ArraySlice<UInt8> { bytes[range(id)] }

    /// Adds a token behind the others; nil: another one has this text, and nothing happens.
    mutating func append(_ text: some Collection<UInt8>) -> Int32? {
        let start = bytes.count
        bytes.append(contentsOf: text)
        let slot = slot(bytes, start..<bytes.count)
        guard slots[slot] < 0 else {
            bytes.removeSubrange(start...)
            return nil
        }
        let id = Int32(count)
        slots[slot] = id
        ends.append(bytes.count)
        if count * 2 > slots.count { grow(toHold: count * 2) }
        return id
    }

    /// The token of this text.
    func id(of text: [UInt8]) -> Int32? { id(of: text, text.indices) }

    /// The token of the text in this range of bytes.
    func id(of text: [UInt8], _ range: Range<Int>) -> Int32? {
        let id = slots[slot(text, range)]
        return id < 0 ? nil : id
    }

    /// Whether something holds for the texts of all tokens.
    func allTexts(_ holds: (ArraySlice<UInt8>) -> Bool) -> Bool {
        (0..<Int32(count)).allSatisfy { holds(text($0)) }
    }

    private mutating func grow(toHold tokens: Int) {
        var size = slots.count
        while size < tokens * 2 { size *= 2 }
        guard size > slots.count else { return }
        slots = [Int32](repeating: -1, count: size)
        for id in 0..<Int32(count) { slots[slot(bytes, range(id))] = id }
    }

    /// Where the token of a text is, or where it would go: the table is never more than half full.
    private func slot(_ text: [UInt8], _ range: Range<Int>) -> Int {
        unsafe text.withUnsafeBytes { text in
            // Inside the buffer: slicing checks it.
            let text = unsafe UnsafeRawBufferPointer(rebasing: text[range])
            let mask = slots.count - 1
            var slot = unsafe Int(truncatingIfNeeded: Self.hash(text)) & mask
            while slots[slot] >= 0, unsafe !holds(slots[slot], text) { slot = (slot + 1) & mask }
            return slot
        }
    }

    /// Multiplies eight bytes at a time, then one; the high bits of the last product depend on all of them.
    private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var offset = 0
        while offset + 8 <= text.count {
            let word = unsafe text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            hash = (hash ^ UInt64(littleEndian: word)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
            offset += 8
        }
        for index in offset..<text.count { unsafe hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
        return (hash &* 0x9E37_79B9_7F4A_7C15) >> 32
    }

    private func holds(_ id: Int32, _ text: UnsafeRawBufferPointer) -> Bool {
        let own = range(id)
        guard own.count == text.count else { return false }
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe text.elementsEqual(UnsafeRawBufferPointer(rebasing: bytes[own]))
        }
    }
}
