/// What a verification compared, cell by cell.
package struct VerificationReport: Sendable {
    /// A stage that was trained again.
    package struct Stage: Sendable, Equatable {
        /// The number of its shard, from 0.
        package let shard: Int
        /// Its number, from 0.
        package let stage: Int
        /// Live records of the slices that it has seen.
        package let records: Int
        /// Keys, and the bytes of the checkpoint's content.
        package let isIdentical: Bool
    }

    /// Its number, from 0.
    package let stages: [Stage]
    /// Texts that both workspaces answered; every probability was compared bit for bit.
    package let predictions: Int
    /// Whether both workspaces answer with the same bits.
    package let predictionsAreIdentical: Bool
    /// Files of records that are not what the ledger says, or hold what the key places elsewhere; and files of the
    /// index.
    package let misplaced: [String]
    /// A file of records that could not be read, so that nothing was compared.
    package var damagedFile: String?
    /// Seconds from the call to its end.
    package let seconds: Double

    /// Whether everything is the same, bit for bit.
    package var isIdentical: Bool {
        damagedFile == nil && stages.allSatisfy(\.isIdentical) && predictionsAreIdentical && misplaced.isEmpty
    }

    /// How many slices are not where the key puts their records.
    package var misplacedSlices: Int { misplaced.count }
}
