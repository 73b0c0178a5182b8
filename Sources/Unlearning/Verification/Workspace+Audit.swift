internal import Engine
package import Foundation

extension Workspace {
    /// Trains shards again from their records, in an empty folder, and compares what comes out with the workspace, its
    /// ledger, its log, and its receipts.
    ///
    /// `shards`: The ones to train again, counted from 0; nil: all. `evidence`: Receipts and signed heads that were
    /// kept elsewhere: only they can show that a log was rewritten as a whole. `scratch`: Where to train; nil: inside
    /// the workspace.
    package func audit(
        shards: [Int]? = nil, evidence: [URL] = [], scratch: URL? = nil, threads: Int = 1,
        progress: @escaping TrainingProgress = { _ in }, waiting: () -> Void = {}
    ) throws -> AuditReport {
        for shard in shards ?? [] where shard < 0 || shard >= recipe.shards {
            throw WorkspaceError.noSuchShard(shard + 1, shards: recipe.shards)
        }
        // Nothing is swept before: what lies here is what is audited.
        return try training(in: scratch, sweeps: false, waiting: waiting) { folder in
            try audit(shards, evidence, in: folder, threads: threads, progress: progress)
        }
    }

    private func audit(
        _ shards: [Int]?, _ evidence: [URL], in folder: URL, threads: Int, progress: @escaping TrainingProgress
    ) throws -> AuditReport {
        let clock = ContinuousClock().now
        let named = shards ?? Array(0..<recipe.shards)
        let log = try lookAtLog(since: evidence)
        let entries = log.isConsistent ? try logEntries() : []
        var checks = [
            AuditReport.Check(claim: "the log only ever grew, and the receipts are in it", faults: log.faults),
            AuditReport.Check(
                claim: "the ledger is what the log says",
                faults: log.isConsistent ? try ledgerFaults(entries) : ["the log cannot be trusted"]),
            AuditReport.Check(
                claim: "no file is here that nobody asks for", faults: try unreferencedFiles(isStrict: true))
        ]
        var faults: [String] = []
        let report = try Verifier(subject: self, shards: shards, threads: threads, progress: progress)
            .run(texts: Verifier.texts, in: folder) { fresh in
                faults = try comparisonFaults(with: fresh, named, entries, receiptFiles() + evidence)
            }
        checks.append(AuditReport.Check(claim: "the checkpoints are those of training again", faults: report.faults))
        checks.append(AuditReport.Check(claim: "log and receipts tell of these checkpoints", faults: faults))
        return AuditReport(checks: checks, shards: named, seconds: clock.duration(to: .now).seconds)
    }

