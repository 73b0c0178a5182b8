import Foundation
import Testing

/// Many power failures, and what was wrong after them.
struct PowerLossTrials {
    /// Of each test; `SISA_POWER_STATES=n` makes n of all tests together.
    static let states =
        ProcessInfo.processInfo.environment["SISA_POWER_STATES"].flatMap { Int($0) }.map { max(1, $0 / tests) } ?? 120
    private static let tests = 10
    /// Of each recording where there are many.
    static let statesOfOne = 5
    /// The seed of the first state.
    static let seed = ProcessInfo.processInfo.environment["SISA_POWER_SEED"].flatMap { UInt64($0) } ?? 1

    /// Until there are enough that differ.
    private static let drawsPerState = 20

    private(set) var count = 0
    private(set) var faults: [(seed: UInt64, fault: String)] = []
    private var draws: UInt64 = 0
    private var recordings = 0

    /// Fails the power while what was recorded is done, until `states` different states were judged, or no more are
    /// found.
    ///
    /// `isForgotten`: The deletion was accepted before it all. `stops`: at the first fault.
    mutating func run(
        _ recording: PowerLossRecording, _ judge: PowerLossJudge, states: Int = Self.states, isForgotten: Bool = false,
        stops: Bool = false
    ) throws {
        recordings += 1
        var seen: Set<PowerLossRecording.State> = []
        for _ in 0..<states * Self.drawsPerState where seen.count < states {
            let seed = Self.seed + draws
            draws += 1
            let state = try recording.state(seed: seed)
            guard seen.insert(state).inserted else { continue }
            count += 1
            let isForgotten = isForgotten || state.isDone || state.hasDestroyed
            let found = judge.faults(
                of: state.image, name: "state", isForgotten: isForgotten, isDone: state.isDone)
            faults += found.map { (seed, "\($0) (after step \(state.done) of \(recording.steps.count))") }
            if stops, !found.isEmpty { return }
        }
    }

    /// Records what was found as the test's issues, and says how much was tried.
    func expectNone(_ name: String) {
        for (seed, fault) in faults.prefix(20) { Issue.record("\(name), seed \(seed): \(fault)") }
        #expect(faults.isEmpty, "\(faults.count) faults in all")
        print(
            "power: \(count) different states of \(name), from \(recordings) recording(s), seeds "
                + "\(Self.seed)..<\(Self.seed + draws)"
        )
    }
}
