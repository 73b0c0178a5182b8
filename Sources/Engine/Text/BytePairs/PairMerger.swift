/// Merges the symbols of one word: the pair of lowest rank first, the leftmost of equal ones, until none is left.
struct PairMerger {
    /// Up to here looking through all pairs is faster than keeping a heap of them.
    private static let shortest = 48

    /// The symbols of a word before, and of what is left of it after `merge`.
    var symbols: [Int32] = []
    private var merges: [PairTable.Merge] = []  // of the symbol and the next one
    private var next: [Int32] = []  // in long words: the symbol behind, `symbols.count` at the end
    private var previous: [Int32] = []
    private var heap: [UInt64] = []  // rank << 32 | position

    /// Merges whatever can be merged.
    mutating func merge(_ pairs: PairTable) {
        if symbols.count <= Self.shortest { mergeShort(pairs) } else { mergeLong(pairs) }
    }

    private mutating func mergeShort(_ pairs: PairTable) {
        merges.removeAll(keepingCapacity: true)
        guard var last = symbols.indices.last else { return }
        for position in 0..<last { merges.append(pairs[symbols[position], symbols[position + 1]]) }
        while last > 0 {
            var (best, rank) = (0, Int32.max)
            for position in 0..<last where merges[position].rank < rank {
                (best, rank) = (position, merges[position].rank)
            }
            guard rank < .max else { break }
            symbols[best] = merges[best].token
            for position in best + 1..<last {
                symbols[position] = symbols[position + 1]
                merges[position - 1] = merges[position]
            }
            last -= 1
            if best < last { merges[best] = pairs[symbols[best], symbols[best + 1]] }
            if best > 0 { merges[best - 1] = pairs[symbols[best - 1], symbols[best]] }
        }
        symbols.removeSubrange((last + 1)...)
    }

    /// The same with a list of symbols and a heap of pairs: a text without any boundary may have a million symbols.
    private mutating func mergeLong(_ pairs: PairTable) {
        let count = symbols.count
        next = (1...Int32(count)).map { $0 }
        previous = (-1..<Int32(count) - 1).map { $0 }
        heap.removeAll(keepingCapacity: true)
        for position in 0..<count - 1 { push(position, pairs) }
        while let key = pop() {
            let position = Int(key & 0xFFFF_FFFF)
            // A symbol that was merged into the one before is -1; a pair that has changed has another rank, because
            // it has another text.
            guard symbols[position] >= 0, case let right = Int(next[position]), right < count else { continue }
            let merge = pairs[symbols[position], symbols[right]]
            guard merge.rank == Int32(key >> 32) else { continue }
            symbols[position] = merge.token
            symbols[right] = -1
            next[position] = next[right]
            if next[right] < count {
                previous[Int(next[right])] = Int32(position)
                push(position, pairs)
            }
            if previous[position] >= 0 { push(Int(previous[position]), pairs) }
        }
        symbols.removeAll { $0 < 0 }
    }

    private mutating func push(_ position: Int, _ pairs: PairTable) {
        let rank = pairs[symbols[position], symbols[Int(next[position])]].rank
        guard rank < .max else { return }
        let key = UInt64(rank) << 32 | UInt64(position)
        var index = heap.count
        heap.append(key)
        while index > 0, case let parent = (index - 1) / 2, heap[parent] > key {
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = key
    }

    private mutating func pop() -> UInt64? {
        guard let lowest = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return lowest }
        var index = 0
        while case var child = 2 * index + 1, child < heap.count {
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < last else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = last
        return lowest
    }
}