    /// What contradicts the ledger's own rows.
    private func ledgerFaults(_ entries: [LogEntry]) throws -> [String] {
        var faults: [String] = []
        if try !ledger.isSound() { faults.append("SQLite finds its pages out of order") }
        if try !ledger.areTotalsRight() { faults.append("its totals are not the sums of its rows") }
        if try !ledger.pending().isEmpty { faults.append("a deletion waits for its repair (`sisa repair`)") }
        if try ledger.fact(Ledger.staleFact) != nil {
            faults.append("a change of recipe is not finished (`sisa train`)")
        }
        let plan = entries.last { $0.plan != nil }
        if plan?.plan != digests.plan(recipe) { faults.append("its recipe is not the one of the log") }
        if try plan?.backbone != backboneDigest().hexadecimal {
            faults.append("its backbone is not the one of the log")
        }
        let seal = try ledger.fact(Self.sealFact).flatMap { try? JSONDecoder().decode(BackboneSeal.self, from: $0) }
        if try seal != Self.seal(ofBackbone: backboneFolder()) { faults.append("its seal is not that of the backbone") }
        if try (try? SigningKey(contentsOf: files[.signingKey]))?.verification != ledger.logState()?.key {
            faults.append("the signing key is missing, or is not the one that signs")
        }
        let requests = Set(entries.compactMap(\.request))
        let complete = Set(entries.filter { $0.event == .purge }.compactMap(\.request))
        let waiting = Set(try ledger.requests().map(\.id))
        for request in requests.subtracting(complete).subtracting(waiting).sorted() {
            faults.append("request \(request) was accepted, and neither waits nor is complete")
        }
        if try !ledger.requests().allSatisfy({ requests.contains($0.id) && $0.entry.map { $0 < entries.count } ?? true }
        ) {
            faults.append("it has a request that the log does not know")
        }
        let (slices, stages, told) = (try ledger.slices(), try ledger.stages(), try ledger.generations(nil))
        if slices.count != recipe.shards || slices.contains(where: { $0.count != recipe.slices })
            || !(Array(stages.keys) + told.keys).allSatisfy((0..<recipe.shards).contains)
        {
            faults.append("it has other cells than the recipe's")
        }
        if try layout().index.faults(ledger.seals() ?? [:], waiting: { [] }).contains(where: { $0.fault != nil }) {
            faults.append("its index is not the one that lies here")
        }
        for shard in 0..<recipe.shards {
            let last = Self.last(entries, shard)
            if shard < slices.count, last.records != digests.records(shard, slices[shard]) {
                faults.append("shard \(shard + 1): other records than the log says")
            }
            let rows = digests.rows(shard, stages[shard] ?? [])
            if last.rows != rows || told[shard] != rows {
                faults.append("shard \(shard + 1): other rows of checkpoints than the log says")
            }
        }
        return faults
    }

    /// What log and receipts say that the second training does not.
    private func comparisonFaults(
        with fresh: Workspace, _ shards: [Int], _ entries: [LogEntry], _ files: [URL]
    ) throws -> [String] {
        var faults: [String] = []
        var generations: [Int: String] = [:]
        var contents: [String: String] = [:]
        for shard in shards {
            let last = Self.last(entries, shard)
            let rows = try fresh.ledger.stages(shard: shard)
            generations[shard] = digests.state(shard, rows)
            for row in rows {
                contents["shard-\(shard + 1)/\(table.name(row.stage)).safetensors"] = row.digest.hexadecimal
            }
            if last.generation != generations[shard] {
                faults.append("shard \(shard + 1): the log tells of other checkpoints than training makes")
            }
            if last.records != digests.records(shard, try fresh.ledger.slices(shard: shard)) {
                faults.append("shard \(shard + 1): the log tells of other records than are here")
            }
        }
        for file in files {
            guard let statement = (try? Receipt(InputFile(file)))?.statement else { continue }
            for part in statement.predicate.shards where generations[part.shard - 1] == part.newGeneration {
                let prefix = "shard-\(part.shard)/"
                for subject in statement.subject where subject.name.hasPrefix(prefix) {
                    if subject.digest["sha256"] != contents[subject.name] {
                        faults.append("\(file.lastPathComponent): \(subject.name) is not what training makes")
                    }
                }
            }
        }
        return faults
    }

    /// What the log said last of a shard.
    private static func last(_ entries: [LogEntry], _ shard: Int) -> LogEntry.Shard {
        var last = LogEntry.Shard(shard: shard + 1)
        for entry in entries {
            guard let part = entry.shards?.first(where: { $0.shard == shard + 1 }) else { continue }
            last.records = part.records ?? last.records
            last.generation = part.generation ?? last.generation
            last.rows = part.rows ?? last.rows
        }
        return last
    }
}

extension VerificationReport {
    /// One sentence for each difference.
    package var faults: [String] {
        var faults = damagedFile.map { ["\($0): not a file of records"] } ?? []
        for stage in stages where !stage.isIdentical {
            faults.append("shard \(stage.shard + 1) stage \(stage.stage + 1): not the checkpoint of a fresh training")
        }
        faults += misplaced.map { "\($0): not what the ledger says, or records that the key places elsewhere" }
        if !predictionsAreIdentical { faults.append("predictions differ") }
        return faults
    }
}
