extension Recipe {
    /// A part of the plan's cells that is kept for records of some groups: those that are likely to be deleted, or unlikely.
    ///
    /// Chosen once and written down, so a record's cell depends on the key, its own name and its own group, and never on other records.
    package struct Band: Sendable, Equatable, Codable {
        /// The groups that it is for; nil: all that no band before it names.
        package var groups: [String]?
        /// Counted from 0; nil: all.
        package var shards: Range<Int>?
        /// Counted from 0; nil: all.
        package var slices: Range<Int>?
        /// Of a record to be deleted within the window that the plan is made for; nil: nobody knows. It changes no cell.
        package var probability: Double?

        package init(
            groups: [String]?, shards: Range<Int>? = nil, slices: Range<Int>? = nil, probability: Double? = nil
        ) {
            self.groups = groups
            self.shards = shards
            self.slices = slices
            self.probability = probability
        }
    }

    /// Shards before any was split.
    package var baseShards: Int { shards - splits.count }

    /// Whether a record's cell depends on more than its id.
    package var placesByMoreThanID: Bool { assignBy == .owner || !placement.isEmpty }
}
