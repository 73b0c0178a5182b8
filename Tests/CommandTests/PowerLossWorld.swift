import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// The toy world with only its head trained, in which commands are recorded and the power fails.
struct PowerLossWorld {
    static let train = ["train", "toy", "--key", "key.txt"]

    let fixture: CommandFixture
    let faults: Faults

    static func with(_ body: (PowerLossWorld) throws -> Void) throws {
        try CommandFixture.with(trained: false) { fixture in
            try fixture.editRecipe(
                "{kind: lora, rank: 2, alpha: 4, target_modules: [query, value], layers: all}", "{kind: head}")
            try body(PowerLossWorld(fixture: fixture, faults: Faults(folder: fixture.folder)))
        }
    }

    /// What the disk holds after these commands, long after.
    func image(after commands: [[String]]) throws -> PowerLossImage {
        try? FileManager.default.removeItem(at: fixture.workspace)
        for command in commands {
            let outcome = try fixture.program.run(command)
            try #require(outcome.code == 0, "\(command): \(outcome.everything)")
        }
        return try PowerLossRecording.image(fixture)
    }

    func record(
        from start: PowerLossImage, _ commands: PowerLossRecording.Command...
    ) throws -> PowerLossRecording {
        try PowerLossRecording(fixture, faults, from: start, commands)
    }

    /// Of a training, which is given again in the end.
    func judge() throws -> PowerLossJudge {
        try PowerLossJudge(fixture) { root in
            var recipe = try Recipe.load(folder: fixture.recipe.deletingLastPathComponent())
            let folder = fixture.recipe.deletingLastPathComponent()
            func resolve(_ paths: [String]) -> [URL] { paths.map { recipe.resolve($0, relativeTo: folder) } }
            let (files, test) = (resolve(recipe.data.train), resolve(recipe.data.test))
            recipe.data.train = files.map(\.path)
            recipe.data.test = test.map(\.path)
            let sources = TrainingSources(
                backbone: recipe.resolve(recipe.backbone, relativeTo: folder), files: files,
                key: try WorkspaceKey(
                    hexadecimal: String(contentsOf: fixture.folder.appending(path: "key.txt"), encoding: .utf8)))
            try Workspace.train(recipe, sources, at: root)
        }
    }

    /// Of an addition, which is given again in the end.
    func judge(adding name: String) throws -> PowerLossJudge {
        try PowerLossJudge(fixture) { root in
            let workspace = try Workspace(at: root)
            do {
                try workspace.add([fixture.folder.appending(path: name)])
            } catch WorkspaceError.idIsThere {
                // They are in already.
            }
            try workspace.resume()
        }
    }

    /// Of a deletion, which is given again in the end and repaired. `before`: the workspace when all records were
    /// there.
    func judge(deleting gone: [ToyRecord], by request: DeletionRequest, before: PowerLossImage) throws -> PowerLossJudge
    {
        var judge = try PowerLossJudge(fixture) { root in
            let workspace = try Workspace(at: root)
            do {
                try workspace.delete(request)
            } catch DeletionError.unknownIDs, DeletionError.unknownOwner {
                // Forgotten already.
            }
            try workspace.repair()
        }
        judge.gone = gone
        let world = try ToyWorld(folder: fixture.folder)
        let touched = Dictionary(grouping: gone.map(world.cell), by: \.shard).map { shard, cells in
            (shard: shard, slice: cells.map(\.slice).min() ?? 0)
        }
        judge.after = try PowerLossJudge.answers(of: fixture.workspace, unrepaired: touched)
        try TestFolder.with { folder in
            try before.write(to: folder)
            judge.before = try Workspace(at: folder.appending(path: "workspace"), .read)
                .predict(ToyRecord.questions).map(Snapshot.bytes)
        }
        return judge
    }
}
