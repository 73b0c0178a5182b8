/// What an audit found: the claims that were tried, one by one.
package struct AuditReport: Sendable {
    /// One claim, and what contradicts it.
    package struct Check: Sendable, Equatable {
        /// What should be so.
        package let claim: String
        /// One sentence for each thing that contradicts it.
        package let faults: [String]

        /// Whether nothing contradicts it.
        package var holds: Bool { faults.isEmpty }
    }

    /// All claims.
    package let checks: [Check]
    /// Shards that were trained again from their records, counted from 0.
    package let shards: [Int]
    /// Seconds from the call to its end.
    package let seconds: Double

    /// Whether nothing contradicts any.
    package var holds: Bool { checks.allSatisfy(\.holds) }
}
