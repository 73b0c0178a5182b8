import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Unlearning

/// A workspace with many processes at it, and the votes that its shards may give.
final class ConcurrentWorld: Sendable {
    struct Vote: Hashable, Decodable {
        let shard: Int
        let label: String
        let probability: Double
        let records: Int
    }

    /// What is known while processes run.
    private struct Known {
        /// Ids of which a deletion has said that they are gone, and those whose repair is done too.
        var forgotten: Set<String> = []
        var settled: Set<String> = []
        var faults: [String] = []
    }

    let fixture: CommandFixture
    let world: ToyWorld
    /// The records that may be deleted: some of every shard, none of a first slice, so that every shard can always
    /// vote.
    let deletable: [ToyRecord]
    /// By what was deleted: the votes on each text of all stages of that run.
    private let votes: [Set<String>: [Set<Vote>]]
    private let known = Mutex(Known())

    private static let perShard = 2

    init(_ fixture: CommandFixture, seed: UInt64) throws {
        self.fixture = fixture
        let world = try ToyWorld(folder: fixture.folder) { $0.adapter = .head }
        self.world = world
        var generator = SeededGenerator(seed: seed)
        let records = try ToyRecord.all()
        let later = records.filter { world.cell($0).slice > 0 }.shuffled(using: &generator)
        let chosen = (0..<world.recipe.shards).map { shard in
            Array(later.filter { world.cell($0).shard == shard }.prefix(Self.perShard))
        }
        deletable = chosen.flatMap(\.self)
        // A shard does not know of the others, so what each of them may lose is tried in all at once.
        var votes: [Set<String>: [Set<Vote>]] = [:]
        for bits in 0..<(1 << Self.perShard) {
            let gone = chosen.map { shard in shard.indices.filter { bits >> $0 & 1 == 1 }.map { shard[$0] } }
            let found = try Self.votes(world, records.without(gone.joined()), name: "gone-\(bits)")
            for (shard, gone) in gone.enumerated() {
                votes[Set(gone.map(\.id)).union(["shard \(shard + 1)"])] = found.map {
                    $0.filter { $0.shard == shard + 1 }
                }
            }
        }
        self.votes = votes
    }

    /// The votes on each text of a workspace, and of the same with its last stages missing.
    private static func votes(_ world: ToyWorld, _ records: [ToyRecord], name: String) throws -> [Set<Vote>] {
        let workspace = try world.workspace(name, records)
        let labels = world.recipe.labels
        var votes = [Set<Vote>](repeating: [], count: ConcurrentCommand.texts.count)
        for stage in (1...world.recipe.slices).reversed() {
            try LedgerSurgeon.execute("DELETE FROM checkpoints WHERE stage >= \(stage)", workspace: workspace.root)
            for (text, answer) in try workspace.predict(ConcurrentCommand.texts).enumerated() {
                for vote in answer.votes {
                    votes[text].insert(
                        Vote(
                            shard: vote.shard + 1, label: labels[vote.label],
                            probability: Double(vote.probabilities[vote.label]), records: vote.records))
                }
            }
        }
        try FileManager.default.removeItem(at: workspace.root)
        return votes
    }

    /// Lets as many processes as there are lists work at once, each list one command after the other.
    func run(_ lists: [[ConcurrentCommand]]) {
        let group = DispatchGroup()
        for list in lists {
            group.enter()
            // A thread of its own: waiting for a process must keep no other from starting.
            Thread {
                for command in list { self.run(command) }
                group.leave()
            }.start()
        }
        group.wait()
    }

    private func run(_ command: ConcurrentCommand) {
        let (forgotten, settled) = known.withLock { ($0.forgotten, $0.settled) }
        do {
            let outcome = try fixture.program.run(command.words)
            let faults = try judge(command, outcome, forgotten: forgotten, settled: settled)
            known.withLock { known in
                known.faults += faults.map { "\(command): \($0)" }
                guard case .delete(let ids, let defers) = command, outcome.code == 0 else { return }
                known.forgotten.formUnion(ids)
                if !defers { known.settled.formUnion(ids) }
            }
        } catch {
            known.withLock { $0.faults.append("\(command): \(error)") }
        }
    }

    /// `forgotten`, `settled`: before the command began.
    private func judge(
        _ command: ConcurrentCommand, _ outcome: Program.Outcome, forgotten: Set<String>, settled: Set<String>
    ) throws -> [String] {
        switch command {
        case .delete(let ids, _):
            if outcome.code == 0 {
                let answer = try outcome.object()
                // A finished request, given again, gives its receipt again.
                if answer["records_deleted"] as? Int == 0, answer["receipt"] is String { return [] }
                if !settled.isDisjoint(with: ids) { return ["deleted a second time"] }
                return answer["records_deleted"] as? Int == ids.count ? [] : ["another count"]
            }
            return outcome.code == 65 ? [] : ["ended with \(outcome.code ?? -1): \(outcome.everything)"]
        case .predict:
            guard outcome.code == 0 else { return ["ended with \(outcome.code ?? -1): \(outcome.everything)"] }
            return try illegalVotes(outcome, forgotten)
        default:
            return outcome.code == 0 ? [] : ["ended with \(outcome.code ?? -1): \(outcome.everything)"]
        }
    }

    private func illegalVotes(_ outcome: Program.Outcome, _ forgotten: Set<String>) throws -> [String] {
        struct Answer: Decodable { let votes: [Vote] }
        let answers = try JSONDecoder().decode([Answer].self, from: Data(outcome.output.utf8))
        var faults = answers.count == ConcurrentCommand.texts.count ? [] : ["\(answers.count) answers"]
        for (text, answer) in answers.enumerated() {
            if answer.votes.map(\.shard) != Array(1...world.recipe.shards) { faults.append("not all shards voted") }
            for vote in answer.votes {
                let own = deletable.filter { world.cell($0).shard == vote.shard - 1 }.map(\.id)
                let gone = forgotten.intersection(own)
                let isLegal = votes.contains { state, votes in
                    state.contains("shard \(vote.shard)") && gone.isSubset(of: state) && votes[text].contains(vote)
                }
                if !isLegal { faults.append("shard \(vote.shard) votes as it may not") }
            }
        }
        return faults
    }

    /// Finishes the workspace, and says what is wrong with it, and what was wrong before.
    func faultsInTheEnd() throws -> [String] {
        var (faults, forgotten) = known.withLock { ($0.faults, $0.forgotten) }
        for words in [["train"], ["fsck"], ["log", "consistency"], ["audit"]] {
            let outcome = try fixture.program.run(words)
            if outcome.code != 0 { faults.append("in the end \(words) says \(outcome.everything)") }
        }
        let subject = try Workspace(at: fixture.workspace)
        let truth = try world.workspace("truth", ToyRecord.all().filter { !forgotten.contains($0.id) })
        faults += try Snapshot(subject).differences(from: Snapshot(truth))
        let paths = try [subject, truth].map {
            Set(try TestFolder.contents($0.root).keys).filter { !$0.hasPrefix("receipts/") }
        }
        faults += paths[0].symmetricDifference(paths[1]).map { "\($0) is on one side only" }
        if try !subject.ledger.pending().isEmpty { faults.append("a deletion is pending") }
        return faults
    }
}
