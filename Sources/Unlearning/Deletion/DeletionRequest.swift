/// Which records are to be forgotten, and how far at once.
package struct DeletionRequest: Sendable {
    package var ids: [RecordID]
    /// All records of these owners.
    package var owners: [String]
    /// Records with the same text under other ids too.
    package var takesDuplicates: Bool
    /// Forgets now and leaves the shards to a later repair.
    package var defersRepair: Bool
    /// What the operator calls it; nil: a random name. The same one twice is the same request.
    package var requestID: String?

    package init(
        ids: [RecordID] = [], owners: [String] = [], takesDuplicates: Bool = false, defersRepair: Bool = false,
        requestID: String? = nil
    ) {
        self.requestID = requestID
        self.ids = ids
        self.owners = owners
        self.takesDuplicates = takesDuplicates
        self.defersRepair = defersRepair
    }
}
