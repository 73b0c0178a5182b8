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
    /// Files of records that are not what the ledger says, or hold what the key places elsewhere; and files of the index.
    package let misplaced: [String]
    /// A file of records that could not be read, so that nothing was compared.
    package var damagedFile: String?
    package let seconds: Double

    package var isIdentical: Bool {
        damagedFile == nil && stages.allSatisfy(\.isIdentical) && predictionsAreIdentical && misplaced.isEmpty
    }

    package var misplacedSlices: Int { misplaced.count }
}
