/// The keys and values of one layer for the tokens of one text, as attention reads them.
final class KeyValueCache {
    private let heads: Int
    private let headSize: Int
    private(set) var count = 0
    private var capacity = 0
    private var keys: [Float] = []  // (heads, head size, capacity): keys side by side
    private var values: [Float] = []  // (heads, capacity, head size)

    init(_ attention: CausalSelfAttention) {
        heads = attention.keyValueHeads
        headSize = attention.headSize
    }

    /// Another cache that begins as this one does.
    init(_ other: KeyValueCache) {
        (heads, headSize) = (other.heads, other.headSize)
        (count, capacity) = (other.count, other.capacity)
        (keys, values) = (other.keys, other.values)
    }

    /// Appends the keys and values of rows of a buffer (rows, query + 2 key).
    func append(_ queryKeyValue: [Float], rows: Range<Int>, _ attention: CausalSelfAttention) {
        if count + rows.count > capacity { grow(to: count + rows.count) }
        let width = attention.width
        precondition(rows.lowerBound >= 0 && rows.upperBound * width <= queryKeyValue.count)
        for row in rows {
            for head in 0..<heads {
                let key = row * width + attention.query + head * headSize
                let value = key + attention.keyValue
                let (to, place) = (head * headSize * capacity + count, (head * capacity + count) * headSize)
                for element in 0..<headSize {
                    keys[to + element * capacity] = queryKeyValue[key + element]
                    values[place + element] = queryKeyValue[value + element]
                }
            }
            count += 1
        }
    }

    private func grow(to least: Int) {
        let (oldCapacity, oldKeys, oldValues) = (capacity, keys, values)
        capacity = max(64, 2 * capacity, (least + 15) / 16 * 16)
        keys = [Float](repeating: 0, count: heads * headSize * capacity)
        values = keys
        for row in 0..<heads * headSize {
            keys.replace(at: row * capacity, with: oldKeys, at: row * oldCapacity, count: count)
        }
        for head in 0..<heads {
            values.replace(
                at: head * capacity * headSize, with: oldValues, at: head * oldCapacity * headSize,
                count: count * headSize)
        }
    }

    /// One head of one row attends to the first `limit` tokens: its query, a part of a row of (query + 2 key), gives
    /// its part of that row's context, (head size).
    func attend(
        _ queryKeyValue: [Float], row: Int, head: Int, limit: Int, _ attention: CausalSelfAttention
    ) -> [Float] {
        precondition(limit > 0 && limit <= count, "a token attends to one that was not fed")
        let shared = head / attention.group
        var scores = [Float](repeating: 0, count: limit)
        var context = [Float](repeating: 0, count: headSize)
        CausalAttention.attend(
            queryKeyValue, at: row * attention.width + head * headSize, keys,
            MatrixView(
                offset: shared * headSize * capacity, rows: headSize, columns: limit, rowStride: capacity), values,
            MatrixView(offset: shared * capacity * headSize, rows: limit, columns: headSize),
            scale: attention.scale, scores: &scores, into: &context, at: 0)
        return context
    }
}
