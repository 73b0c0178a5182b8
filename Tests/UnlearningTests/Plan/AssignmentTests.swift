import TestSupport
import Testing

@testable import Unlearning

/// Where a record goes is a function of the key and its own name.
@Suite struct AssignmentTests {
    private func assignment(
        shards: Int, slices: Int, by: Recipe.AssignBy = .id, key: String = "ab"
    ) throws -> Assignment {
        var recipe = Recipe(name: "", backbone: "", data: Recipe.DataSource(train: []), labels: ["a", "b"])
        recipe.shards = shards
        recipe.slices = slices
        recipe.assignBy = by
        return Assignment(recipe, key: try WorkspaceKey(hexadecimal: String(repeating: key, count: 32)))
    }

    @Test(arguments: [(1, 1), (5, 4), (7, 3), (20, 50)])
    func twentyThousandIdsSpreadEvenly(shards: Int, slices: Int) throws {
        let assignment = try assignment(shards: shards, slices: slices)
        var cells: [Cell: Int] = [:]
        for number in 0..<20_000 { cells[assignment.cell(of: RecordID("\(number)"), owner: nil), default: 0] += 1 }
        let share = 1 / Double(shards * slices)
        let sigma = (20_000 * share * (1 - share)).squareRoot()
        for shard in 0..<shards {
            for slice in 0..<slices {
                let count = Double(cells[Cell(shard: shard, slice: slice)] ?? 0)
                #expect((count - 20_000 * share).magnitude <= 5 * sigma)
            }
        }
        #expect(cells.count == shards * slices)
    }

    @Test func anotherKeyIsAnotherPlaceAndRank() throws {
        let (one, other) = (
            try assignment(shards: 100, slices: 100), try assignment(shards: 100, slices: 100, key: "ac")
        )
        let ids = (0..<200).map { RecordID("\($0)") }
        #expect(ids.filter { one.cell(of: $0, owner: nil) == other.cell(of: $0, owner: nil) }.count <= 3)
        #expect(ids.allSatisfy { one.rank(of: $0) != other.rank(of: $0) })
        #expect(Set(ids.map(one.rank)).count == 200)
    }

    @Test func anOwnersRecordsStandTogetherWhereTheRecipeSaysSo() throws {
        let byOwner = try assignment(shards: 50, slices: 50, by: .owner)
        let byID = try assignment(shards: 50, slices: 50)
        let ids = (0..<40).map { RecordID("\($0)") }
        #expect(Set(ids.map { byOwner.cell(of: $0, owner: "ada") }).count == 1)
        #expect(Set(ids.map { byID.cell(of: $0, owner: "ada") }).count > 30)
        #expect(ids.allSatisfy { byOwner.cell(of: $0, owner: nil) == byID.cell(of: $0, owner: "ada") })
        // An owner who is called like a record is not that record.
        #expect(
            ids.filter { byOwner.cell(of: $0, owner: $0.rawValue) == byID.cell(of: $0, owner: nil) }.count <= 2)
        #expect(Set(ids.map(byOwner.rank)).count == 40)
    }

    @Test func idsThatLookAlikeAreDifferentRecords() throws {
        let assignment = try assignment(shards: 10_000, slices: 100)
        let ids = ["é", "e\u{301}", "E\u{301}", "é ", "é\0"].map(RecordID.init)
        #expect(Set(ids.map { assignment.cell(of: $0, owner: nil) }).count == 5)
        #expect(Set(ids.map(assignment.rank)).count == 5)
    }
}
