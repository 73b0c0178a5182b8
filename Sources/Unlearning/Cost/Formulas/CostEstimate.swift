/// An expected number of record-passes, and how far one outcome lies from it.
package struct CostEstimate: Sendable, Equatable {
    package let expected: Double
    /// Standard deviation of a single outcome: what one measured run may differ by, not the error of a mean of many.
    package let standardError: Double
}
