internal import Engine
internal import Foundation

extension Workspace {
    /// Reads every file and compares it with what ledger, key or its own seal says. Changes nothing.
    ///
    /// A command that writes meanwhile looks like damage, so what seems damaged is looked at again while nobody does.
    package func checkup(threads: Int = 1, waiting: () -> Void = {}) throws -> Checkup {
        let first = try look(threads: threads)
        if first.isSound { return first }
        return try whileNobodyWrites(waiting) { try look(threads: threads) } ?? first
    }

    private func look(threads: Int) throws -> Checkup {
        var damages: [Checkup.Damage] = []
        var checked = 0
        func note(_ kind: Checkup.Kind, _ path: String, _ fault: StoredFault?) {
            checked += 1
            let root = root.path + "/"
            let below = path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
            if let fault { damages.append(Checkup.Damage(kind: kind, path: below, fault: fault)) }
        }
        note(.ledger, ledger.path, StoredFault { try ledger.isSound() })
        // A workspace of an earlier version has no log yet.
        if try ledger.logState() != nil {
            let log = evidenceLog
            let fault = StoredFault {
                for file in [log.entries, log.nodes, log.checkpoint] { _ = try DurableFile.isReadable(file) }
                return try lookAtLog(since: []).isConsistent
            }
            note(.log, log.folder.path, fault)
        }
        note(.backbone, try backboneFolder().path, backboneFault())
        let layout = try layout()
        let (corpus, index, features) = (layout.corpus, layout.index, layout.features)
        let plan = try plan()
        let live = try LiveRecords(corpus, ledger)
        let stages = try ledger.stages()
        let pending = live.pending
        let shards = Parallel.map(plan.shards.count, threads: threads) { shard in
            var found: [(Checkup.Kind, String, StoredFault?)] = []
            for (slice, summary) in plan.slices[shard].enumerated() {
                let cell = Cell(shard: shard, slice: slice)
                let fault = StoredFault { try corpus.holds(cell, summary, without: pending[cell] ?? []) }
                found.append((.records, corpus.url(cell).path, fault))
                let url = features.url(cell)
                guard (try? DurableFile.exists(url)) != false else { continue }
                let cache = StoredFault { try DurableFile.isReadable(url) && features.read(cell) != nil }
                found.append((.features, url.path, cache))
            }
            // A stage that is not trained yet is missing, which is no damage.
            let rows = stages[shard] ?? []
            for item in plan.shards[shard] where item.isKept {
                guard let row = rows.first(where: { $0.key == item.key }), row.stored > 0 else { continue }
                let url = store.url(item.key, shard: shard)
                let fault = StoredFault {
                    try store.read(item.key, shard: shard, size: row.size, digest: row.digest) != nil
                }
                let isMissing = fault == .damaged && (try? DurableFile.exists(url)) == false
                found.append((.checkpoint, url.path, isMissing ? .missing : fault))
            }
            return found
        }
        for (kind, path, fault) in shards.joined() { note(kind, path, fault) }
        for (path, fault) in try index.faults(ledger.seals(), waiting: { try live.waiting(index) }) {
            note(.index, path, fault)
        }
        for path in try unreferencedFiles(isStrict: false) { note(.stranger, path, .stranger) }
        // While a measurement runs it holds the lock, so what is there when nobody does is left by one that was killed.
        if (try? DurableFile.exists(files[.measurement])) != false {
            note(.copy, files[.measurement].path, .leftover)
        }
        return Checkup(damages: damages, filesChecked: checked)
    }

    private func backboneFault() -> StoredFault? {
        do {
            try check(backbone: backboneFolder())
            return nil
        } catch ModelError.noBackbone {
            return .missing
        } catch let error as InputError where error.problem == .notPermitted {
            return .notPermitted
        } catch {
            return .damaged
        }
    }

    /// Files that neither plan nor ledger ask for: a purge that was skipped leaves them, and an old backup brings them
    /// back.
    ///
    /// `isStrict`: Those too that somebody put beside them, and that a killed command leaves, which the next one that
    /// writes removes.
    func unreferencedFiles(isStrict: Bool) throws -> [String] {
        let plan = try plan()
        let layout = try layout()
        let (corpus, features) = (layout.corpus, layout.features)
        var wanted: Set<String> = []
        for shard in plan.shards.indices {
            for item in plan.shards[shard] where item.isKept { wanted.insert(store.url(item.key, shard: shard).path) }
            for slice in plan.slices[shard].indices where plan.slices[shard][slice].records > 0 {
                let cell = Cell(shard: shard, slice: slice)
                wanted.formUnion([corpus.url(cell).path, features.url(cell).path])
            }
        }
        wanted.formUnion(layout.index.paths)
        wanted.formUnion(files.all(.standing).map { files[$0].path })
        wanted.formUnion([evidenceLog.entries, evidenceLog.nodes, evidenceLog.checkpoint].map(\.path))
        wanted.formUnion(try receiptFiles().map(\.path))
        wanted.formUnion(try ledger.requests().map { files.request($0.id).path })
        // Of deletions that are not finished, and of a change of recipe, all may still be there.
        let isUnfinished = try !ledger.pending().isEmpty || ledger.fact(Ledger.staleFact) != nil
        if isUnfinished, !isStrict { return [] }
        return try DurableFile.paths(below: root, skips: !isStrict).filter { name in
            !wanted.contains(root.appending(path: name).path)
                && (isStrict || files.isInOwnFolder(name) && !files.isLeftover(name))
        }
    }
}
