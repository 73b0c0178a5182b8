/// What a verification compared, cell by cell.
package struct VerificationReport: Sendable {
    package struct Stage: Sendable, Equatable {
        package let shard: Int
        package let stage: Int
        package let records: Int
        /// Keys, and the bytes of the checkpoint's content.
        package let isIdentical: Bool
    }

    package let stages: [Stage]
    /// Texts that both workspaces answered; every probability was compared bit for bit.
    package let predictions: Int
    package let predictionsAreIdentical: Bool
    /// Cells whose digests of records differ between the ledger and the records themselves.
    package let misplacedSlices: Int
    /// A file of records that could not be read, so that nothing was compared.
    package var damagedFile: String?
    package let seconds: Double

    package var isIdentical: Bool {
        damagedFile == nil && stages.allSatisfy(\.isIdentical) && predictionsAreIdentical && misplacedSlices == 0
    }
}
