internal import Foundation
internal import Synchronization

/// Threads that wait for the next piece of work close by: for work so short that waking a thread would cost as much.
///
/// Who does what is fixed by numbers, and members share no result, so the outcome cannot depend on timing. A member
/// without work watches for it for a fraction of a millisecond, then sleeps; between two steps of a training it hardly
/// ever gets to that. The caller waits for the members in the same way.
package final class ThreadPool {
    /// As many as were asked for, or as the system would start.
    package let size: Int
    private let barrier: Barrier

    /// Starts all threads but the caller's own.
    package init(size: Int) {
        let barrier = Barrier(hasProcessors: size <= Processors.available)
        var started = 1
        while started < size, let thread = SystemThread.start({ [started] in barrier.serve(as: started) }) {
            thread.detach()
            started += 1
        }
        self.barrier = barrier
        self.size = started
    }

    deinit {
        barrier.close()
    }

    /// `body(0)`, ..., `body(size - 1)`, each on a thread of its own, the caller's among them; returns when all have
    /// ended.
    package func run(_ body: (Int) -> Void) {
        guard size > 1 else { return body(0) }
        withoutActuallyEscaping(body) { body in
            barrier.announce(body, members: size - 1)
            body(0)
            barrier.wait()
        }
    }

    /// `body` for every item, item i by member i; there may be fewer items than members.
    func each<Item>(_ items: [Item], _ body: (Item) -> Void) {
        precondition(items.count <= size)
        if items.count == 1 { return body(items[0]) }
        run { if $0 < items.count { body(items[$0]) } }
    }

    /// `body` for 0..<count, results by index; member m of M takes items m, m + M, ... in order.
    package func map<Result>(_ count: Int, _ body: (_ member: Int, _ index: Int) -> Result) -> [Result] {
        guard size > 1, count > 1 else { return (0..<count).map { body(0, $0) } }
        var results = [Result?](repeating: nil, count: count)
        unsafe results.withUnsafeMutableBufferPointer { results in
            // Safe: every index is written by exactly one member.
            run { member in
                for index in stride(from: member, to: results.count, by: size) {
                    unsafe results[index] = body(member, index)
                }
            }
        }
        return results.compactMap { $0 }
    }
}

/// Where the members wait. `job` is written before `epoch` moves on and read after, and cleared by nobody meanwhile.
private final class Barrier: @unchecked Sendable {
    private let epoch = Atomic<Int>(0)
    private let running = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let isCallerAsleep = Atomic<Bool>(false)
    private let isOver = Atomic<Bool>(false)
    private let condition = NSCondition()
    private var job: ((Int) -> Void)?

    /// How often one who waits looks before it yields the processor, and before it sleeps.
    private let spins: (beforeYielding: Int, beforeSleeping: Int)

    /// `hasProcessors`: Whether there is a processor for each. Else one who watches keeps another from the work that is
    /// watched for.
    init(hasProcessors: Bool) {
        spins = hasProcessors ? (1_000, 8_000) : (0, 100)
    }

    func announce(_ body: @escaping (Int) -> Void, members: Int) {
        job = body
        running.store(members, ordering: .relaxed)
        epoch.add(1, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wake() }
    }

    func wait() {
        if !watches(for: { running.load(ordering: .sequentiallyConsistent) == 0 }) {
            // Noted before the last look, as below.
            isCallerAsleep.store(true, ordering: .sequentiallyConsistent)
            condition.lock()
            while running.load(ordering: .sequentiallyConsistent) > 0 { condition.wait() }
            condition.unlock()
            isCallerAsleep.store(false, ordering: .sequentiallyConsistent)
        }
        job = nil
    }

    func close() {
        isOver.store(true, ordering: .sequentiallyConsistent)
        epoch.add(1, ordering: .sequentiallyConsistent)
        wake()
    }

    func serve(as member: Int) {
        var seen = 0
        while true {
            watch(for: seen)
            seen += 1
            if isOver.load(ordering: .sequentiallyConsistent) { return }
            job?(member)
            let left = running.subtract(1, ordering: .sequentiallyConsistent).newValue
            if left == 0, isCallerAsleep.load(ordering: .sequentiallyConsistent) { wake() }
        }
    }

    /// Returns when `epoch` is past `seen`.
    private func watch(for seen: Int) {
        if watches(for: { epoch.load(ordering: .sequentiallyConsistent) > seen }) { return }
        // Counted before the last look: who moves `epoch` on afterwards sees the sleeper, who did before is seen.
        sleepers.add(1, ordering: .sequentiallyConsistent)
        condition.lock()
        while epoch.load(ordering: .sequentiallyConsistent) <= seen { condition.wait() }
        condition.unlock()
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
    }

    private func wake() {
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }

    /// Whether it came true before it was time to sleep.
    private func watches(for event: () -> Bool) -> Bool {
        for spin in 0..<spins.beforeSleeping {
            if event() { return true }
            if spin < spins.beforeYielding { Processor.relax() } else { sched_yield() }
        }
        return event()
    }
}
