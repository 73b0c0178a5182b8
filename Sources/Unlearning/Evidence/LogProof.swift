internal import Foundation

/// That an entry is in a log, checkable offline: a C2SP tlog-proof (v1).
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
        guard let end = text.range(of: "\n\n") else { return nil }
        var lines = text[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popFirst() == Self.magic[...] else { return nil }
        // Extra data is the application's own; there is none of ours.
        if lines.first?.hasPrefix("extra ") == true { lines.removeFirst() }
        guard let line = lines.popFirst(), line.hasPrefix("index "), let index = Int(line.dropFirst(6)),
            "\(index)" == line.dropFirst(6)
        else { return nil }
        let hashes = lines.map { Data(base64Encoded: String($0)).map { Array($0) } ?? [] }
        // More than a tree of 2^63 entries can ask for is none of ours.
        guard hashes.count <= 63, hashes.allSatisfy({ $0.count == 32 }) else { return nil }
        self.init(index: index, hashes: hashes, note: String(text[end.upperBound...]))
    }

    func isValid(_ entry: [UInt8], in head: LogHead) -> Bool {
        MerkleTree.root(leaf: MerkleTree.leaf(entry), index: index, size: head.size, proof: hashes) == head.root
    }
}
