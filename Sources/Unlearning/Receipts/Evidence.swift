internal import Crypto
internal import Engine
internal import Foundation

/// What a command that changes a workspace leaves as proof: entries of the log, and receipts.
///
/// Made by a process that holds the workspace's lock. Every step is "make this exist", so a command that was killed is
/// finished by the next one, whichever it is.
final class Evidence {
    private let files: WorkspaceFiles
    private let ledger: Ledger
    private let digests: EvidenceDigest
    private let signingKey: SigningKey?
    let log: LogWriter
    /// Why a receipt cannot be written.
    private var problem: (any Error)?
    /// Whether a deletion goes on where the disk has no room for the draft of its receipt.
    private let goesWithout: Bool
    /// Written by this command.
    private(set) var receipts: [String: URL] = [:]

    /// Begins the log where there is none.
    ///
    /// `state`: What the log is to be taken for, where the ledger is older than it; nil: what the ledger says.
    /// `goesWithout`: Whether a deletion goes on where the disk has no room for the draft of its receipt. `begins`:
    /// Makes the first entry of a log.
    init(
        _ files: WorkspaceFiles, _ ledger: Ledger, _ key: WorkspaceKey, state given: LogState? = nil,
        goesWithout: Bool = false, begins: (VerificationKey) throws -> LogEntry
    ) throws {
        self.goesWithout = goesWithout
        self.files = files
        self.ledger = ledger
        digests = EvidenceDigest(key)
        let state: LogState
        if let known = try given ?? ledger.logState() {
            state = known
        } else {
            let facts = try Self.begin(files)
            try ledger.set(facts)
            guard let begun = try ledger.logState() else { throw LogError.noLog(path: files.root.path) }
            state = begun
        }
        let signingKey: SigningKey?
        do {
            signingKey = try Self.settledKey(files, state)
        } catch let error as StorageError where !error.isDamage {
            // A key that may not be read is no lost one.
            throw error
        } catch {
            signingKey = nil
        }
        self.signingKey = signingKey
        log = try LogWriter(EvidenceLog(folder: files[.log]), state, signingKey, keyPath: files[.signingKey].path)
        if state.size == 0 {
            try ledger.settle(Ledger.Settlement(shards: [], notes: [log.note(begins(state.key))]))
        }
    }

    /// Makes the key that signs, or finds it; the facts of a log that it begins.
    static func begin(_ files: WorkspaceFiles) throws -> [String: Data] {
        let key: SigningKey
        if let found = try SigningKey(contentsOf: files[.signingKey]) {
            key = found
        } else {
            key = SigningKey()
            try key.write(to: files[.signingKey])
        }
        return Ledger.beginning(origin: "sisa-" + key.verification.fingerprint.prefix(16), key: key.verification)
    }

    /// The key that the ledger names: a rotation that was killed is finished or taken back.
    private static func settledKey(_ files: WorkspaceFiles, _ state: LogState) throws -> SigningKey? {
        let key = try SigningKey(contentsOf: files[.signingKey])
        if key?.verification == state.key { return key }
        let next = try SigningKey(contentsOf: files[.nextSigningKey])
        return next?.verification == state.key ? next : key
    }

    /// A name for a request that has none.
    static func randomRequestID() -> String {
        (0..<8).map { _ in UInt8.random(in: 0...255) }.hexadecimal
    }

    // MARK: - A deletion

    /// Promises a receipt about records, durably, before they are deleted. Nothing of it counts until `Ledger.accept`.
    func draft(
        _ request: String, _ gone: [PlanRecord], _ table: StageTable, layout number: Int,
        _ rows: (_ shard: Int) throws -> [StageRow]
    ) throws -> DeletionDraft {
        let shards = try Dictionary(grouping: gone, by: \.cell.shard).sorted { $0.key < $1.key }.map {
            shard, gone in
            let rows = try rows(shard)
            let slices = Set(gone.map(\.cell.slice)).sorted()
            return DeletionDraft.Shard(
                shard: shard, slices: slices, records: gone.count, oldState: digests.state(shard, rows),
                checkpoints: rows.filter { row in
                    slices.contains { table.sees(row.stage, slice: $0) }
                }.map { "\($0.key)" })
        }
        let draft = DeletionDraft(
            request: request, accepted: LogEntry.now(),
            records: gone.map { Commitment(of: $0.id) }.sorted { $0.value < $1.value }, shards: shards,
            layout: number)
        do {
            try DurableFile.makeFolderIfMissing(files[.requests])
            try save(draft)
        } catch  where goesWithout && Ledger.isFull(error) {
            // Forgetting waits for no room; what is lost is the receipt, and that is told in the end.
            problem = error
        }
        return draft
    }

    func save(_ draft: DeletionDraft) throws {
        try DurableFile.write(Array(try SortedJSON.encode(draft)), to: files.request(draft.request))
    }

    /// The draft of a request; nil where it was lost, or its receipt is written.
    func draft(_ request: String) throws -> DeletionDraft? { try DeletionDraft(contentsOf: files.request(request)) }

    /// Notes that a draft is gone, which is told in the end.
    func lose(_ request: String) { problem = ReceiptError.draftDamaged(path: files.request(request).path) }

