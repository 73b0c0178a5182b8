internal import Foundation

/// An entry that a transaction of the ledger takes in, so that what happened and its entry are durable together.
struct LogNote: Sendable {
    let index: Int
    let entry: [UInt8]
    /// The root of the log with this entry; nil where the log is damaged and nobody can say.
    let root: [UInt8]?
    /// Entries that the log's files have: the ledger needs them no more. 0 where the files are damaged, and may lack
    /// any.
    let written: Int
    /// The key that signs the log with this entry; nil where nobody can.
    let key: VerificationKey?
}

/// What the ledger knows of the log.
struct LogState: Sendable {
    let origin: String
    /// Entries, those included that are not in the log yet.
    let size: Int
    let root: [UInt8]?
    let key: VerificationKey
    /// The last entries, by their indices: those that the log may not have yet.
    let outbox: [Int: [UInt8]]
}

/// Takes what happens into the log, in two steps: into a transaction of the ledger, and then into the log's files.
///
/// So a process that is killed leaves either nothing, or an entry that the next command writes. A log that is damaged,
/// or behind the ledger, keeps nobody from forgetting: entries wait in the ledger, and `flush` says what is wrong.
final class LogWriter {
    let log: EvidenceLog
    private let origin: String
    private let key: SigningKey?
    /// Signs beside the key: in a rotation the one before.
    private let former: SigningKey?
    /// Entries that are in the log's files.
    private(set) var written: Int
    /// Entries that are not, from `written` on.
    private var waiting: [[UInt8]] = []
    private var nodes: [Int: [UInt8]] = [:]
    private(set) var problem: (any Error)?

    /// Throws where the log knows more than the ledger: then the workspace is an old copy.
    /// `isReplacement`: The key is to take the place of the one that the ledger names.
    init(
        _ log: EvidenceLog, _ state: LogState, _ key: SigningKey?, former: SigningKey? = nil,
        isReplacement: Bool = false,
        keyPath: String
    ) throws {
        self.log = log
        self.key = key
        self.former = former
        origin = state.origin
        written = 0
        size = state.size
        do {
            let head = try log.head() ?? LogHead(origin: state.origin, size: 0, root: MerkleTree.empty)
            written = head.size
            guard head.size <= state.size else {
                throw LogError.restored(known: state.size, logged: head.size)
            }
            try log.check(head)
            for index in head.size..<state.size {
                guard let entry = state.outbox[index] else {
                    throw LogError.logBehind(path: log.folder.path, expected: state.size, found: head.size)
                }
                try take(entry)
            }
            let root = try tree().root()
            guard head.origin == state.origin, root == state.root ?? root else {
                throw LogError.logForked(path: log.folder.path)
            }
            guard let key else { throw LogError.keyMissing(path: keyPath) }
            guard isReplacement || key.verification == state.key else { throw LogError.otherKey(path: keyPath) }
        } catch let error as StorageError where !error.isDamage {
            // It may not be read, or is a link: nothing says that the log is damaged, so nothing is begun.
            throw error
        } catch LogError.restored(let known, let logged) {
            throw LogError.restored(known: known, logged: logged)
        } catch {
            problem = error
        }
    }

    private(set) var size: Int

    private func tree() -> MerkleTree {
        MerkleTree(size: written + waiting.count) { [self] number in
            try nodes[number] ?? log.tree(written).node(number)
        }
    }

    private func take(_ entry: [UInt8]) throws {
        let first = MerkleTree.number(level: 0, index: written + waiting.count)
        for (level, hash) in try tree().completed(by: entry).enumerated() { nodes[first + level] = hash }
        waiting.append(entry)
    }

    /// Adds an entry; it exists as soon as a transaction of the ledger has taken in what this returns.
    func note(_ entry: LogEntry) throws -> LogNote {
        let bytes = try entry.bytes
        let index = size
        size += 1
        if problem == nil {
            do { try take(bytes) } catch { problem = error }
        }
        return LogNote(
            index: index, entry: bytes, root: problem == nil ? try tree().root() : nil,
            written: problem == nil ? written : 0,
            key: problem == nil ? key?.verification : nil)
    }

    /// Writes what waits into the log's files, durably.
    func flush() throws {
        if let problem { throw problem }
        guard !waiting.isEmpty else {
            // A process that was killed may have renamed the head, and not have come to syncing it.
            if try DurableFile.exists(log.checkpoint) { try DurableFile.syncName(of: log.checkpoint) }
            return
        }
        guard let key else { return }
        let head = LogHead(origin: origin, size: size, root: try tree().root())
        try DurableFile.makeFolderIfMissing(log.folder)
        try log.append(waiting, after: written)
        try log.publish(head, signedBy: [key] + (former.map { [$0] } ?? []))
        written = size
        waiting = []
        nodes = [:]
    }
}
