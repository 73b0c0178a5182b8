import Foundation
import Synchronization

@testable import Unlearning

/// Copies a workspace at its n-th sign of progress: what a process that is killed then leaves.
final class FuzzedCopy: Sendable {
    private let (from, to): (URL, URL)
    private let left: Mutex<Int>
    private let failure = Mutex<(any Error)?>(nil)

    init(_ from: URL, to: URL, at event: Int) {
        (self.from, self.to) = (from, to)
        left = Mutex(event)
    }

    var progress: TrainingProgress {
        { _ in
            let isNow = self.left.withLock { left in
                left -= 1
                return left == -1
            }
            guard isNow else { return }
            do { try FileManager.default.copyItem(at: self.from, to: self.to) } catch {
                self.failure.withLock { $0 = error }
            }
        }
    }

    /// Puts the copy in the workspace's place; false: there was no such sign.
    func replace() throws -> Bool {
        if let failure = failure.withLock(\.self) { throw failure }
        guard FileManager.default.fileExists(atPath: to.path) else { return false }
        try FileManager.default.removeItem(at: from)
        try FileManager.default.moveItem(at: to, to: from)
        return true
    }
}
