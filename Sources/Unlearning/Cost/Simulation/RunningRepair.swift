/// A repair that a worker is at: stages from the lowest touched slice to the last, one after another.
struct RunningRepair {
    let shard: Int
    /// The lowest slice that this repair has begun from; what is above it is lost where it has to go back.
    var lowest: Int
    /// The stage that is being trained, or is the first to be.
    var stage: Int
    /// When its training began, or will when the fixed part is over.
    var stageStart: Double
    var completion: Double = 0
}
