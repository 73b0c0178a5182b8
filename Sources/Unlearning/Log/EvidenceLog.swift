internal import Engine
internal import Foundation

/// The append-only log of a workspace, as files: entries one a line, the nodes of their hash tree, and the signed head.
///
/// What lies behind the head's size was being written by a command that was killed: it does not count and is written
/// over.
package struct EvidenceLog: Sendable {
    /// A node's hash and, for the node of an entry, where the entry's line ends.
    private static let nodeBytes = 32 + 8

    let folder: URL

    var entries: URL { folder.appending(path: "entries.jsonl") }
    var nodes: URL { folder.appending(path: "nodes") }
    var checkpoint: URL { folder.appending(path: "checkpoint") }

    /// The head as it stands in its file, signatures unread; nil where there is no log.
    func head() throws -> LogHead? {
        guard let note = try note() else { return nil }
        guard let head = LogHead(note: note) else { throw LogError.logDamaged(path: checkpoint.path) }
        return head
    }

    /// What the log calls itself, and the name of its keys.
    package func origin() throws -> String {
        guard let head = try head() else { throw LogError.noLog(path: folder.path) }
        return head.origin
    }

    /// The signed note of the head.
    package func note() throws -> String? {
        guard let bytes = try DurableFile.contents(checkpoint) else { return nil }
        guard let note = String(validating: bytes, as: UTF8.self) else {
            throw LogError.logDamaged(path: checkpoint.path)
        }
        return note
    }

    func tree(_ size: Int) -> MerkleTree { MerkleTree(size: size) { Array(try node($0).prefix(32)) } }

    private func node(_ number: Int) throws -> [UInt8] {
        try part(of: nodes, at: number * Self.nodeBytes, count: Self.nodeBytes)
    }

    /// A part of a file of the log; one that is too short for it was cut.
    private func part(of file: URL, at offset: Int, count: Int) throws -> [UInt8] {
        guard let size = try DurableFile.size(file), size >= count, offset <= size - count else {
            throw LogError.logDamaged(path: file.path)
        }
        return try DurableFile.contents(file, at: offset, count: count)
    }

    /// Throws where the files do not end as this head says: nothing may be written behind what somebody cut or changed.
    func check(_ head: LogHead) throws {
        guard head.size > 0 else { return }
        guard try tree(head.size).root() == head.root else { throw LogError.logDamaged(path: nodes.path) }
        // All nodes of these entries are there.
        _ = try node(MerkleTree.number(level: 0, index: head.size) - 1)
        let last = MerkleTree.number(level: 0, index: head.size - 1)
        let (start, end) = (try end(of: head.size - 2), try end(of: head.size - 1))
        guard end > start, case let line = try part(of: entries, at: start, count: end - start), line.last == 0x0A,
            try MerkleTree.leaf(Array(line.dropLast())) == Array(node(last).prefix(32))
        else { throw LogError.logDamaged(path: entries.path) }
    }

    /// A node as its file holds it. `end`: where an entry's line ends; 0 for what is no entry's.
    static func node(_ hash: [UInt8], end: Int) -> [UInt8] { hash + UInt64(end).bigEndianBytes }

    /// Where the line of an entry ends; 0 for the one before the first.
    func end(of index: Int) throws -> Int {
        guard index >= 0 else { return 0 }
        let end = try node(MerkleTree.number(level: 0, index: index)).suffix(8).reduce(0) { $0 << 8 | Int($1) }
        guard end >= 0 else { throw LogError.logDamaged(path: nodes.path) }
        return end
    }

    /// An entry as it was hashed.
    func entry(_ index: Int) throws -> [UInt8] {
        let (start, end) = (try end(of: index - 1), try end(of: index))
        guard end > start else { throw LogError.logDamaged(path: nodes.path) }
        return try part(of: entries, at: start, count: end - start - 1)
    }

    /// Whether an entry tells of a request: a look for its name, which has no letter that JSON writes in another way.
    func mentions(_ request: String) -> Bool {
        guard let map = MappedFile(entries) else { return false }
        return unsafe map.withBytes { unsafe $0.contains(Array("\"request\":\"\(request)\"".utf8)) }
    }

    /// Writes entries behind the first `size` ones, which are all that the head in its file counts, durably. They count
    /// when the next head does.
    func append(_ new: [[UInt8]], after size: Int) throws {
        let head = try head()
        guard head?.size ?? 0 == size else { throw LogError.logDamaged(path: checkpoint.path) }
        if let head { try check(head) }
        var (lines, nodes): ([UInt8], [UInt8]) = ([], [])
        var known: [Int: [UInt8]] = [:]
        let start = try end(of: size - 1)
        for (offset, entry) in new.enumerated() {
            lines += entry + [0x0A]
            let tree = MerkleTree(size: size + offset) { number in
                try known[number] ?? Array(node(number).prefix(32))
            }
            let first = MerkleTree.number(level: 0, index: size + offset)
            for (level, hash) in try tree.completed(by: entry).enumerated() {
                known[first + level] = hash
                nodes += Self.node(hash, end: level == 0 ? start + lines.count : 0)
            }
        }
        try DurableFile.splice(lines, into: entries, at: start)
        try DurableFile.splice(
            nodes, into: self.nodes, at: MerkleTree.number(level: 0, index: size) * Self.nodeBytes)
    }

    func publish(_ head: LogHead, signedBy keys: [SigningKey]) throws {
        try DurableFile.write(Array(head.note(signedBy: keys).utf8), to: checkpoint)
    }

    /// All entries that count, in order, read in one go.
    func allEntries(_ size: Int) throws -> [[UInt8]] {
        guard size > 0 else { return [] }
        guard let bytes = try DurableFile.contents(entries) else { throw LogError.logDamaged(path: entries.path) }
        let lines = bytes.split(separator: 0x0A, maxSplits: size, omittingEmptySubsequences: false)
        // The last piece is what follows the last line's end: nothing, or what a killed command wrote.
        guard lines.count == size + 1 else { throw LogError.logDamaged(path: entries.path) }
        return lines.dropLast().map { Array($0) }
    }
}
