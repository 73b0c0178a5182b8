import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A workspace belongs to the data that it was made of.
@Suite(.everyTask) struct OtherDataTests {
    /// A recipe of that name whose data file `d.jsonl` lies in a folder of its own.
    private func train(_ world: ToyWorld, _ name: String, _ records: [ToyRecord]?) throws -> Workspace {
        let folder = world.folder.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "d.jsonl")
        if let records { _ = try world.file("\(name)/d.jsonl", records) }
        var recipe = world.recipe
        recipe.name = name
        recipe.data.train = [file.path]
        return try Workspace.train(
            recipe, TrainingSources(backbone: world.backbone, files: [file], key: world.key), at: world.root("w")
        ).workspace
    }

    private func isRefused(_ world: ToyWorld, _ name: String, _ records: [ToyRecord]) throws {
        let before = try Workspace(at: world.root("w")).recipe
        let error = #expect(throws: WorkspaceError.self) { try train(world, name, records) }
        if case .otherData = error {} else { Issue.record("\(name): \(String(describing: error))") }
        #expect(try Workspace(at: world.root("w")).recipe == before && before.name != name)
    }

    @Test func aRecipeOfOtherDataDoesNotTakeAWorkspaceOver() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            _ = try train(world, "a", records)
            var changed = records
            changed[5].text += " indeed"
            try isRefused(world, "changed", changed)
            try isRefused(world, "fewer", Array(records.dropLast()))
            try isRefused(
                world, "none-in-common",
                records.map { record in
                    var record = record
                    record.id += "-other"
                    return record
                })
            #expect(try train(world, "moved", records.reversed()).recipe.name == "moved")
            // Not knowing is no "the same".
            #expect(throws: InputError.self) { try train(world, "gone", nil) }
            #expect(try Workspace(at: world.root("w")).recipe.name == "moved")
        }
    }

    @Test func aMovedProjectIsKnownAfterDeletionsAndAdditions() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let first = Array(records.dropLast(2))
            let workspace = try train(world, "a", first)
            try workspace.delete(DeletionRequest(ids: [first[0].recordID, first[7].recordID]))
            try workspace.add([try world.file("more.jsonl", [records[records.count - 1]])])
            try isRefused(world, "other", Array(records.dropFirst(8)))
            #expect(try train(world, "moved", first).recipe.name == "moved")
        }
    }
}
