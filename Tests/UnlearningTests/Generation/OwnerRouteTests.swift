import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// The way to an owner's shard tells nothing about who was there.
@Suite struct OwnerRouteTests {
    private static func with(_ body: (ToyWorld, Workspace) throws -> Void) throws {
        try ToyWorld.$task.withValue(.generation) {
            try ToyWorld.with(changing: { $0.assignBy = .owner }) { world in
                try body(world, try world.workspace("a", try ToyRecord.all()))
            }
        }
    }

    @Test func theRouteOfANameIsWhereItsRecordsStand() throws {
        try Self.with { world, workspace in
            let route = try OwnerRoute(workspace.recipe, key: workspace.key)
            for record in try ToyRecord.all() {
                guard let owner = record.owner else { continue }
                #expect(route.shard(of: owner) == world.cell(record).shard)
            }
        }
    }

    /// Names that are there, that were deleted and that never existed are spread over the shards in the same way, and
    /// a deletion moves none of them.
    @Test func aDeletionChangesNoRoute() throws {
        try Self.with { _, workspace in
            let names = ["ada", "ben", "cleo", "nobody", "", "ADA", "a name that never was"]
            func routes(_ workspace: Workspace) throws -> [Int] {
                let route = try OwnerRoute(workspace.recipe, key: workspace.key)
                return names.map(route.shard)
            }
            let before = try routes(workspace)
            try workspace.delete(DeletionRequest(owner: "ada"))
            #expect(try routes(Workspace(at: workspace.root, .read)) == before)
            let many = try OwnerRoute(workspace.recipe, key: workspace.key)
            let counts = Dictionary(grouping: 0..<3000) { many.shard(of: "stranger \($0)") }.mapValues(\.count)
            #expect(counts.count == workspace.recipe.shards)
            #expect(counts.values.allSatisfy { abs(Double($0) - 1000) < 150 })
        }
    }

    /// A stranger whose name falls into the shard of the person that was deleted gets the very same answer.
    @Test func theAnswerToADeletedNameIsThatToAStrangerOfTheSameShard() throws {
        try Self.with { _, workspace in
            try workspace.delete(DeletionRequest(owner: "ada"))
            let route = try OwnerRoute(workspace.recipe, key: workspace.key)
            let shard = route.shard(of: "ada")
            let strangers = (0..<50).map { "stranger \($0)" }.filter { route.shard(of: $0) == shard }
            try #require(!strangers.isEmpty)
            var request = AnswerRequest()
            request.rule = .aggregation(.owner)
            request.options.maxNewTokens = 8
            let answers = try (["ada"] + strangers).map { name in
                try workspace.generate([Question("Where are the bees?", owner: name, number: 1)], request)[0].written
            }
            #expect(answers.allSatisfy { $0 == answers[0] })
        }
    }

    @Test func whereANameTellsNoShardThatIsSaid() throws {
        try ToyWorld.$task.withValue(.generation) {
            try ToyWorld.with { world in
                let workspace = try world.workspace("a", try ToyRecord.all())
                var request = AnswerRequest()
                request.rule = .aggregation(.owner)
                #expect(throws: QuestionError.notByOwner) {
                    try workspace.generate([Question("Who?", owner: "ada", number: 1)], request)
                }
            }
        }
        try Self.with { _, workspace in
            var request = AnswerRequest()
            request.rule = .aggregation(.owner)
            #expect(throws: QuestionError.ownerMissing(name: "prompt 1")) {
                try workspace.generate([Question("Who?", number: 1)], request)
            }
        }
    }
}
