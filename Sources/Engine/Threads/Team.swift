internal import Foundation
internal import Synchronization

/// Threads that wait for the next piece of work close by: for work so short that waking a thread would cost as much.
///
/// Who does what is fixed by numbers, and members share no result, so the outcome cannot depend on timing. A member without work watches
/// for it for a fraction of a millisecond, then sleeps; between two steps of a training it hardly ever gets to that.
package final class Team {
    package let size: Int
    private let post: Post

    package init(size: Int) {
        self.size = max(1, size)
        post = Post()
        for member in 1..<self.size {
            let thread = Thread { [post] in post.serve(as: member) }
            thread.name = "sisa-team"
            thread.start()
        }
    }

    deinit {
        post.close()
    }

    /// `body(0)`, ..., `body(size - 1)`, each on a thread of its own, the caller's among them; returns when all have ended.
    package func run(_ body: (Int) -> Void) {
        guard size > 1 else { return body(0) }
        withoutActuallyEscaping(body) { body in
            post.announce(body, members: size - 1)
            body(0)
            post.wait()
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

/// Where the members wait. `job` is written before `turn` moves on and read after, and cleared by nobody meanwhile.
private final class Post: @unchecked Sendable {
    private let turn = Atomic<Int>(0)
    private let running = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let isOver = Atomic<Bool>(false)
    private let condition = NSCondition()
    private var job: ((Int) -> Void)?

    /// Looks before a member yields the processor, and before it sleeps.
    private static let looks = (beforeYielding: 1_000, beforeSleeping: 8_000)

    func announce(_ body: @escaping (Int) -> Void, members: Int) {
        job = body
        running.store(members, ordering: .relaxed)
        turn.add(1, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wake() }
    }

    func wait() {
        var looks = 0
        while running.load(ordering: .acquiring) > 0 { Self.pause(&looks) }
        job = nil
    }

    func close() {
        isOver.store(true, ordering: .sequentiallyConsistent)
        turn.add(1, ordering: .sequentiallyConsistent)
        wake()
    }

    func serve(as member: Int) {
        var seen = 0
        while true {
            watch(for: seen)
            seen += 1
            if isOver.load(ordering: .sequentiallyConsistent) { return }
            job?(member)
            running.subtract(1, ordering: .acquiringAndReleasing)
        }
    }

    /// Returns when `turn` is past `seen`.
    private func watch(for seen: Int) {
        var looks = 0
        while looks < Self.looks.beforeSleeping {
            if turn.load(ordering: .sequentiallyConsistent) > seen { return }
            Self.pause(&looks)
        }
        // Counted before the last look: who moves `turn` on afterwards sees the sleeper, who did before is seen.
        sleepers.add(1, ordering: .sequentiallyConsistent)
        condition.lock()
        while turn.load(ordering: .sequentiallyConsistent) <= seen { condition.wait() }
        condition.unlock()
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
    }

    private func wake() {
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }

    private static func pause(_ looks: inout Int) {
        looks += 1
        if looks > Self.looks.beforeYielding {
            sched_yield()
        } else {
            Processor.relax()
        }
    }
}
