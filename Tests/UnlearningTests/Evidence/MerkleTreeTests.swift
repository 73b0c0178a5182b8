import Crypto
import Foundation
import Testing

@testable import Unlearning

/// The log's tree is that of RFC 6962, whatever its size.
@Suite struct MerkleTreeTests {
    /// The definition, word for word: section 2.1.
    private func root(_ entries: ArraySlice<[UInt8]>) -> [UInt8] {
        guard let first = entries.first else { return Array(SHA256.hash(data: [UInt8]())) }
        guard entries.count > 1 else { return Array(SHA256.hash(data: [0] + first)) }
        var split = 1
        while split * 2 < entries.count { split *= 2 }
        let middle = entries.startIndex + split
        return Array(SHA256.hash(data: [1] + root(entries[..<middle]) + root(entries[middle...])))
    }

    /// All nodes in the order in which appends complete them.
    private func nodes(_ entries: [[UInt8]]) throws -> [[UInt8]] {
        var nodes: [[UInt8]] = []
        for (index, entry) in entries.enumerated() {
            let known = nodes
            #expect(MerkleTree.number(level: 0, index: index) == nodes.count)
            nodes += try MerkleTree(size: index) { known[$0] }.completed(by: entry)
        }
        return nodes
    }

    @Test func everyRootAndEveryProofUpToSeventyEntriesIsTheDefinitions() throws {
        let entries = (0..<70).map { Array("entry \($0)".utf8) }
        let nodes = try nodes(entries)
        for size in 0...entries.count {
            let tree = MerkleTree(size: size) { nodes[$0] }
            let truth = root(entries[..<size])
            #expect(try tree.root() == truth)
            for index in 0..<size {
                let proof = try tree.inclusionProof(of: index)
                func made(_ entry: Int, at index: Int, of size: Int, _ proof: [[UInt8]]) -> [UInt8]? {
                    MerkleTree.root(leaf: MerkleTree.leaf(entries[entry]), index: index, size: size, proof: proof)
                }
                #expect(made(index, at: index, of: size, proof) == truth)
                // Neither another entry, nor another place, nor a longer or shorter proof makes the same root.
                #expect(made((index + 1) % 70, at: index, of: size, proof) != truth)
                if size > 1 { #expect(made(index, at: (index + 1) % size, of: size, proof) != truth) }
                #expect(made(index, at: index, of: size, proof + [truth]) != truth)
                if !proof.isEmpty { #expect(made(index, at: index, of: size, proof.dropLast()) != truth) }
                #expect(made(index, at: size, of: size, proof) == nil)
            }
        }
    }

    /// The test vectors of the Certificate Transparency project (merkletree/merkle_tree_test.cc): eight entries and
    /// their root.
    @Test func theRootOfTheCertificateTransparencyVectorsIsTheirs() throws {
        let entries = [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
        ]
        .compactMap { [UInt8](hexadecimal: $0) }
        let nodes = try nodes(entries)
        let expected = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        #expect(try MerkleTree(size: 8) { nodes[$0] }.root().hexadecimal == expected)
    }
}
