import Foundation
import Synchronization
import Testing

@testable import Engine

/// Threads at hand do each piece once, and none is lost between work and sleep.
@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3, 4, 7]) func everyMemberWorksOnceAnEpoch(size: Int) {
        let pool = ThreadPool(size: size)
        for epoch in 0..<2_000 {
            // Long enough now and then for the members to fall asleep.
            if epoch % 500 == 499 { Thread.sleep(forTimeInterval: 0.01) }
            let found = pool.map(3 * size + epoch % 5) { member, index in [member, index] }
            #expect(found == (0..<3 * size + epoch % 5).map { [size == 1 ? 0 : $0 % size, $0] })
        }
    }

    @Test func aPoolOfNobodyIsItsCaller() {
        let pool = ThreadPool(size: 0)
        #expect(pool.size == 1)
        #expect(pool.map(3) { _, index in index } == [0, 1, 2])
        #expect(pool.map(0) { _, index in index }.isEmpty)
    }

    /// Every member is on a thread of its own: none could pass the meeting alone.
    @Test func membersWorkAtTheSameTime() {
        let pool = ThreadPool(size: 3)
        for _ in 0..<20 {
            let here = Atomic(0)
            let met = Mutex<[Int]>([])
            pool.run { member in
                here.add(1, ordering: .sequentiallyConsistent)
                let end = ContinuousClock.now + .seconds(20)
                while here.load(ordering: .sequentiallyConsistent) < 3, ContinuousClock.now < end { sched_yield() }
                if here.load(ordering: .sequentiallyConsistent) == 3 { met.withLock { $0.append(member) } }
            }
            #expect(met.withLock { $0.sorted() } == [0, 1, 2])
        }
    }

    /// A pool that is let go ends its threads, also those that never had any work.
    @Test func theThreadsOfAPoolEndWithIt() throws {
        // Other tests run beside this one, each in its own threads: what counts is that hundreds of them are not left
        // over.
        let pools = 200
        let before = try Self.threads()
        for round in 0..<pools {
            let pool = ThreadPool(size: 4)
            if round % 3 > 0 { #expect(pool.map(4) { _, index in index * round } == (0..<4).map { $0 * round }) }
        }
        let end = ContinuousClock.now + .seconds(20)
        while try Self.threads() >= before + pools, ContinuousClock.now < end { Thread.sleep(forTimeInterval: 0.01) }
        #expect(try Self.threads() < before + pools)
    }

    /// Threads of this process.
    private static func threads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }
}
