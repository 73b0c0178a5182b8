internal import Engine

/// Which cell a record of a simulated corpus is in. Cells are numbered shard by shard: shard * slices + slice.
///
/// Nothing is kept for a record; its cell is computed when a request names it.
package struct SimulatedPlacement: Sendable {
    /// How records are spread over cells.
    package enum Kind: String, Sendable, CaseIterable {
        /// Cells of equal size, as the formulas assume; who is where is random.
        case equal
        /// Every record by its own hash, as `sisa` places it: sizes vary.
        case hashed
        /// In every shard the lowest numbers are in the first slice, the highest in the last.
        case ordered
        /// All records of an owner in one cell, by a hash of the owner.
        case owners
    }

    let kind: Kind
    let records: Int
    let shards: Int
    let slices: Int
    private let shuffle: RecordShuffle
    private let philox: Philox

    init(_ kind: Kind, records: Int, shards: Int, slices: Int, seed: UInt64, run: Int) {
        self.kind = kind
        self.records = records
        self.shards = shards
        self.slices = slices
        let key = RandomStream.key(seed: seed, run: run, purpose: .placement)
        shuffle = RecordShuffle(count: records, key: key)
        philox = Philox(key: key)
    }

    /// `owner`: its number; needed for `owners` only.
    func cell(of record: Int, owner: Int? = nil) -> Int {
        switch kind {
        case .equal:
            let place = shuffle(record)
            return place % shards * slices + place / shards % slices
        case .hashed: return hashed(record)
        case .ordered:
            let shard = record % shards
            let inShard = (records - shard + shards - 1) / shards
            return shard * slices + Int(Double(record / shards) / Double(inShard) * Double(slices))
        // Records come first, so that one without an owner has no owner's place.
        case .owners: return hashed(owner.map { records + $0 } ?? record)
        }
    }

    private func hashed(_ number: Int) -> Int {
        let words = philox.block(
            SIMD4(UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32), 1, 0))
        let (first, second) = (UInt64(words[0]) | UInt64(words[1]) << 32, UInt64(words[2]) | UInt64(words[3]) << 32)
        let shard = first.multipliedFullWidth(by: UInt64(shards)).high
        return Int(shard) * slices + Int(second.multipliedFullWidth(by: UInt64(slices)).high)
    }

    /// How many records each cell has before the first request. `owners`: where each owner's records begin, and behind
    /// the last.
    func sizes(owners: [Int] = []) -> [Int] {
        var sizes = [Int](repeating: 0, count: shards * slices)
        switch kind {
        case .equal:
            let (each, more) = records.quotientAndRemainder(dividingBy: shards * slices)
            for place in sizes.indices {
                sizes[place % shards * slices + place / shards] = each + (place < more ? 1 : 0)
            }
        case .hashed:
            for record in 0..<records { sizes[hashed(record)] += 1 }
        case .ordered:
            for record in 0..<records { sizes[cell(of: record)] += 1 }
        case .owners:
            for owner in owners.indices.dropLast() {
                sizes[cell(of: owners[owner], owner: owner)] += owners[owner + 1] - owners[owner]
            }
            for record in (owners.last ?? 0)..<records { sizes[cell(of: record)] += 1 }
        }
        return sizes
    }
}

/// A keyed permutation of 0 to count - 1 that needs no memory.
///
/// A Feistel network on the next power of four, walked until it comes back below the count.
struct RecordShuffle {
    private let count: UInt64
    private let half: UInt64
    private let keys: (UInt64, UInt64, UInt64, UInt64)

    init(count: Int, key: UInt64) {
        self.count = UInt64(count)
        let bits = UInt64(max(0, count - 1)).leadingZeroBitCount
        half = UInt64((64 - bits + 1) / 2)
        keys = (Self.mix(key), Self.mix(key &+ 1), Self.mix(key &+ 2), Self.mix(key &+ 3))
    }

    func callAsFunction(_ index: Int) -> Int {
        var value = UInt64(index)
        repeat { value = step(value) } while value >= count
        return Int(value)
    }

    private func step(_ value: UInt64) -> UInt64 {
        let mask: UInt64 = (1 << half) - 1
        var (left, right) = (value >> half, value & mask)
        (left, right) = (right, left ^ Self.mix(right ^ keys.0) & mask)
        (left, right) = (right, left ^ Self.mix(right ^ keys.1) & mask)
        (left, right) = (right, left ^ Self.mix(right ^ keys.2) & mask)
        (left, right) = (right, left ^ Self.mix(right ^ keys.3) & mask)
        return left << half | right
    }

    /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
