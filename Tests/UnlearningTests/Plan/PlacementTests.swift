import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Bands and splits decide where records stand; a record's cell is its own affair all the same.
@Suite struct PlacementTests {
    private func recipe(_ change: (inout Recipe) -> Void) -> Recipe {
        var recipe = Recipe(name: "n", backbone: "b", data: Recipe.DataSource(train: ["t"]), labels: ["a", "b"])
        recipe.shards = 8
        recipe.slices = 6
        recipe.data.columns.group = "country"
        change(&recipe)
        return recipe
    }

    private let key = WorkspaceKey()

    @Test func everyRecordStandsInItsBandAndFillsItEvenly() {
        let recipe = recipe {
            $0.bands = [
                Recipe.Band(groups: ["us", "ca"], shards: 0..<3),
                Recipe.Band(groups: ["de"], shards: 3..<4, slices: 4..<6),
                Recipe.Band(groups: nil, shards: 2..<8, slices: 0..<4)
            ]
        }
        let assignment = Assignment(recipe, key: key)
        let bands = ["us": 0, "ca": 0, "de": 1, "fr": 2, "": 2]
        for (group, number) in bands {
            let band = recipe.bands[number]
            let (shards, slices) = (band.shards ?? 0..<8, band.slices ?? 0..<6)
            let places = (0..<4000).map {
                assignment.cell(of: RecordID("r\($0)"), owner: nil, group: group.isEmpty ? nil : group)
            }
            #expect(places.allSatisfy { shards.contains($0.shard) && slices.contains($0.slice) })
            let cells = Double(shards.count * slices.count)
            let counts = Dictionary(grouping: places) { $0 }.mapValues(\.count)
            let expected = 4000 / cells
            // Chi-squared, beyond what chance gives once in a million.
            let chi = shards.reduce(0.0) { sum, shard in
                slices.reduce(sum) {
                    let difference = Double(counts[Cell(shard: shard, slice: $1)] ?? 0) - expected
                    return $0 + difference * difference / expected
                }
            }
            #expect(chi < cells - 1 + 5 * (2 * cells).squareRoot() + 12)
        }
    }

    /// Groups are told apart as ids are: by their bytes.
    @Test func groupsAreComparedByTheirBytes() {
        let assignment = Assignment(
            recipe {
                $0.bands = [Recipe.Band(groups: ["\u{E9}"], shards: 0..<1), Recipe.Band(groups: nil, shards: 1..<8)]
            },
            key: key)
        #expect(assignment.cell(of: RecordID("a"), owner: nil, group: "\u{E9}").shard == 0)
        #expect(assignment.cell(of: RecordID("a"), owner: nil, group: "e\u{301}").shard > 0)
    }

    @Test func aSplitMovesHalfOfItsShardAndNothingElse() {
        let before = Assignment(recipe { _ in }, key: key)
        let once = Assignment(recipe { ($0.shards, $0.splits) = (9, [2]) }, key: key)
        let twice = Assignment(recipe { ($0.shards, $0.splits) = (10, [2, 8]) }, key: key)
        var moved = (once: 0, twice: 0, all: 0)
        for index in 0..<16_000 {
            let id = RecordID("r\(index)")
            let (old, new, newest) = (
                before.cell(of: id, owner: nil), once.cell(of: id, owner: nil),
                twice.cell(of: id, owner: nil)
            )
            #expect(old.slice == new.slice && new.slice == newest.slice)
            if old.shard != 2 { #expect(old == new && new == newest) }
            if old.shard == 2 {
                moved.all += 1
                #expect(new.shard == 2 || new.shard == 8)
                if new.shard == 8 { moved.once += 1 }
                #expect(new.shard == 2 ? newest == new : newest.shard == 8 || newest.shard == 9)
                if newest.shard == 9 { moved.twice += 1 }
            }
        }
        let half = Double(moved.all) / 2
        #expect(abs(Double(moved.once) - half) < 5 * (half / 2).squareRoot())
        #expect(abs(Double(moved.twice) - half / 2) < 5 * (half / 2).squareRoot())
    }

    /// Shards that a split leaves alone are not trained again, and everything ends like a run that began with it.
    @Test(arguments: 0..<3)
    func aSplitTrainsItsOwnShardsOnly(shard: Int) throws {
        try ToyWorld.with { world in
            var world = world
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            func identities(_ workspace: Workspace) throws -> [String: UInt64] {
                var found: [String: UInt64] = [:]
                for path in try TestFolder.contents(workspace.root).keys where path.hasPrefix("checkpoints/") {
                    let file = workspace.root.appending(path: path).path
                    found[path] = try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? UInt64
                }
                return found
            }
            let held = try identities(subject)
            world.recipe.shards = 4
            world.recipe.splits = [shard]
            let (split, report) = try world.retrain(subject)
            let plan = try split.plan()
            #expect(report.stagesTrained == plan.items(shard: shard).count + plan.items(shard: 3).count)
            let kept = held.filter { !$0.key.hasPrefix("checkpoints/shard-\(shard + 1)/") }
            let now = try identities(split)
            for (path, file) in kept { #expect(now[path] == file) }
            #expect(try Snapshot(split).differences(from: Snapshot(world.workspace("fresh", records))) == [])
            #expect(try split.audit().holds)
            let gone = records[5]
            try split.delete([gone.recordID])
            let truth = try world.workspace("truth", records.without([gone]))
            #expect(try Snapshot(split).differences(from: Snapshot(truth)) == [])
        }
    }

    @Test(arguments: [
        ("placement: [{groups: [a], shards: [1, 2]}]", "bandsWithoutRest"),
        ("placement: [{shards: [1, 2]}, {groups: [a]}]", "bandsWithoutRest"),
        ("placement: [{groups: [a]}, {groups: [a]}, {}]", "duplicateValue"),
        ("placement: [{groups: [a], shards: [3, 2]}, {shards: [1, 2]}]", "outOfRange"),
        ("placement: [{groups: [a], shards: [1, 9]}, {shards: [1, 2]}]", "outOfRange"),
        ("placement: [{groups: []}, {shards: [1, 2]}]", "tooFew"), ("placement: []", "wrongType"),
        ("splits: [1, 2, 3, 4]", "wrongType"), ("splits: [4]", "outOfRange"), ("splits: 1", "wrongType"),
        ("slices: {count: 4, keep: -1}", "outOfRange"), ("slices: {count: 2, orders: 3}", "outOfRange"),
        ("slices: {keep: 2}", "missingKey"), ("slices: {count: 3, probabilities: [0.1]}", "wrongType")
    ])
    func whatCannotBeMeantIsRefused(_ text: String, problem: String) throws {
        let columns = "data: {train: [a], columns: {group: g}}\n"
        let yaml = "backbone: b\n\(columns)labels: [x, y]\nshards: 4\n" + text + "\n"
        do {
            _ = try Recipe.parse(Array(yaml.utf8), file: "recipe.yaml", defaultName: "n")
            Issue.record("accepted")
        } catch {
            #expect("\(error.problem)".hasPrefix(problem), "\(error)")
            #expect(error.line == 5)
        }
    }

    @Test func bandsNeedAColumn() throws {
        let yaml = "backbone: b\ndata: {train: [a]}\nlabels: [x, y]\nplacement: [{shards: [1, 2]}]\n"
        #expect(throws: RecipeError(file: "r", line: 4, keyPath: "placement", problem: .needsGroupColumn)) {
            _ = try Recipe.parse(Array(yaml.utf8), file: "r", defaultName: "n")
        }
    }
}
