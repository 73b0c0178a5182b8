import TestSupport

@testable import Unlearning

/// What a workspace should hold, kept in the simplest way.
struct FuzzedModel {
    var live: [ToyRecord]
    /// Deleted, and their shards not trained again.
    var pending: [ToyRecord] = []
    /// Whether the texts of the newest of them may lie on the disk: killed after the commit.
    var withText: Set<RecordID> = []
    /// Requests that were accepted, by their names, in order.
    var accepted: [(name: String, ids: Set<RecordID>)] = []
    /// Ids that may not come back.
    var refused: Set<RecordID> = []
    /// A training or an addition was stopped: only a training finishes all.
    var needsTraining = false
    /// A process was killed anywhere: what it left is for the next one to say.
    var isUncertain = false
    /// Words of all records that ever were.
    private(set) var words: Set<String> = []

    let refuses: Bool

    init(_ records: [ToyRecord], refuses: Bool) {
        live = records
        self.refuses = refuses
        note(records)
    }

    /// Words that nothing in the workspace may hold.
    var gone: Set<String> { words.subtracting(live.reduce(into: []) { $0.formUnion(FuzzedCorpus.words(of: $1)) }) }

    /// What a deletion should do.
    enum Expectation {
        /// `found`: all that it is about; `new`: those that no earlier request was about. `left`: with their texts;
        /// nil: not known.
        case deletes(found: [ToyRecord], new: [ToyRecord], left: Set<RecordID>?)
        case repeats, refuses
    }

    /// `isFinished`: whether a request has its receipt.
    func expectation(of deletion: FuzzedDeletion, isFinished: (String) -> Bool) -> Expectation {
        let ids = Set(deletion.recordIDs)
        // Where nothing is found: what an earlier request was about, by its name or by its ids.
        func repeats() -> Expectation {
            if (live + pending).contains(where: { ids.contains($0.recordID) }) { return .refuses }
            if let name = deletion.name, let earlier = accepted.first(where: { $0.name == name }), isFinished(name) {
                return ids.isSubset(of: earlier.ids) ? .repeats : .refuses
            }
            guard !ids.isEmpty, deletion.owners.isEmpty else { return .refuses }
            return accepted.contains { ids.isSubset(of: $0.ids) && isFinished($0.name) } ? .repeats : .refuses
        }
        var found: [ToyRecord] = []
        func take(_ records: [ToyRecord]) {
            for record in records where !found.contains(where: { $0.recordID == record.recordID }) {
                found.append(record)
            }
        }
        for id in deletion.recordIDs {
            guard let record = (live + pending).first(where: { $0.recordID == id }) else {
                return repeats()
            }
            take([record])
        }
        let readable = live + pending.filter { withText.contains($0.recordID) }
        for owner in deletion.owners {
            let own = readable.filter { $0.owner?.utf8.elementsEqual(owner.utf8) == true }
            if own.isEmpty { return repeats() }
            take(own)
        }
        if !deletion.conditions.isEmpty { take(readable.filter(deletion.isMet)) }
        if found.isEmpty { return repeats() }
        let texts = readable.filter { one in found.contains { $0.recordID == one.recordID } }
        let twins = live.filter { one in texts.contains { $0.text.utf8.elementsEqual(one.text.utf8) } }
        let isWhole = texts.count == found.count
        if deletion.takesDuplicates { take(twins) }
        let left = Set(twins.map(\.recordID)).subtracting(found.map(\.recordID))
        let new = found.filter { one in live.contains { $0.recordID == one.recordID } }
        if !new.isEmpty, let name = deletion.name, accepted.contains(where: { $0.name == name }) { return .refuses }
        return .deletes(found: found, new: new, left: isWhole ? left : nil)
    }

    /// What can be read of a file of records that are added: whether all of them come in.
    func takes(_ records: [ToyRecord]) -> Bool {
        let ids = Set(records.map(\.recordID))
        return ids.count == records.count && ids.isDisjoint(with: live.map(\.recordID)) && ids.isDisjoint(with: refused)
    }

    mutating func add(_ records: [ToyRecord]) {
        live += records
        note(records)
        settle()
    }

    /// Notes a deletion that was accepted, and not yet destroyed or repaired.
    mutating func accept(_ new: [ToyRecord], name: String) {
        guard !new.isEmpty else { return }
        let ids = Set(new.map(\.recordID))
        live.removeAll { ids.contains($0.recordID) }
        pending += new
        withText.formUnion(ids)
        accepted.append((name, ids))
        if refuses { refused.formUnion(ids) }
    }

    /// All that was deleted is destroyed.
    mutating func destroy() { withText = [] }

    /// The shards of deletions are trained again.
    mutating func settle() { (pending, withText) = ([], []) }

    /// Everything is trained.
    mutating func finish() {
        settle()
        (needsTraining, isUncertain) = (false, false)
    }

    private mutating func note(_ records: [ToyRecord]) {
        for record in records { words.formUnion(FuzzedCorpus.words(of: record)) }
    }
}
