/// How often a stage visits a record of its slices, on the average over the keyed draws of fractional passes.
///
/// Multiplied with numbers of records it gives record-passes, the unit of all cost here. Eq. 1 of Bourtoule et al. 2021 gives every
/// stage e = 2 e' / (R + 1) passes.
package struct PassWeights: Sendable, Equatable {
    /// Of a record of an earlier slice.
    package let earlier: Double
    /// Of a record of the stage's own slice, the one that no stage before it has seen.
    package let own: Double

    package init(earlier: Double, own: Double) {
        self.earlier = earlier
        self.own = own
    }

    /// As the paper counts: e for every record.
    package static func paper(epochs: Double, slices: Int) -> PassWeights {
        let passes = 2 * epochs / Double(slices + 1)
        return PassWeights(earlier: passes, own: passes)
    }

    /// As `Stage` trains: where e is below 1, a stage takes its own slice in full, because no other stage begins with it.
    package static func trained(epochs: Double, slices: Int) -> PassWeights {
        let passes = 2 * epochs / Double(slices + 1)
        return PassWeights(earlier: passes, own: max(1, passes))
    }
}
