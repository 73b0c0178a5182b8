import ArgumentParser
import Foundation
import Unlearning

/// A folder for one measurement, removed when it ends.
struct Scratch {
    let url: URL

    /// `parent`: Where; nil: the system's temporary folder.
    init(_ parent: String?) throws {
        let parent = parent.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
        url = parent.appending(path: "sisa-bench-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        } catch {
            throw ValidationError("no folder can be made in \(parent.path); name another with --folder.")
        }
        Interruption.removes(url)
    }

    func remove() {
        try? FileManager.default.removeItem(at: url)
    }
}

/// A recipe's file with some numbers changed, and its paths as they are meant.
struct DerivedRecipe {
    let file: URL
    let name: String
    let backbone: String
    let data: [String]

    init(_ path: String, shards: Int?, slices: Int?, in scratch: URL) throws {
        let source = URL(filePath: path).standardizedFileURL
        let recipe = try Recipe.load(folder: source)
        let isFile = source.pathExtension == "yaml" || source.pathExtension == "yml"
        let folder = isFile ? source.deletingLastPathComponent() : source
        let text = try String(contentsOf: isFile ? source : source.appending(path: "recipe.yaml"), encoding: .utf8)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for case (let name, let value?) in [("shards", shards), ("slices", slices)] {
            lines.removeAll { $0.hasPrefix("\(name):") }
            lines.append("\(name): \(value)")
        }
        file = scratch.appending(path: "recipe.yaml")
        try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
        name = recipe.name
        backbone = recipe.resolve(recipe.backbone, relativeTo: folder).path
        data = recipe.data.train.map { recipe.resolve($0, relativeTo: folder).path }
    }
}
