extension Recipe {
    /// A part of the plan's cells that is kept for records of some groups: those that are likely to be deleted, or
    /// unlikely.
    ///
    /// Chosen once and written down, so a record's cell depends on the key, its own name and its own group, and never
    /// on other records.
    package struct Band: Sendable, Equatable, Codable {
        /// The groups that it is for; nil: all that no band before it names.
        package var groups: [String]?
        /// Counted from 0; nil: all.
        package var shards: Range<Int>?
        /// Counted from 0; nil: all.
        package var slices: Range<Int>?
        /// The probability that a record of the band is deleted within the window that the plan is made for; nil:
        /// nobody knows. It changes no cell.
        package var probability: Double?

        /// A band of some groups; nil: of all that are left.
        package init(
            groups: [String]?, shards: Range<Int>? = nil, slices: Range<Int>? = nil, probability: Double? = nil
        ) {
            self.groups = groups
            self.shards = shards
            self.slices = slices
            self.probability = probability
        }
    }
}

extension Recipe.Band {
    /// Everything of it, for the identity: with the number of groups first, so that no two bands have the same words.
    var words: [String] {
        func words(_ range: Range<Int>?) -> String { range.map { "\($0.lowerBound + 1)-\($0.upperBound)" } ?? "all" }
        return ["\(groups?.count ?? -1)"] + (groups ?? [])
            + [words(shards), words(slices), probability.map { "\($0)" } ?? "none"]
    }

    /// Reads all bands of a recipe whose shards, slices and splits are known.
    static func all(_ node: RecipeNode, of recipe: Recipe) throws(RecipeError) -> [Self] {
        if recipe.data.columns.group == nil { throw node.refusal(.needsGroupColumn) }
        let expected = "a list of bands, - {groups: [a, b], shards: [1, 3]}"
        let items = try node.items(expected: expected)
        if items.isEmpty { throw node.wrongType(expected: expected) }
        var bands: [Self] = []
        var seen: Set<String> = []
        for (index, item) in items.enumerated() {
            let entries = try item.entries(allowed: ["groups", "shards", "slices", "probability"])
            guard entries.contains(where: { $0.key == "groups" }) == (index < items.count - 1) else {
                throw item.refusal(.bandsWithoutRest)
            }
            func value(_ key: String) -> RecipeNode? { entries.first { $0.key == key }?.value }
            var band = Self(groups: nil)
            if let node = value("groups") { band.groups = try groups(node, &seen) }
            if let node = value("shards") { band.shards = try range(node, count: recipe.baseShards) }
            if let node = value("slices") { band.slices = try range(node, count: recipe.slices) }
            if let node = value("probability") { band.probability = try node.number(in: .fraction) }
            bands.append(band)
        }
        return bands
    }

    private static func groups(_ node: RecipeNode, _ seen: inout Set<String>) throws(RecipeError) -> [String] {
        let groups = try node.texts(expected: "a list of groups, [like, this]")
        if groups.isEmpty { throw node.refusal(.tooFew(found: 0, expected: 1)) }
        for group in groups where !seen.insert(group).inserted { throw node.refusal(.duplicateValue(found: group)) }
        return groups
    }

    /// `[first, last]`, counted from 1.
    private static func range(_ node: RecipeNode, count: Int) throws(RecipeError) -> Range<Int> {
        guard case .sequence(let items) = node.content, items.count == 2 else {
            throw node.wrongType(expected: "the first and the last, [1, 3]")
        }
        let first = try items[0].integer(in: 1...count)
        let last = try items[1].integer(in: first...count)
        return first - 1..<last
    }
}
