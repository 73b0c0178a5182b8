import Foundation
import TestSupport
import Testing

/// What commands did to a workspace, step by step, from what it was before.
struct PowerLossRecording {
    /// One command; `fault`: what goes wrong in it, as tools/faults/faults.c says.
    struct Command {
        let words: [String]
        var fault: String?
        /// Exit codes that are in order; nil: it is killed.
        var codes: [Int32?] = [0]
    }

    let start: PowerLossImage
    var steps: [PowerLossStep]

    private static let workspace = "workspace"

    /// Runs commands on a workspace that is `start`, and leaves it as they did.
    init(
        _ fixture: CommandFixture, _ faults: Faults, from start: PowerLossImage, _ commands: [Command]
    ) throws {
        self.start = start
        let trace = fixture.folder.appending(path: "trace")
        for url in [trace, fixture.workspace] { try? FileManager.default.removeItem(at: url) }
        try start.write(to: fixture.folder)
        for command in commands {
            let outcome = try faults.record(
                fixture.program, command.words + ["--threads", "1"], command.fault, trace: trace)
            try #require(command.codes.contains(outcome.code), "\(command.words): \(outcome.everything)")
        }
        steps = try PowerLossStep.all(Data(contentsOf: trace))
        // A call that was not written down would make every state after it one that cannot be.
        let disk = try PowerLossDisk(start)
        for step in steps { try disk.apply(step) }
        try #require(try disk.seen() == Self.image(fixture), "the trace is not all that was done")
    }

    static func image(_ fixture: CommandFixture) throws -> PowerLossImage {
        try PowerLossImage(of: fixture.folder, only: workspace)
    }

    /// How many steps were done when the first checkpoint was destroyed: before that, a deletion must have been
    /// accepted for good.
    var firstDestruction: Int? {
        steps.firstIndex { step in
            guard case .unlink(let path) = step else { return false }
            return path.hasPrefix("\(Self.workspace)/checkpoints/") && !path.contains("/.")
        }
    }

    /// Which steps sync, and what; everything is "".
    var syncs: [(step: Int, path: String)] {
        var open: [Int: String] = [:]
        return steps.indices.compactMap { index in
            switch steps[index] {
            case .begin: open = [:]
            case .open(let number, _, _, let path): open[number] = path
            case .fsync(let number): return (index, open[number] ?? "")
            case .sync: return (index, "")
            default: break
            }
            return nil
        }
    }

    /// What a power failure may leave.
    struct State: Hashable {
        let image: PowerLossImage
        /// Steps that were done before it.
        let done: Int
        let isDone: Bool
        /// A checkpoint was destroyed before it.
        let hasDestroyed: Bool

        // Of two equal images one is enough, where the same is asked of them.
        func hash(into hasher: inout Hasher) { hasher.combine(image) }

        static func == (a: State, b: State) -> Bool {
            a.image == b.image && a.isDone == b.isDone && a.hasDestroyed == b.hasDestroyed
        }
    }

    func state(seed: UInt64) throws -> State {
        var chance = PowerLossChance(seed: seed)
        let cuts = steps.indices.filter { steps[$0].isOfConsequence }.map { $0 + 1 }
        let done = chance.cut(cuts, beforeSyncs: steps.indices.filter { steps[$0].syncs })
        let disk = try PowerLossDisk(start)
        for step in steps[..<done] { try disk.apply(step) }
        return State(
            image: disk.afterPowerLoss(&chance), done: done, isDone: done == cuts.last,
            hasDestroyed: firstDestruction.map { done > $0 } ?? false)
    }
}
