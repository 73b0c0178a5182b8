internal import Dispatch

/// Work shared among threads, results by index: the outcome cannot depend on who did what when.
package enum Parallel {
    /// As many workers as can be busy: each is one thread's own buffers.
    static func workers<Worker>(_ threads: Int, _ items: Int, _ make: () -> Worker) -> [Worker] {
        (0..<max(1, min(threads, items))).map { _ in make() }
    }

    /// `body` for 0..<count; worker w of W takes items w, w + W, ... in order.
    static func map<Worker, Result>(
        _ count: Int, workers: [Worker], _ body: (Worker, Int) -> Result
    ) -> [Result] {
        if workers.count == 1 { return (0..<count).map { body(workers[0], $0) } }
        var results = [Result?](repeating: nil, count: count)
        unsafe results.withUnsafeMutableBufferPointer { results in
            withoutActuallyEscaping(body) { body in
                // Safe: every index is written by exactly one iteration, and a worker is used by one iteration only.
                let job = unsafe Job(results: results, workers: workers, body: body)
                DispatchQueue.concurrentPerform(iterations: workers.count) { unsafe job.run($0) }
            }
        }
        return results.compactMap { $0 }
    }

    /// `body` for 0..<count on up to `threads` threads.
    package static func map<Result>(_ count: Int, threads: Int, _ body: (Int) -> Result) -> [Result] {
        map(count, workers: workers(threads, count) {}) { _, index in body(index) }
    }
}

/// Carries non-Sendable pieces into `concurrentPerform`, which returns only when all iterations have ended.
@unsafe private struct Job<Worker, Result>: @unchecked Sendable {
    let results: UnsafeMutableBufferPointer<Result?>
    let workers: [Worker]
    let body: (Worker, Int) -> Result

    func run(_ worker: Int) {
        for index in unsafe stride(from: worker, to: results.count, by: workers.count) {
            unsafe results[index] = unsafe body(workers[worker], index)
        }
    }
}
