extension Recipe {
    /// Reads `placement` and `splits`, which say where records may stand.
    static func parsePlacement(_ top: RecipeSection, into recipe: inout Recipe) throws(RecipeError) {
        if let node = top.node("splits") {
            recipe.splits = try parseSplits(node, top, shards: recipe.shards)
        }
        guard let node = top.node("placement") else { return }
        if recipe.data.columns.group == nil { throw top.refusal(node, "placement", .needsGroupColumn) }
        guard case .sequence(let items) = node.content, !items.isEmpty else {
            let expected = "a list of bands, - {groups: [a, b], shards: [1, 3]}"
            throw top.refusal(node, "placement", .wrongType(found: node.kind, expected: expected))
        }
        var seen: Set<String> = []
        for (index, item) in items.enumerated() {
            let band = try RecipeSection(
                item, file: top.file, path: "placement[\(index)]",
                allowed: ["groups", "shards", "slices", "probability"])
            let isLast = index == items.count - 1
            guard (band.node("groups") == nil) == isLast else {
                throw top.refusal(item, "placement[\(index)]", .bandsWithoutRest)
            }
            recipe.placement.append(try parseBand(band, recipe, &seen))
        }
    }

    private static func parseBand(
        _ section: RecipeSection, _ recipe: Recipe, _ seen: inout Set<String>
    ) throws(RecipeError) -> Band {
        var band = Band(groups: nil)
        if let node = section.node("groups") {
            let groups = try section.texts(node, "groups", expected: "a list of groups, [like, this]")
            if groups.isEmpty { throw section.refusal(node, "groups", .tooFew(found: 0, expected: 1)) }
            for group in groups where !seen.insert(group).inserted {
                throw section.refusal(node, "groups", .duplicateValue(found: group))
            }
            band.groups = groups
        }
        if let node = section.node("shards") {
            band.shards = try parseRange(node, "shards", section, count: recipe.baseShards)
        }
        if let node = section.node("slices") {
            band.slices = try parseRange(node, "slices", section, count: recipe.slices)
        }
        if let node = section.node("probability") {
            band.probability = try section.number(node, "probability", in: RecipeNumberRange(lower: 0, upper: 1))
        }
        return band
    }

    /// `[first, last]`, counted from 1.
    private static func parseRange(
        _ node: RecipeNode, _ key: String, _ section: RecipeSection, count: Int
    ) throws(RecipeError) -> Range<Int> {
        guard case .sequence(let items) = node.content, items.count == 2 else {
            throw section.refusal(node, key, .wrongType(found: node.kind, expected: "the first and the last, [1, 3]"))
        }
        let first = try section.integer(items[0], "\(key)[0]", in: 1...count)
        let last = try section.integer(items[1], "\(key)[1]", in: first...count)
        return first - 1..<last
    }

    private static func parseSplits(
        _ node: RecipeNode, _ top: RecipeSection, shards: Int
    ) throws(RecipeError) -> [Int] {
        guard case .sequence(let items) = node.content, items.count < min(shards, 65) else {
            let expected = "a list of at most 64 shards, fewer than there are: `shards` counts the new ones too"
            throw top.refusal(node, "splits", .wrongType(found: node.kind, expected: expected))
        }
        var splits: [Int] = []
        for (index, item) in items.enumerated() {
            // A shard that came of a split can be split again.
            splits.append(try top.integer(item, "splits[\(index)]", in: 1...shards - items.count + index) - 1)
        }
        return splits
    }
}
