/// How often a stage visits a record of its slices, on the average over the keyed draws of fractional passes.
///
/// Multiplied with numbers of records it gives record-passes, the unit of all cost.
package struct PassWeights: Sendable, Equatable {
    /// Visits to a record of an earlier slice.
    package let earlier: Double
    /// Visits to a record of the stage's own slice, the one that no stage before it has seen.
    package let own: Double

    /// Weights as they are given.
    package init(earlier: Double, own: Double) {
        self.earlier = earlier
        self.own = own
    }

    /// The passes of one stage, e = 2 e' / (R + 1) (Bourtoule et al. 2021, Eq. 1): with so many, all R stages together
    /// visit as many records as e' epochs without slices do. In general it is no whole number.
    package static func stageEpochs(_ epochs: Double, slices: Int) -> Double { 2 * epochs / Double(slices + 1) }

    /// The weights as the paper counts: e for every record.
    package static func paper(epochs: Double, slices: Int) -> PassWeights {
        let passes = stageEpochs(epochs, slices: slices)
        return PassWeights(earlier: passes, own: passes)
    }

    /// The weights as `Stage` trains: where e is below 1, a stage takes its own slice in full, because no other stage
    /// begins with it.
    package static func trained(epochs: Double, slices: Int) -> PassWeights {
        let passes = stageEpochs(epochs, slices: slices)
        return PassWeights(earlier: passes, own: max(1, passes))
    }
}
