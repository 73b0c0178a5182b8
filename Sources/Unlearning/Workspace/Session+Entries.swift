internal import Engine
package import Foundation

/// How the steps of a command become entries of the log.
extension Session {
    var digests: EvidenceDigest { workspace.digests }

    /// What begins a log: the records that are there.
    func ingestEntry(_ key: VerificationKey) throws -> LogEntry {
        var entry = workspace.entry(
            .ingest, try ledger.slices(), recipe, backbone: try workspace.backboneDigest())
        entry.publicKey = Data(key.bytes).base64EncodedString()
        return entry
    }

    /// The entry of records that leave or enter cells. `summaries`: of these cells, afterwards.
    func entry(_ event: LogEntry.Event, _ summaries: [Cell: SliceSummary]) throws -> LogEntry {
        var entry = LogEntry(event)
        entry.shards = try Dictionary(grouping: summaries.keys, by: \.shard).sorted { $0.key < $1.key }.map {
            shard, cells in
            var slices = try records.summaries(shard)
            for cell in cells where cell.slice < slices.count {
                slices[cell.slice] = summaries[cell] ?? slices[cell.slice]
            }
            return LogEntry.Shard(
                shard: shard + 1, slices: cells.map { $0.slice + 1 }.sorted(), records: digests.records(shard, slices))
        }
        return entry
    }
}

extension Workspace {
    var digests: EvidenceDigest { EvidenceDigest(key) }

    /// The entry of a plan that is new: all shards, and what decides their weights.
    func entry(
        _ event: LogEntry.Event, _ slices: [[SliceSummary]], _ recipe: Recipe, backbone: [UInt8]
    ) -> LogEntry {
        var entry = LogEntry(event)
        entry.shards = slices.enumerated().map { LogEntry.Shard(shard: $0 + 1, records: digests.records($0, $1)) }
        entry.plan = digests.plan(recipe)
        entry.backbone = backbone.hexadecimal
        entry.numerics = numericsVersion
        return entry
    }

    /// Refuses a workspace that is older than its log: records may be in it that were deleted since.
    ///
    /// The log is read first: a writer puts an entry into the ledger before it puts it there.
    func checkAge() throws {
        let head: LogHead?
        do {
            head = try evidenceLog.head()
        } catch let error as StorageError where !error.isDamage {
            throw error
        } catch {
            // A log that is damaged says nothing; `sisa log consistency` and every writer do.
            return
        }
        guard let head, let state = try ledger.logState() else { return }
        if head.size > state.size { throw LogError.restored(known: state.size, logged: head.size) }
        if head.size == state.size, head.root != state.root ?? head.root {
            throw LogError.logForked(path: files[.log].path)
        }
    }

    /// The log of what happened here.
    package var evidenceLog: EvidenceLog { EvidenceLog(folder: files[.log]) }

    /// All entries of the log that count, from the first.
    package func logEntries() throws -> [LogEntry] {
        guard let head = try evidenceLog.head() else { throw LogError.noLog(path: root.path) }
        return try evidenceLog.allEntries(head.size).map { bytes in
            guard let entry = LogEntry(bytes: bytes) else {
                throw LogError.logDamaged(path: evidenceLog.entries.path)
            }
            return entry
        }
    }

    /// The keys that signed, the present one last.
    package func verificationKeys() throws -> [VerificationKey] {
        let keys = try logEntries().compactMap { $0.publicKey }.compactMap { Data(canonicalBase64: $0) }
            .compactMap { VerificationKey(bytes: Array($0)) }
        guard let present = try ledger.logState()?.key else { throw LogError.noLog(path: root.path) }
        return keys.filter { $0 != present } + [present]
    }

    /// The receipts that lie in the workspace.
    package func receiptFiles() throws -> [URL] {
        try DurableFile.names(in: files[.receipts]).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.sorted()
            .map { files[.receipts].appending(path: $0) }
    }
}
