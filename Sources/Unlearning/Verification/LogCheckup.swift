package import Foundation

/// What is wrong with a workspace's log; nothing where it is append-only, signed, and what the ledger and the receipts
/// know.
package struct LogCheckup: Sendable {
    /// How many entries the log has.
    package let entries: Int
    /// The signed head; nil where there is none that can be believed.
    package let head: LogHead?
    /// Receipts and heads that were compared with it.
    package let compared: Int
    /// One sentence each.
    package let faults: [String]

    /// Whether nothing is wrong.
    package var isConsistent: Bool { faults.isEmpty }
}

extension Workspace {
    /// Computes the whole tree anew from the entries, and compares it with the signed head, the ledger, older heads and
    /// receipts.
    ///
    /// `heads`: files with signed heads of the same log, kept elsewhere, or receipts: what this log must have grown
    /// from.
    ///
    /// A command that writes meanwhile looks like a fault, so what seems wrong is looked at again while nobody does.
    package func checkLog(since heads: [URL] = [], waiting: () -> Void = {}) throws -> LogCheckup {
        let first = try lookAtLog(since: heads)
        if first.isConsistent { return first }
        return try whileNobodyWrites(waiting) { try lookAtLog(since: heads) } ?? first
    }

    /// The same for a process that holds the lock.
    func lookAtLog(since heads: [URL]) throws -> LogCheckup {
        guard let state = try ledger.logState() else { throw LogError.noLog(path: root.path) }
        let log = evidenceLog
        var faults: [String] = []
        var compared = 0
        func report(_ head: LogHead?, _ entries: Int) -> LogCheckup {
            LogCheckup(entries: entries, head: head, compared: compared, faults: faults)
        }
        // What may not be read says nothing of the log; neither does a link.
        for file in try [log.checkpoint, log.entries, log.nodes] + receiptFiles() where try DurableFile.exists(file) {
            _ = try DurableFile.isReadable(file)
        }
        guard let note = try? log.note() else {
            faults.append("there is no head in \(log.checkpoint.path)")
            return report(nil, 0)
        }
        guard let head = LogHead(note: note, signedBy: state.key) else {
            faults.append("the head is not signed by the workspace's key")
            return report(nil, 0)
        }
        if head.origin != state.origin { faults.append("the head is of another log, \(head.origin)") }
        guard let entries = try? log.allEntries(head.size) else {
            faults.append("\(log.entries.path) has not the \(head.size) entries that the head says")
            return report(head, 0)
        }
        let tree = GrownTree(entries)
        if tree.root(head.size) != head.root { faults.append("the entries do not hash to the head's root") }
        if try DurableFile.contents(log.nodes).map({ Array($0.prefix(tree.file.count)) }) != tree.file {
            faults.append("\(log.nodes.path) is not what the entries make of it")
        }
        let parsed = entries.map { LogEntry(bytes: $0) }
        if parsed.contains(nil) { faults.append("an entry cannot be read") }
        if entries.isEmpty || parsed.first??.event != .ingest { faults.append("the log does not begin with an ingest") }
        if state.outbox.contains(where: { $0.key < entries.count && ($0.key < 0 || entries[$0.key] != $0.value) }) {
            faults.append("the ledger has noted another entry than the log")
        }
        do {
            let writer = try LogWriter(log, state, nil, keyPath: "")
            if writer.problem as? LogError == .keyMissing(path: ""), writer.written < writer.size {
                faults.append("\(writer.size - writer.written) entries wait in the ledger (`sisa repair` writes them)")
            }
            if let problem = writer.problem, problem as? LogError != .keyMissing(path: "") {
                faults.append("\(problem)")
            }
        } catch {
            faults.append("\(error)")
        }
        let keys = (try? verificationKeys()) ?? [state.key]
        for (file, isReceipt) in try heads.map({ ($0, false) }) + receiptFiles().map({ ($0, true) }) {
            compared += 1
            if let fault = Self.fault(of: file, isReceipt: isReceipt, keys, head, tree, entries) {
                faults.append("\(file.path): \(fault)")
            }
        }
        return report(head, head.size)
    }

    /// Why a receipt does not say what the log says; nil where it does.
    private static func fault(_ receipt: Receipt, at index: Int, _ entries: [[UInt8]]) -> String? {
        guard let deletion = receipt.statement?.predicate else { return "it says nothing" }
        let before = entries[..<index].compactMap { LogEntry(bytes: $0) }
        let accepted = before.last { $0.request == deletion.request && $0.commitments != nil }
        guard accepted?.commitments == deletion.commitments else {
            return "its commitments are not those that were logged when its deletion was accepted"
        }
        let purge = LogEntry(bytes: entries[index])
        for shard in deletion.shards {
            let logged = purge?.shards?.first { $0.shard == shard.shard }?.generation
            if let logged, logged != shard.newGeneration { return "its checkpoints are not those that were logged" }
            let records = before.compactMap { $0.shards?.first { $0.shard == shard.shard }?.records }.last
            if records != shard.retainedRecords { return "its records that stay are not those that were logged" }
        }
        return nil
    }

    /// Why a head or a receipt is not of this log; nil where it is.
    private static func fault(
        of file: URL, isReceipt: Bool, _ keys: [VerificationKey], _ head: LogHead, _ tree: GrownTree,
        _ entries: [[UInt8]]
    ) -> String? {
        var old: LogHead?
        if let receipt = try? Receipt(InputFile(file)) {
            guard keys.contains(where: { receipt.fault($0) == nil }) else {
                return keys.last.flatMap { receipt.fault($0) }
            }
            if let place = receipt.place {
                guard place.index < entries.count, entries[place.index] == Array(receipt.logEntry.utf8) else {
                    return "its deletion is not in the log"
                }
                if let fault = Self.fault(receipt, at: place.index, entries) { return fault }
                old = place.head
            }
        } else if isReceipt {
            return "it is no receipt"
        } else {
            let note = (try? InputFile(file).bytes(limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            old = keys.lazy.compactMap { LogHead(note: note, signedBy: $0) }.first
        }
        guard let old else { return "it is no head that a key of this workspace signed" }
        guard old.origin == head.origin else { return "it is the head of another log" }
        guard old.size <= head.size else {
            return "it knows of \(old.size) entries, the log of \(head.size): entries were taken away"
        }
        return tree.root(old.size) == old.root ? nil : "the first \(old.size) entries were others when it was signed"
    }
}

/// A hash tree computed from all entries at once.
private struct GrownTree {
    private var nodes: [[UInt8]] = []
    /// What the file of nodes should hold.
    private(set) var file: [UInt8] = []

    init(_ entries: [[UInt8]]) {
        var end = 0
        for (index, entry) in entries.enumerated() {
            end += entry.count + 1
            let known = nodes
            let completed = (try? MerkleTree(size: index) { known[$0] }.completed(by: entry)) ?? []
            for (level, hash) in completed.enumerated() {
                nodes.append(hash)
                file += EvidenceLog.node(hash, end: level == 0 ? end : 0)
            }
        }
    }

    func root(_ size: Int) -> [UInt8]? { try? MerkleTree(size: size) { nodes[$0] }.root() }
}
