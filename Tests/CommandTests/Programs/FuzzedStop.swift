/// Where a step ends early.
enum FuzzedStop: Sendable, CustomStringConvertible {
    /// At the n-th sign of progress: what lies on the disk then is all there is.
    case event(Int)
    /// Right after a deletion's transaction.
    case commit
    /// As a process of its own, at its n-th call that changes a file; see `Faults`.
    case call(Int, way: String)

    var description: String {
        switch self {
        case .event(let number): "at event \(number)"
        case .commit: "after its commit"
        case .call(let number, let way): "by \(way) at call \(number)"
        }
    }
}
