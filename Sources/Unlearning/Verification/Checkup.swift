internal import Engine
internal import Foundation

/// What is damaged or missing in a workspace, found by digests and without training anything.
package struct Checkup: Sendable {
    package enum Kind: String, Sendable {
        /// Cannot be made again from anything that is here.
        case records, ledger, backbone
        /// `sisa train` makes them again, bit for bit.
        case checkpoint, index
        /// `sisa log consistency` says what is wrong.
        case log
        /// A cache: made again when its shard trains next.
        case features
    }

    package struct Damage: Sendable, Equatable {
        package let kind: Kind
        /// Below the workspace's folder, or the backbone's path.
        package let path: String
    }

    package let damages: [Damage]
    /// Files whose content was compared with a digest.
    package let filesChecked: Int

    package var isSound: Bool { damages.isEmpty }
}

extension Workspace {
    /// Reads every file and compares it with what ledger, key or its own seal says. Changes nothing.
    ///
    /// A command that writes meanwhile looks like damage, so what seems damaged is looked at again while nobody does.
    package func checkup(threads: Int = 1, waiting: () -> Void = {}) throws -> Checkup {
        let first = try look(threads: threads)
        if first.isSound { return first }
        // Where the lock cannot be opened, on a disk that is read only, nobody writes.
        guard DurableFile.exists(files.lock), let lock = try? WorkspaceLock(files.lock, waiting: waiting) else {
            return first
        }
        defer { withExtendedLifetime(lock) {} }
        return try look(threads: threads)
    }

    private func look(threads: Int) throws -> Checkup {
        var damages: [Checkup.Damage] = []
        var checked = 0
        func note(_ kind: Checkup.Kind, _ path: String, _ isSound: Bool) {
            checked += 1
            let root = root.path + "/"
            let below = path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
            if !isSound { damages.append(Checkup.Damage(kind: kind, path: below)) }
        }
        note(.ledger, ledger.path, (try? ledger.isSound()) == true)
        // A workspace of an earlier version has no log yet.
        if try ledger.logState() != nil { note(.log, evidenceLog.folder.path, try lookAtLog(since: []).isConsistent) }
        note(.backbone, try backboneFolder().path, (try? check(backbone: backboneFolder())) != nil)
        let (corpus, features, index) = (try corpus(), try features(), try index())
        let plan = try plan()
        let pending = try ledger.pending()
        let stages = try ledger.stages()
        let shards = Parallel.map(plan.shards.count, threads: threads) { shard in
            var found: [(Checkup.Kind, String, Bool)] = []
            for (slice, summary) in plan.slices[shard].enumerated() {
                let position = Position(shard: shard, slice: slice)
                let isWhole = corpus.holds(position, summary, without: pending[position] ?? [])
                found.append((.records, corpus.url(position).path, isWhole))
                if DurableFile.exists(features.url(position)) {
                    found.append((.features, features.url(position).path, features.read(position) != nil))
                }
            }
            // A stage that is not trained yet is missing, which is no damage.
            let rows = stages[shard] ?? []
            for item in plan.shards[shard] where item.isKept {
                guard let row = rows.first(where: { $0.key == item.key }), row.stored > 0 else { continue }
                let checkpoint = store.read(item.key, shard: shard, size: row.size, digest: row.digest)
                found.append((.checkpoint, store.url(item.key, shard: shard).path, checkpoint != nil))
            }
            return found
        }
        for (kind, path, isSound) in shards.joined() { note(kind, path, isSound) }
        for (path, isSound) in index.soundness() { note(.index, path, isSound) }
        return Checkup(damages: damages, filesChecked: checked)
    }
}
