import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// A checkpoint's key covers all that its bytes depend on, and a deletion changes the keys that it must and no others.
@Suite struct CheckpointKeyTests {
    private static let key = String(repeating: "c3", count: 32)
    private static let slices: [[UInt8]] = (0..<4).map { [UInt8](repeating: $0, count: 32) }

    private func keys(
        _ recipe: Recipe, key: String = Self.key, backbone: [UInt8] = [1, 2, 3], numerics: Int = 1, shard: Int = 0,
        slices: [[UInt8]]? = nil
    ) throws -> [CheckpointKey] {
        KeyChain(recipe, key: try WorkspaceKey(hexadecimal: key), backbone: backbone, numerics: numerics)
            .keys(shard: shard, slices: slices ?? (0..<recipe.slices).map { [UInt8](repeating: UInt8($0), count: 32) })
    }

    private func recipe(_ change: (inout Recipe) -> Void = { _ in }) -> Recipe {
        var recipe = Recipe(name: "n", backbone: "b", data: Recipe.DataSource(train: ["t"]), labels: ["a", "b"])
        change(&recipe)
        return recipe
    }

    /// A recipe of the task that the suite is at.
    private func recipeOfTask(_ change: (inout Recipe) -> Void = { _ in }) -> Recipe {
        recipe {
            if ToyWorld.task == .generation {
                var generation = Recipe.Generation()
                (generation.template, generation.promptWeight) = (.chatml, 0.5)
                $0.generation = generation
                $0.labels = []
                $0.adapter = .lora(rank: 8, targets: Self.targets)
            }
            change(&$0)
        }
    }

    private static var targets: [TargetModule] {
        ToyWorld.task == .generation ? [.queryProjection, .valueProjection] : [.query, .value]
    }

    @Test(.everyTask) func everyChoiceThatTrainsAndEveryCircumstanceIsCovered() throws {
        var changes: [(inout Recipe) -> Void] =
            SISALessonsTests.changes.filter { $0.name != "shards" && $0.task ?? ToyWorld.task == ToyWorld.task }
            .map(\.change) + [
                { $0.optimizer.beta1 = 0.8 }, { $0.optimizer.beta2 = 0.99 }, { $0.optimizer.epsilon = 1e-6 },
                { $0.adapter = .lora(rank: 8, targets: Self.targets, layers: .top(1)) }
            ]
        switch ToyWorld.task {
        case .classification: changes += [{ $0.labels = ["b", "a"] }, { $0.labels = ["a", "b", "c"] }]
        case .generation:
            changes += [{ $0.generation?.template = .zephyr }, { $0.generation?.promptWeight = 0.25 }]
        }
        var all = [try keys(recipeOfTask())]
        for change in changes { all.append(try keys(recipeOfTask(change))) }
        all.append(try keys(recipeOfTask(), key: String(repeating: "c4", count: 32)))
        all.append(try keys(recipeOfTask(), backbone: [1, 2, 4]))
        all.append(try keys(recipeOfTask(), numerics: 2))
        all.append(try keys(recipeOfTask(), shard: 1))
        #expect(Set(all.joined()).count == all.joined().count)
    }

    /// The first of several orders keeps the keys that it has alone; every other sequence has keys of its own.
    @Test func everyOrderHasKeysOfItsOwn() throws {
        let alone = try keys(recipe())
        let several = try keys(recipe { $0.sliceOptions.orders = 3 })
        #expect(several.count == 12 && Array(several.prefix(4)) == alone && Set(several).count == 12)
        // The same sequence as another order draws other numbers.
        let more = try keys(recipe { $0.sliceOptions.orders = 5 })
        #expect(Array(more.prefix(12)) == several && Set(more).count == 20)
        #expect(try keys(recipe { $0.sliceOptions.keep = 1 }) == alone)
    }

    @Test func whatTrainsNothingIsNot() throws {
        let same: [(inout Recipe) -> Void] = [
            { $0.name = "other" }, { $0.backbone = "elsewhere" }, { $0.data.train = ["u"] },
            { $0.aggregation = .majority }, { $0.shards = 9 }, { $0.assignBy = .owner }, { $0.splits = [0] },
            { $0.bands = [Recipe.Band(groups: nil, slices: 1..<3)] }
        ]
        for change in same { #expect(try keys(recipe(change)) == keys(recipe())) }
    }

    @Test(arguments: 0..<4)
    func aSliceChangesItsOwnKeyAndTheLaterOnes(slice: Int) throws {
        var changed = Self.slices
        changed[slice][31] ^= 1
        let (before, after) = (try keys(recipe()), try keys(recipe(), slices: changed))
        for stage in 0..<4 { #expect((before[stage] == after[stage]) == (stage < slice)) }
    }

    @Test(arguments: 0..<24)
    func aDeletionChangesTheKeysOfItsSliceAndTheLaterOnesOfItsShardAndNoOthers(index: Int) throws {
        try ToyWorld.with(changing: { $0.epochs = 1 }) { world in
            let record = try ToyRecord.all()[index]
            let subject = try world.workspace("subject", ToyRecord.all())
            func plan() throws -> [[CheckpointKey]] {
                let chain = subject.chain(try subject.backboneDigest())
                return try subject.ledger.slices().enumerated().map { shard, slices in
                    chain.keys(shard: shard, slices: slices.map(\.digest))
                }
            }
            let before = try plan()
            try subject.delete([record.recordID])
            let after = try plan()
            let cell = world.cell(record)
            for shard in 0..<3 {
                for stage in 0..<4 {
                    let mustChange = shard == cell.shard && stage >= cell.slice
                    #expect((before[shard][stage] != after[shard][stage]) == mustChange)
                }
            }
        }
    }

    private func digest(_ id: String, _ text: String, label: Int = 0, owner: String? = nil) throws -> [UInt8] {
        RecordDigest(try WorkspaceKey(hexadecimal: Self.key))
            .digest(Record(id: RecordID(id), attributes: RecordAttributes(owner: owner), text: text, label: label))
    }

    @Test func aRecordsDigestCoversIdLabelAndTextAndCannotBeCutDifferently() throws {
        let digests = try [
            digest("ab", "c"), digest("a", "bc"), digest("", "abc"), digest("abc", ""), digest("ab", "c", label: 1),
            digest("ab", "d"), digest("Ab", "c"), digest("ab", "c "), digest("ab\0", "c"), digest("ab", "\0c"),
            digest("é", "c"), digest("e\u{301}", "c"), digest("ab\0\0\0\0\0\0\0\u{1}", "c")
        ]
        #expect(Set(digests).count == digests.count)
        #expect(try digest("ab", "c", owner: "ada") == digest("ab", "c"))
        let other = RecordDigest(try WorkspaceKey(hexadecimal: String(repeating: "c4", count: 32)))
        #expect(try other.digest(Record(id: RecordID("ab"), text: "c", label: 0)) != digest("ab", "c"))
    }

    @Test func aSlicesDigestCoversEveryRecordTheLastOnesIncluded() throws {
        let digests = RecordDigest(try WorkspaceKey(hexadecimal: Self.key))
        let records = try (0..<5).map { try digest("\($0)", "text") }
        var all = [digests.digest(slice: records), digests.digest(slice: [[UInt8]]())]
        for index in records.indices {
            var less = records
            less.remove(at: index)
            all.append(digests.digest(slice: less))
        }
        all.append(digests.digest(slice: records + [records[4]]))
        all.append(digests.digest(slice: records.reversed()))
        #expect(Set(all).count == all.count)
    }
}
