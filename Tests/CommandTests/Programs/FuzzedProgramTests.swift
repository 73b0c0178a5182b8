import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// Programs by chance: whatever is asked of a workspace, in whatever order, and wherever its process is killed, the end
/// is that of a run which saw the surviving records and no others.
@Suite struct FuzzedProgramTests {
    /// `SISA_PROGRAMS=n`: so many of them; `SISA_PROGRAM_SEED=n`: beginning with this one.
    private static let programs = number("SISA_PROGRAMS") ?? 200
    private static let firstSeed = number("SISA_PROGRAM_SEED") ?? 1
    /// That a failing program may take to become shorter, and how many of them do.
    private static let secondsToShrink = 30.0
    private static let mostShortened = 3

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    @Test func whateverIsAskedTheEndIsThatOfAFreshRun() throws {
        try TestFolder.with { folder in
            let faults = Faults.compiler == nil ? nil : try Faults(folder: folder)
            let kinds = Mutex<[String: Int]>([:])
            let failed = Mutex(0)
            let threads = ProcessInfo.processInfo.activeProcessorCount
            let found = Parallel.map(Int(Self.programs), threads: threads) { index -> String? in
                let program = FuzzedProgram(seed: Self.firstSeed + UInt64(index))
                kinds.withLock { kinds in
                    for step in program.steps { kinds[step.kind, default: 0] += 1 }
                }
                guard let fault = FuzzedRun.fault(of: program, faults) else { return nil }
                let isShortened = failed.withLock { failed in
                    failed += 1
                    return failed <= Self.mostShortened
                }
                guard isShortened else { return "\(fault)\n\(program)" }
                let (shortest, last) = Self.shrunk(program, fault, faults)
                return "\(fault)\n\(program)\nshortened: \(last)\n\(shortest)\n"
                    + "again: SISA_PROGRAMS=1 SISA_PROGRAM_SEED=\(program.seed)"
            }
            for fault in found.compactMap(\.self) { Issue.record("\(fault)") }
            let tally = kinds.withLock { $0.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" } }
            print("programs: \(Self.programs) from seed \(Self.firstSeed): \(tally.joined(separator: ", "))")
        }
    }

    /// Leaves out one step after another, as long as the program still fails.
    private static func shrunk(
        _ program: FuzzedProgram, _ fault: String, _ faults: Faults?
    ) -> (FuzzedProgram, fault: String) {
        let start = ContinuousClock().now
        var (shortest, last) = (program, fault)
        for index in program.steps.indices.reversed() where start.duration(to: .now).seconds < secondsToShrink {
            var shorter = shortest
            shorter.steps.remove(at: index)
            if let fault = FuzzedRun.fault(of: shorter, faults) { (shortest, last) = (shorter, fault) }
        }
        return (shortest, last)
    }
}
