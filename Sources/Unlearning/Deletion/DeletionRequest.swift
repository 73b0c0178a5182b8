/// Which records are to be forgotten, and how far at once.
package struct DeletionRequest: Sendable {
    /// The records with these ids.
    package var ids: [RecordID]
    /// All records of these owners.
    package var owners: [String]
    /// All records that meet all of these; none: nobody is asked for by a filter.
    package var filters: [RecordFilter]
    /// Records with the same text under other ids too.
    package var takesDuplicates: Bool
    /// Passes over ids that no record has, as long as another is found.
    package var ignoresUnknown: Bool
    /// Forgets now and leaves the shards to a later repair.
    package var defersRepair: Bool
    /// What the operator calls it; nil: a random name. The same one twice is the same request.
    package var requestID: String?

    /// Makes a request; without arguments it asks for nothing.
    package init(
        ids: [RecordID] = [], owners: [String] = [], filters: [RecordFilter] = [], takesDuplicates: Bool = false,
        ignoresUnknown: Bool = false, defersRepair: Bool = false,
        requestID: String? = nil
    ) {
        self.filters = filters
        self.requestID = requestID
        self.ids = ids
        self.owners = owners
        self.takesDuplicates = takesDuplicates
        self.ignoresUnknown = ignoresUnknown
        self.defersRepair = defersRepair
    }

    /// Refuses what asks for nothing, or for two things at once.
    func check() throws(DeletionError) {
        if ids.isEmpty, owners.isEmpty, filters.isEmpty { throw .nothingNamed }
        if !filters.isEmpty, !ids.isEmpty || !owners.isEmpty { throw .filterWithOthers }
    }
}
