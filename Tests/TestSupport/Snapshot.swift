internal import Foundation

@testable package import Unlearning

/// Everything of a workspace that could tell two workspaces apart, to the last bit; seconds and paths are left out.
package struct Snapshot: Sendable {
    /// Name of a part, such as "shard 2 stage 3 content", and its bytes.
    package private(set) var parts: [String: [UInt8]] = [:]

    /// Answers to `texts` are parts too: every probability of every shard.
    package init(_ workspace: Workspace, texts: [String] = ToyRecord.questions) throws {
        let plan = CheckpointPlan(
            try workspace.ledger.slices(), chain: workspace.chain(try workspace.backboneDigest()))
        for shard in plan.shards.indices {
            try addRecords(of: workspace, shard: shard)
            for (slice, summary) in plan.slices[shard].enumerated() {
                let name = "shard \(shard) slice \(slice)"
                parts["\(name) digest"] = summary.digest
                parts["\(name) count"] = Array("\(summary.records)".utf8)
            }
            for item in plan.shards[shard] { parts["shard \(shard) stage \(item.stage) key"] = item.key.bytes }
            try addStages(of: workspace, shard: shard)
        }
        // The files as they lie on disk, so that one too many is seen too.
        for (path, data) in try TestFolder.contents(workspace.root) {
            // The records' folder has a number in its name where the plan had another shape before.
            let parts = path.split(separator: "/", maxSplits: 1)
            let folders = ["checkpoints", "features", "index", "records"]
            guard parts.count == 2, let folder = folders.first(where: parts[0].hasPrefix) else { continue }
            self.parts["file \(folder)/\(parts[1])"] = Array(data)
        }
        try addAnswers(of: workspace, texts: texts)
    }

    private mutating func addRecords(of workspace: Workspace, shard: Int) throws {
        for stored in try workspace.records(shard: shard) {
            let record = stored.record
            parts["record \(record.id)"] = Array(
                [
                    "\(stored.cell)", "\(stored.rank)", record.owner ?? "-", "\(record.content.label ?? -1)",
                    "\(record.content.words)"
                ].joined(separator: " ").utf8)
        }
    }

    private mutating func addStages(of workspace: Workspace, shard: Int) throws {
        for row in try workspace.ledger.stages(shard: shard) {
            let name = "shard \(shard) stage \(row.stage)"
            parts["\(name) row"] = Array(
                "\(row.key) \(row.digest.hexadecimal) \(row.size) \(row.stored) \(row.recordPasses)".utf8)
            let checkpoint = try workspace.store.read(row.key, shard: shard, size: row.size, digest: row.digest)
            parts["\(name) content"] = checkpoint?.content ?? Array("unreadable".utf8)
        }
    }

    private mutating func addAnswers(of workspace: Workspace, texts: [String]) throws {
        do {
            for (index, answer) in try workspace.answers(to: texts).enumerated() { parts["answer \(index)"] = answer }
        } catch PredictionError.noSurvivors {
            parts["answers"] = Array("none".utf8)
        }
    }

    /// Every bit of an answer: comparing numbers would hold 0 equal to -0.
    package static func bytes(_ answer: Prediction) -> [UInt8] {
        var words = [UInt32(answer.label)] + answer.probabilities.map(\.bitPattern)
        for vote in answer.votes {
            words += [UInt32(vote.shard), UInt32(vote.records)] + vote.probabilities.map(\.bitPattern)
        }
        return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    /// Names of the parts that differ or stand on one side only; empty where both are the same in every bit.
    package func differences(from other: Snapshot) -> [String] {
        Set(parts.keys).union(other.parts.keys).filter { parts[$0] != other.parts[$0] }.sorted()
    }

    /// The names and bytes of one kind of part, such as "content".
    package func all(_ kind: String) -> [String: [UInt8]] {
        parts.filter { $0.key.hasSuffix(" \(kind)") }
    }
}
