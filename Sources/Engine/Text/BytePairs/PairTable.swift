/// Which two tokens become which one, and in what order: the merges of a byte pair encoding.
struct PairTable: Sendable {
    /// What becomes of a pair: the lower its rank, the earlier; and the token that it becomes.
    struct Merge: Equatable, Sendable {
        let rank: Int32
        let token: Int32

        /// No merge: later than all.
        static let none = Merge(rank: .max, token: -1)
    }

    private struct Slot: Sendable {
        var key: UInt64
        var merge: Merge
    }

    /// No pair has this key: tokens are not negative.
    private static let empty = UInt64.max

    private var slots = [Slot](repeating: Slot(key: empty, merge: .none), count: 1 << 8)
    /// How many pairs there are.
    private(set) var count = 0

    /// Makes room for many pairs.
    mutating func reserveCapacity(_ pairs: Int) { grow(toHold: pairs) }

    /// What becomes of a pair.
    @inline(__always)
    subscript(left: Int32, right: Int32) -> Merge {
        let key = Self.key(left, right)
        let slot = slots[slot(of: key)]
        return slot.key == key ? slot.merge : .none
    }

    /// Adds a pair; false: it has a merge already, and nothing happens.
    mutating func insert(_ left: Int32, _ right: Int32, _ merge: Merge) -> Bool {
        let key = Self.key(left, right)
        let slot = slot(of: key)
        guard slots[slot].key == Self.empty else { return false }
        slots[slot] = Slot(key: key, merge: merge)
        count += 1
        if count * 3 > slots.count * 2 { grow(toHold: count * 2) }
        return true
    }

    private mutating func grow(toHold pairs: Int) {
        var size = slots.count
        while size * 2 < pairs * 3 { size *= 2 }
        guard size > slots.count else { return }
        let old = slots
        slots = [Slot](repeating: Slot(key: Self.empty, merge: .none), count: size)
        for slot in old where slot.key != Self.empty { slots[self.slot(of: slot.key)] = slot }
    }

    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// Where the key is, or where it would go.
    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        let mask = slots.count - 1
        // Fibonacci hashing: the high bits of the product with 2^64 over the golden ratio.
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while slots[slot].key != key, slots[slot].key != Self.empty { slot = (slot + 1) & mask }
        return slot
    }
}
