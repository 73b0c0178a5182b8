import ArgumentParser
import Foundation
import Unlearning

struct Train: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a recipe's records in shards and slices, or go on where a killed command stopped.",
        discussion: """
            Makes a workspace from the recipe and its data files, then trains every slice that has no checkpoint yet. \
            Data files are read once, when the workspace is made. Run again, it finishes what is missing; with a \
            changed recipe it trains again what the change touches. Without a recipe folder it goes on with the recipe \
            that the workspace has.

            EXAMPLES:
              sisa train shards/toy --workspace workspaces/toy
              sisa train shards/banking77 --data train.csv --workspace workspaces/banking77
              sisa train --workspace workspaces/toy
              sisa train --workspace workspaces/toy --backbone /models/moved-here
            """)

    @Argument(help: "A folder with a recipe.yaml, or the file itself.", completion: .directory)
    var recipe: String?

    @OptionGroup var options: WorkspaceOptions

    @Option(
        name: .long, parsing: .upToNextOption,
        help: "Data files to train on, instead of the recipe's; `-`: standard input.", completion: .file())
    var data: [String] = []

    @Option(help: "What the data files hold: csv, tsv or jsonl, instead of the recipe's `data.format`.")
    var format: DataFormat?

    @Option(help: "The backbone's folder or GGUF file, instead of the recipe's.", completion: .file())
    var backbone: String?

    @Option(
        help: "A file with the key to place records by: 64 hexadecimal digits. Default: a new random one.",
        completion: .file())
    var key: String?

    func perform() throws {
        guard let recipe else { return try resume() }
        let folder = URL(filePath: recipe)
        var loaded = try Recipe.load(folder: folder)
        var isFolder: ObjCBool = false
        _ = unsafe FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder)
        let base = isFolder.boolValue ? folder : folder.deletingLastPathComponent()
        loaded.data.format = format ?? loaded.data.format
        let sources = TrainingSources(
            backbone: backbone.map { URL(filePath: $0).standardizedFileURL }
                ?? loaded.resolve(loaded.backbone, relativeTo: base),
            inputs: data.isEmpty
                ? loaded.data.train.map { InputFile(loaded.resolve($0, relativeTo: base)) }
                : data.map { InputFile(named: $0) },
            key: try readKey())
        loaded.data.train = sources.files.map(\.path)
        loaded.data.test = loaded.data.test.map { loaded.resolve($0, relativeTo: base).path }
        try options.refuseForeignRoot()
        let (workspace, report) = try options.withProgress("training") { progress in
            try Workspace.train(
                loaded, sources, at: options.folder, threads: options.threadCount, progress: progress,
                waiting: options.waiting)
        }
        try tell(workspace.telling(), report)
    }

    private func resume() throws {
        for (name, isUsed) in [("--data", !data.isEmpty), ("--format", format != nil), ("--key", key != nil)]
        where isUsed {
            throw UsageError.needsRecipe(option: name)
        }
        let workspace: Workspace
        do {
            workspace = try options.open()
        } catch LedgerError.missing {
            throw UsageError.nothingToResume
        }
        let report = try options.withProgress("training") { progress in
            try workspace.resume(
                backbone: backbone.map { URL(filePath: $0).standardizedFileURL }, threads: options.threadCount,
                progress: progress, waiting: options.waiting)
        }
        try tell(workspace, report)
    }

    private func readKey() throws -> WorkspaceKey? {
        // Longer than any key with the blanks around it, and short: a pipe may be without end.
        try key.map {
            try WorkspaceKey(hexadecimal: String(decoding: InputFile(named: $0).text(limit: 1 << 16), as: UTF8.self))
        }
    }

    private func tell(_ workspace: Workspace, _ report: TrainReport) throws {
        let answer = try TrainingAnswer(workspace, report)
        if options.json { return try Console.json(answer) }
        if answer.stagesTrained == 0 {
            return Console.out("up to date: \(answer.records) records, every checkpoint is there (\(answer.workspace))")
        }
        Console.out(
            "trained \(answer.records) records in \(answer.shards) shards x \(answer.slices) slices: "
                + "\(answer.stagesTrained) stages, \(answer.bytesStored / 1024) KiB of checkpoints, "
                + "\(answer.seconds.fixed(1)) s (\(answer.workspace))")
    }
}
