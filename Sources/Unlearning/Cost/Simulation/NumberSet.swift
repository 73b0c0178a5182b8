/// Numbers from 0 in a table with open addressing: memory in proportion to how many are in it.
struct NumberSet {
    private var slots = [Int](repeating: -1, count: 64)
    private(set) var count = 0

    /// False: it is there already.
    mutating func insert(_ number: Int) -> Bool {
        if (count + 1) * 2 > slots.count { grow() }
        guard Self.put(number, in: &slots) else { return false }
        count += 1
        return true
    }

    private mutating func grow() {
        var larger = [Int](repeating: -1, count: slots.count * 2)
        for number in slots where number >= 0 { _ = Self.put(number, in: &larger) }
        slots = larger
    }

    private static func put(_ number: Int, in slots: inout [Int]) -> Bool {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 >> 20) & mask
        while slots[slot] >= 0 {
            if slots[slot] == number { return false }
            slot = (slot + 1) & mask
        }
        slots[slot] = number
        return true
    }
}
