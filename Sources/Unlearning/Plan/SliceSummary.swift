/// The keyed digest of a record's id: what the ledger calls a record. It holds no id.
package struct RecordTag: Hashable, Sendable {
    let bytes: [UInt8]
}

/// A slice as the plan sees it: how many records, and their digest.
package struct SliceSummary: Sendable, Equatable {
    /// How many live records it has.
    package let records: Int
    /// The keyed digest of ids, labels and texts: 32 bytes.
    package let digest: [UInt8]
    /// Digest of what changes no weight, and requests go by; nil in the ledger of an earlier version.
    package let attributes: [UInt8]?

    /// Makes a summary of what was counted and digested.
    package init(records: Int, digest: [UInt8], attributes: [UInt8]? = nil) {
        self.records = records
        self.digest = digest
        self.attributes = attributes
    }

    /// Whether records that were counted and digested are those that the ledger means.
    package func describes(_ found: SliceSummary) -> Bool {
        records == found.records && digest == found.digest && (attributes == nil || attributes == found.attributes)
    }
}
