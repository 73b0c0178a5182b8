internal import Synchronization

/// Work shared among threads, results by index: the outcome cannot depend on who did what when.
package enum Parallel {
    /// As many workers as can be busy: each is one thread's own buffers.
    static func workers<Worker>(_ threads: Int, _ items: Int, _ make: () -> Worker) -> [Worker] {
        (0..<max(1, min(threads, items))).map { _ in make() }
    }

    /// `body` for 0..<count; worker w of W takes items w, w + W, ... in order.
    ///
    /// Where fewer threads can be started than there are workers, one thread is several workers, one after the other.
    static func map<Worker, Result>(
        _ count: Int, workers: [Worker], _ body: (Worker, Int) -> Result
    ) -> [Result] {
        if workers.count == 1 { return (0..<count).map { body(workers[0], $0) } }
        var results = [Result?](repeating: nil, count: count)
        unsafe results.withUnsafeMutableBufferPointer { results in
            withoutActuallyEscaping(body) { body in
                // Safe: every index is written by exactly one worker, a worker is one thread's only, and all have ended
                // at the end.
                let job = unsafe Job(results: results, workers: workers, body: body)
                var threads: [SystemThread] = []
                while threads.count < workers.count - 1, let thread = SystemThread.start({ unsafe job.run() }) {
                    threads.append(thread)
                }
                unsafe job.run()
                for thread in threads { thread.join() }
            }
        }
        return results.compactMap { $0 }
    }

    /// `body` for 0..<count on up to `threads` threads.
    package static func map<Result>(_ count: Int, threads: Int, _ body: (Int) -> Result) -> [Result] {
        map(count, workers: workers(threads, count) {}) { _, index in body(index) }
    }
}

/// Carries non-Sendable pieces to threads that end before it does.
@unsafe private final class Job<Worker, Result>: @unchecked Sendable {
    private let results: UnsafeMutableBufferPointer<Result?>
    private let workers: [Worker]
    private let body: (Worker, Int) -> Result
    private let next = Atomic(0)

    init(results: UnsafeMutableBufferPointer<Result?>, workers: [Worker], body: @escaping (Worker, Int) -> Result) {
        unsafe self.results = unsafe results
        unsafe self.workers = workers
        unsafe self.body = body
    }

    /// Is one worker after the other, until all are taken.
    func run() {
        while true {
            let worker = unsafe next.add(1, ordering: .relaxed).oldValue
            guard unsafe worker < workers.count else { return }
            for index in unsafe stride(from: worker, to: results.count, by: workers.count) {
                unsafe results[index] = unsafe body(workers[worker], index)
            }
        }
    }
}
