internal import Foundation

/// What `log consistency` answers. (`log list` answers with the entries themselves.)
package struct LogConsistencyAnswer: Encodable, Sendable {
    /// Whether nothing was changed in the log, taken from it, or put in between.
    package let consistent: Bool
    /// Entries of the log, and the heads and receipts that it was compared with.
    package let entries, compared: Int
    /// One sentence each.
    package let faults: [String]

    /// The answer from a checkup of the log.
    package init(_ checkup: LogCheckup) {
        consistent = checkup.isConsistent
        entries = checkup.entries
        compared = checkup.compared
        faults = checkup.faults
    }
}

/// What `log replay` answers.
package struct ReplayAnswer: Encodable, Sendable {
    /// A receipt that is not done with.
    package struct Left: Encodable, Sendable {
        /// The receipt's path, and why, a sentence.
        package let receipt, reason: String
        /// Ids of records that are here and that the receipt is about.
        package let ids: [String]
    }

    /// Entries that were replayed, records that were deleted again, and additions that are lost.
    package let entries, recordsDeleted, additionsLost: Int
    /// Paths of the receipts that were written.
    package let receipts: [String]
    /// Receipts that are not done with.
    package let left: [Left]

    /// The answer from a replay's report.
    package init(_ report: ReplayReport) {
        entries = report.entries
        recordsDeleted = report.recordsDeleted
        additionsLost = report.additions
        receipts = report.receipts.map(\.path)
        left = report.left.map { Left(receipt: $0.receipt.path, reason: "\($0)", ids: $0.ids.map(\.rawValue)) }
    }
}

/// What `receipt verify` answers. What was not signed is not repeated in it.
package struct ReceiptAnswer: Encodable, Sendable {
    /// Whether nothing is wrong.
    package let valid: Bool
    /// What is wrong, null where nothing is.
    package let fault: OrNull<String>
    /// The request's name, and when it was accepted and completed; null in what is not valid.
    package let request, accepted, completed: OrNull<String>
    /// How many records were deleted.
    package let records: Int
    /// The shards that were trained again.
    package let shards: [ReceiptStatement.Shard]
    /// What the receipt says nothing of, one sentence each.
    package let notCovered: [String]

    /// The answer from what is wrong, nil: nothing, and from what the receipt says.
    package init(fault: String?, _ deletion: ReceiptStatement.Deletion?) {
        valid = fault == nil
        self.fault = OrNull(fault)
        request = OrNull(deletion?.request)
        accepted = OrNull(deletion?.accepted)
        completed = OrNull(deletion?.completed)
        records = deletion?.records ?? 0
        shards = deletion?.shards ?? []
        notCovered = deletion?.notCovered ?? []
    }
}

/// What `key show` answers of one key.
package struct KeyAnswer: Encodable, Sendable {
    /// SHA-256 of the key, hexadecimal, and the line by which others verify signed notes.
    package let fingerprint, line: String
    /// Whether it is the key that signs now.
    package let present: Bool

    /// One answer a key that signed, the present one last.
    package static func all(of workspace: Workspace) throws -> [KeyAnswer] {
        let keys = try workspace.verificationKeys()
        let origin = try workspace.evidenceLog.origin()
        return keys.map {
            KeyAnswer(fingerprint: $0.fingerprint, line: $0.line(name: origin), present: $0 == keys.last)
        }
    }
}

/// What `key export` answers.
package struct ExportedKeyAnswer: Encodable, Sendable {
    /// SHA-256 of the key, hexadecimal, and the public key as PEM.
    package let fingerprint, pem: String

    /// The answer of one key.
    package init(_ key: VerificationKey) {
        fingerprint = key.fingerprint
        pem = key.pem
    }
}

/// What `key rotate` answers.
package struct RotatedKeyAnswer: Encodable, Sendable {
    /// SHA-256 of the new key, hexadecimal.
    package let fingerprint: String

    /// The answer of the new key.
    package init(_ key: VerificationKey) {
        fingerprint = key.fingerprint
    }
}
