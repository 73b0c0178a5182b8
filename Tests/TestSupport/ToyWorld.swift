package import Engine
package import Foundation
package import Unlearning

/// A world small enough to try every deletion there is: the recipe of shards/toy, or of shards/toy-lm, a key, and a
/// folder for workspaces.
package struct ToyWorld {
    /// What worlds, records and questions are about; see `EveryTask`.
    @TaskLocal package static var task = Recipe.TaskKind.classification

    package static var recipeFolder: URL {
        TestData.root.appending(path: task == .generation ? "shards/toy-lm" : "shards/toy")
    }

    /// The matrices of the backbone's layers.
    package static var modules: [TargetModule] { TargetModule.all(of: task == .generation ? .llama : .bert) }

    /// Where this world's workspaces and data files lie.
    package let folder: URL
    package var recipe: Recipe
    package var key: WorkspaceKey
    package var threads = 1
    package var backbone = recipeFolder.appending(path: "backbone")

    package init(folder: URL, changing change: (inout Recipe) -> Void = { _ in }) throws {
        self.folder = folder
        recipe = try Recipe.load(folder: Self.recipeFolder)
        var columns = Columns(owner: "owner")
        // A file of the toy world has a text and a label; of a generation they are a prompt and its completion.
        if recipe.task == .generation { columns.dialogue = .pair(prompt: "text", completion: "label") }
        recipe.data = Recipe.DataSource(train: [], columns: columns)
        let adapter = recipe.adapter
        change(&recipe)
        // A generation has no head to train. What comes nearest is the top layer alone: all below it is fixed, too.
        if recipe.task == .generation, recipe.adapter == .head, case .lora(var lora) = adapter {
            lora.layers = .top(1)
            recipe.adapter = .lora(lora)
        }
        key = try WorkspaceKey(hexadecimal: String(repeating: "5a17", count: 16))
    }

    /// Calls `body` with a world in a new folder, which is removed afterwards.
    package static func with<Result>(
        changing change: (inout Recipe) -> Void = { _ in }, _ body: (ToyWorld) throws -> Result
    ) throws -> Result {
        try TestFolder.with { folder in try body(ToyWorld(folder: folder, changing: change)) }
    }

    /// The same for a variant, and in the world of its task.
    package static func with<Result>(
        _ variant: ToyVariant, _ body: (ToyWorld) throws -> Result
    ) throws -> Result {
        try $task.withValue(variant.task) { try with(changing: variant.change, body) }
    }

    package func root(_ name: String) -> URL { folder.appending(path: name) }

    /// Trains a workspace of its own on these records, from nothing.
    ///
    /// The data file lies beside the workspace, not in it, and is removed at once: what a workspace holds, it holds by
    /// itself.
    @discardableResult
    package func workspace(_ name: String, _ records: [ToyRecord]) throws -> Workspace {
        try workspace(name, files: [records])
    }

    /// The same from several data files, read one after another.
    @discardableResult
    package func workspace(_ name: String, files: [[ToyRecord]]) throws -> Workspace {
        let urls = files.indices.map { folder.appending(path: "\(name)-\($0).jsonl") }
        defer { for url in urls { try? FileManager.default.removeItem(at: url) } }
        for (url, records) in zip(urls, files) { try Self.write(records, to: url) }
        return try Workspace.train(
            recipe, TrainingSources(backbone: backbone, files: urls, key: key), at: root(name), threads: threads
        ).workspace
    }

    /// A file of records beside the workspaces.
    package func file(_ name: String, _ records: [ToyRecord]) throws -> URL {
        let url = folder.appending(path: name)
        try Self.write(records, to: url)
        return url
    }

    /// Trains on with this world's recipe, whatever the workspace was trained with before.
    @discardableResult
    package func retrain(_ workspace: Workspace) throws -> (workspace: Workspace, report: TrainReport) {
        try Workspace.train(
            recipe, TrainingSources(backbone: backbone, files: []), at: workspace.root, threads: threads)
    }

    /// A copy of a workspace, opened.
    package func copy(_ workspace: Workspace, as name: String) throws -> Workspace {
        try FileManager.default.copyItem(at: workspace.root, to: root(name))
        return try Workspace(at: root(name))
    }

    /// Where the key puts a record, whatever else there is.
    package func cell(_ record: ToyRecord) -> Cell {
        Assignment(recipe, key: key).cell(of: record.recordID, owner: record.owner)
    }

    package static func write(_ records: [ToyRecord], to url: URL) throws {
        let encoder = JSONEncoder()
        var lines = Data()
        for var record in records {
            // A file has the owner's key in every line; empty is nobody.
            record.owner = record.owner ?? ""
            lines += try encoder.encode(record)
            lines.append(UInt8(ascii: "\n"))
        }
        try lines.write(to: url)
    }
}

extension ToyWorld {
    /// The toy backbone's files in this world's own folder, where a test may take them away and bring them back.
    package func movableBackbone() throws -> URL {
        let url = folder.appending(path: "backbone")
        if !FileManager.default.fileExists(atPath: url.path) {
            try FileManager.default.copyItem(at: Self.recipeFolder.appending(path: "backbone"), to: url)
        }
        return url
    }
}
