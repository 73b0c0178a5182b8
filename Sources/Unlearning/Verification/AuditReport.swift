/// What an audit found: the claims that were tried, one by one.
package struct AuditReport: Sendable {
    package struct Check: Sendable, Equatable {
        package let claim: String
        /// One sentence for each thing that contradicts it.
        package let faults: [String]

        package var holds: Bool { faults.isEmpty }
    }

    package let checks: [Check]
    /// Shards that were trained again from their records, counted from 0.
    package let shards: [Int]
    package let seconds: Double

    package var holds: Bool { checks.allSatisfy(\.holds) }
}
