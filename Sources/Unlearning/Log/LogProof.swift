internal import Foundation

/// A proof that an entry is in a log, checkable offline: a C2SP tlog-proof (v1).
struct LogProof {
    private static let magic = "c2sp.org/tlog-proof@v1"

    let index: Int
    let hashes: [[UInt8]]
    /// The signed head of the log.
    let note: String

    init(index: Int, hashes: [[UInt8]], note: String) {
        (self.index, self.hashes, self.note) = (index, hashes, note)
    }

    var text: String {
        ([Self.magic, "index \(index)"] + hashes.map { Data($0).base64EncodedString() } + ["", note])
            .joined(separator: "\n")
    }

    init?(text: String) {
        let all = text.lines
        guard let gap = all.firstIndex(of: "") else { return nil }
        // The format lets an application put a line of its own second; there is none of ours.
        guard gap >= 2, all[0] == Self.magic, all[1].hasPrefix("index "),
            let index = Int(canonical: String(all[1].dropFirst(6)))
        else { return nil }
        let hashes = all[2..<gap].map { Data(canonicalBase64: $0).map { Array($0) } ?? [] }
        // More than a tree of 2^63 entries can ask for is none of ours.
        guard hashes.count <= 63, hashes.allSatisfy({ $0.count == 32 }) else { return nil }
        self.init(index: index, hashes: hashes, note: all[(gap + 1)...].joined(separator: "\n"))
    }

    func isValid(_ entry: [UInt8], in head: LogHead) -> Bool {
        MerkleTree.root(leaf: MerkleTree.leaf(entry), index: index, size: head.size, proof: hashes) == head.root
    }
}
