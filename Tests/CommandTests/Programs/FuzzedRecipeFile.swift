import Foundation
import TestSupport

@testable import Unlearning

/// The recipe of shards/toy as a program changed it, for a process that reads it from a folder.
struct FuzzedRecipeFile {
    let folder: URL

    init(_ recipe: Recipe, in folder: URL) throws {
        self.folder = folder
        let columns = "{id: id, owner: owner, text: text, label: label"
        var values = [
            "backbone": ToyWorld.recipeFolder.appending(path: "backbone").path, "shards": "\(recipe.shards)",
            "slices": "\(recipe.slices)", "epochs": "\(recipe.epochs)", "assign_by": "\(recipe.assignBy)",
            "checkpoint_precision": "\(recipe.checkpointPrecision)", "aggregation": "\(recipe.aggregation)",
            "  columns": columns + (recipe.data.columns.date.map { ", date: \($0)}" } ?? "}")
        ]
        values["adapter"] =
            switch recipe.adapter {
            case .head: "{kind: head}"
            case .lora(let lora):
                "{kind: lora, rank: \(lora.rank), alpha: \(lora.alpha), target_modules: [query], layers: {top: 1}}"
            }
        let text = try String(contentsOf: ToyWorld.recipeFolder.appending(path: Recipe.fileName), encoding: .utf8)
        let lines = text.split(separator: "\n").map { line in
            let key = String(line.prefix { $0 != ":" })
            return values[key].map { "\(key): \($0)" } ?? String(line)
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data((lines + ["deleted_ids: \(recipe.deletedIDs)", ""]).joined(separator: "\n").utf8)
            .write(to: folder.appending(path: Recipe.fileName))
    }
}