    /// Removes what belongs to no request: the draft of a deletion that was never accepted.
    func sweep() throws {
        if try DurableFile.exists(files[.nextSigningKey]) {
            // A rotation that was killed: after its transaction it is finished, before it there was none.
            if let signingKey,
                try SigningKey(contentsOf: files[.nextSigningKey])?.verification == signingKey.verification
            {
                try DurableFile.move(files[.nextSigningKey], to: files[.signingKey])
            } else {
                try DurableFile.remove([files[.nextSigningKey]])
            }
        }
        let known = Set(try ledger.requests().map { $0.id + ".json" })
        let names = try DurableFile.names(in: files[.requests]).filter { !known.contains($0) }
        // Synced in any case: a process that was killed may have removed one, and it holds salts.
        try DurableFile.remove(names.map { files[.requests].appending(path: $0) }, in: files.request("-"))
        let halves = try DurableFile.names(in: files[.receipts]).filter {
            $0.hasPrefix(DurableFile.temporaryPrefix)
        }
        if !halves.isEmpty { try DurableFile.remove(halves.map { files[.receipts].appending(path: $0) }) }
    }

    // MARK: - Receipts

    /// The receipt of a finished request; only asked for where nothing is left of what the request is about.
    ///
    /// It is found by its name; or, where only ids are named, by these, which reads all receipts: nothing else knows
    /// which ids they were. Where the request passes unknown ids over, the receipt is about one of its ids at least;
    /// `unknown` are those that it is not about.
    ///
    /// `name`: Of the request; nil: it has none. `ids`: The ids that it names. `searches`: Whether these are all that
    /// it names, so that they tell its receipt. `ignoresUnknown`: Whether it passes unknown ids over.
    func receipt(
        named name: String?, about ids: [RecordID], searches: Bool, ignoresUnknown: Bool
    ) throws -> (file: URL, unknown: [RecordID])? {
        func covered(_ file: URL) throws -> (file: URL, unknown: [RecordID])? {
            let receipt: Receipt
            do {
                receipt = try Receipt(contentsOf: file)
            } catch let error as StorageError {
                // One that may not be read may be the very one.
                throw error
            } catch {
                return nil
            }
            guard receipt.place != nil else { return nil }
            guard ignoresUnknown else { return ids.allSatisfy(receipt.isAbout) ? (file, []) : nil }
            let unknown = ids.filter { !receipt.isAbout($0) }
            return unknown.count < ids.count ? (file, unknown) : nil
        }
        if let name, try DurableFile.exists(files.receipt(name)) {
            guard let found = try covered(files.receipt(name)) else { throw ReceiptError.requestTaken(id: name) }
            return found
        }
        guard searches, !ids.isEmpty else { return nil }
        let found = try DurableFile.names(in: files[.receipts]).sorted().filter { $0.hasSuffix(".json") }
            .compactMap { try covered(self.files[.receipts].appending(path: $0)) }
        return ignoresUnknown ? found.min { $0.unknown.count < $1.unknown.count } : found.first
    }

    /// Takes in receipts of this workspace that lay elsewhere.
    func keep(_ receipts: [Receipt]) throws {
        for receipt in receipts {
            guard let name = receipt.statement?.predicate.request, try !DurableFile.exists(files.receipt(name)) else {
                continue
            }
            try Self.check(name)
            try DurableFile.makeFolderIfMissing(files[.receipts])
            try receipt.write(to: files.receipt(name))
        }
    }

    /// Whether a request of this name was ever accepted.
    func knows(_ request: String) throws -> Bool {
        try ledger.requests().contains { $0.id == request } || log.log.mentions(request)
    }

    /// Refuses a name of a request that is no plain file's name.
    static func check(_ request: String?) throws {
        guard let request else { return }
        func isPlain(_ byte: UInt8) -> Bool {
            let scalar = Character(Unicode.Scalar(byte))
            return byte < 0x80 && (scalar.isLetter || scalar.isNumber)
        }
        let bytes = Array(request.utf8)
        guard let first = bytes.first, bytes.count <= 100, isPlain(first),
            bytes.allSatisfy({ isPlain($0) || [0x2D, 0x2E, 0x5F].contains($0) })
        else { throw ReceiptError.badRequestID(length: request.count) }
    }

    /// Brings the log's files up to date, and writes the receipts of all deletions that are complete. Then their salts
    /// are nowhere else, and the ledger knows of these deletions no more.
    func publish() throws {
        try log.flush()
        var finished: [String] = []
        for request in try ledger.requests() {
            guard let entry = request.entry else { continue }
            // Without a draft the receipt was written, by a command that did not come further.
            if try !DurableFile.exists(files.request(request.id)) || writeReceipt(of: request.id, at: entry) {
                finished.append(request.id)
            }
        }
        try DurableFile.remove(finished.map { files.request($0) })
        do {
            try ledger.finish(finished)
        } catch  where Ledger.isFull(error) {
            // The receipt is there; the next command forgets the request.
        }
        if let problem { throw problem }
    }

    /// Writes the receipt of a deletion that entry `index` of the log completes; false, and a problem, where it cannot
    /// be written.
    private func writeReceipt(of request: String, at index: Int) throws -> Bool {
        guard let draft = try draft(request), let statement = draft.statement, let signingKey,
            let note = try log.log.note()
        else {
            lose(request)
            return false
        }
        let entry = try log.log.entry(index)
        guard LogEntry(bytes: entry)?.statement == Array(SHA256.hash(data: statement)).hexadecimal else {
            lose(request)
            return false
        }
        let hashes = try log.log.tree(log.written).inclusionProof(of: index)
        let receipt = try Receipt(
            statement, salts: draft.records.map(\.salt), entry: entry,
            proof: LogProof(index: index, hashes: hashes, note: note).text, key: signingKey)
        // Whoever gets it will check it: a log that was changed further inside shows here.
        guard receipt.fault(signingKey.verification) == nil else {
            problem = LogError.logDamaged(path: log.log.folder.path)
            return false
        }
        try DurableFile.makeFolderIfMissing(files[.receipts])
        try receipt.write(to: files.receipt(request))
        receipts[request] = files.receipt(request)
        return true
    }
}
