internal import Crypto

/// The hash tree of RFC 6962 (section 2.1), computed from nodes that are kept, so that an append or a proof of n
/// entries reads about log2(n) of them.
///
/// `node`: the hash of a complete subtree, by its number (`MerkleTree.number`).
struct MerkleTree {
    let size: Int
    let node: (_ number: Int) throws -> [UInt8]

    static func leaf(_ entry: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: [0] + entry)) }

    static func parent(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: [1] + left + right)) }

    /// The place of the complete subtree over entries `index << level ..< (index + 1) << level` among all nodes, in the
    /// order in which appends complete them: every entry's hash is followed by those of the subtrees that it completes.
    static func number(level: Int, index: Int) -> Int {
        // The last entry below the node, and all nodes before and of that entry.
        var last = ((index + 1) << level) - 1
        var number = level
        while last > 0 {
            number += last
            last >>= 1
        }
        return number
    }

    /// The nodes that appending an entry completes, lowest first: the entry's own and, where it fills subtrees, theirs.
    func completed(by entry: [UInt8]) throws -> [[UInt8]] {
        var nodes = [Self.leaf(entry)]
        var (level, index) = (0, size)
        while index % 2 == 1 {
            nodes.append(Self.parent(try node(Self.number(level: level, index: index - 1)), nodes[level]))
            index /= 2
            level += 1
        }
        return nodes
    }

    /// The root of no entries.
    static var empty: [UInt8] { Array(SHA256.hash(data: [UInt8]())) }

    func root() throws -> [UInt8] { try size == 0 ? Self.empty : hash(0, size) }

    /// The hashes beside the path from an entry to the root, lowest first.
    func inclusionProof(of index: Int) throws -> [[UInt8]] { try path(index, 0, size) }

    private func path(_ index: Int, _ from: Int, _ to: Int) throws -> [[UInt8]] {
        guard to - from > 1 else { return [] }
        let split = from + Self.largestPowerOfTwo(below: to - from)
        return index < split
            ? try path(index, from, split) + [hash(split, to)] : try path(index, split, to) + [hash(from, split)]
    }

    /// The hash of entries `from ..< to`; `from` is a multiple of the largest power of two in their number.
    private func hash(_ from: Int, _ to: Int) throws -> [UInt8] {
        let count = to - from
        if count & (count - 1) == 0 {
            let level = count.trailingZeroBitCount
            return try node(Self.number(level: level, index: from >> level))
        }
        let split = from + Self.largestPowerOfTwo(below: count)
        return Self.parent(try hash(from, split), try hash(split, to))
    }

    private static func largestPowerOfTwo(below count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// The root that an entry's hash and its proof make; nil where the proof has another length than such a tree's.
    static func root(leaf: [UInt8], index: Int, size: Int, proof: [[UInt8]]) -> [UInt8]? {
        guard index >= 0, index < size else { return nil }
        var (hash, index, last) = (leaf, index, size - 1)
        for sibling in proof {
            guard last > 0 else { return nil }
            if index % 2 == 1 || index == last {
                hash = parent(sibling, hash)
                // Levels at which the node is the last and has no sibling hand it on as it is.
                while index % 2 == 0, index > 0 {
                    index /= 2
                    last /= 2
                }
            } else {
                hash = parent(hash, sibling)
            }
            index /= 2
            last /= 2
        }
        return last == 0 ? hash : nil
    }
}
