internal import Engine
internal import Foundation

extension Session {
    /// What the receipt of a complete deletion says; before its pending entries are gone from the ledger.
    ///
    /// Made sure of first: no checkpoint that saw the records is left, and no file of records holds them.
    func statement(of draft: DeletionDraft) throws -> Data {
        // A change of shards or slices trained everything again, and the old cells are no longer there.
        let isReshaped = draft.layout != layout.number
        let shards = isReshaped ? Array(0..<recipe.shards) : draft.shards.map(\.shard)
        try checkDestruction(draft)
        let cost = try cost.report(
            Dictionary(
                uniqueKeysWithValues: shards.map { shard in
                    let old = isReshaped ? nil : draft.shards.first { $0.shard == shard }
                    return (shard, DeletionCost.Touched(slices: old?.slices ?? [0], records: old?.records ?? 0))
                }))
        var subjects: [ReceiptStatement.Subject] = []
        var told: [ReceiptStatement.Shard] = []
        for part in cost.shards {
            let rows = try ledger.stages(shard: part.shard)
            let touched = isReshaped ? nil : draft.shards.first { $0.shard == part.shard }?.slices
            for row in rows where touched?.contains(where: { table.sees(row.stage, slice: $0) }) ?? true {
                subjects.append(
                    ReceiptStatement.Subject(
                        name: "shard-\(part.shard + 1)/\(table.name(row.stage)).safetensors",
                        digest: ["sha256": row.digest.hexadecimal]))
            }
            let old = isReshaped ? nil : draft.shards.first { $0.shard == part.shard }
            told.append(
                ReceiptStatement.Shard(
                    shard: part.shard + 1, firstSlice: part.slice + 1, lastSlice: recipe.slices,
                    recordsDeleted: part.recordsDeleted, oldGeneration: old?.oldState ?? "",
                    newGeneration: digests.state(part.shard, rows),
                    retainedRecords: digests.records(part.shard, try ledger.slices(shard: part.shard)),
                    stagesRetrained: part.stages, recordsRetrained: part.recordsRetrained,
                    recordPasses: part.recordPasses))
        }
        let deletion = ReceiptStatement.Deletion(
            request: draft.request, accepted: draft.accepted, completed: LogEntry.now(), records: draft.records.count,
            commitmentScheme: "HMAC-SHA-256(salt, id)", commitments: draft.records.map(\.value),
            saltDigests: draft.records.compactMap { Commitment.saltDigest($0.salt) }, plan: digests.plan(recipe),
            planKey: digests.fingerprint, backbone: try workspace.backboneDigest().hexadecimal, shards: told,
            purged: purged(draft), notCovered: notCovered, software: .current(workspace.programDigest))
        return try ReceiptStatement(subjects, deletion).bytes
    }

    /// Makes sure that nothing which the deletion had to destroy is left.
    private func checkDestruction(_ draft: DeletionDraft) throws {
        let (corpus, store) = (layout.corpus, workspace.store)
        for part in draft.shards {
            // A record that was put back makes the old keys the right ones again.
            let items = part.shard < recipe.shards ? try plan([part.shard]).keys(shard: part.shard) : []
            let wanted = Set(items.map(\.description))
            for key in part.checkpoints where !wanted.contains(key) {
                let url = store.url(CheckpointKey(bytes: [UInt8](hexadecimal: key) ?? []), shard: part.shard)
                guard try !DurableFile.exists(url) else { throw ReceiptError.notPurged(path: url.path) }
            }
            for slice in part.slices {
                let cell = Cell(shard: part.shard, slice: slice)
                guard let gone = records.pending[cell] else { continue }
                guard try records.reread(cell).all.allSatisfy({ !gone.contains(corpus.tag($0.record.id)) }) else {
                    throw ReceiptError.notPurged(path: corpus.url(cell).path)
                }
            }
        }
    }

    private func purged(_ draft: DeletionDraft) -> [ReceiptStatement.Purged] {
        let cells = draft.shards.reduce(0) { $0 + $1.slices.count }
        return [
            ReceiptStatement.Purged(
                what: "checkpoints that saw the records",
                count: draft.shards.reduce(0) { $0 + $1.checkpoints.count }, check: "no file bears their names"),
            ReceiptStatement.Purged(
                what: "files of records, written anew without them", count: cells, check: "read again"),
            ReceiptStatement.Purged(
                what: "files of features, written anew without them or removed", count: cells,
                check: "written durably or removed")
        ]
    }

    private var notCovered: [String] {
        recipe.data.train.map { "the file that the records were read from: \(URL(filePath: $0).lastPathComponent)" } + [
            "backups, snapshots and copies outside of the workspace, and answers that were given before",
            "freed blocks of the disk, swap, and memory of processes that ran before",
            "what the pre-trained backbone had learnt",
            "records under other ids whose text is not exactly the same"
        ]
    }
}
