package import Foundation

extension Recipe {
    /// The name of the file in a recipe's folder.
    package static let fileName = "recipe.yaml"

    /// A recipe is written by hand; a longer file is a mistake or an attack.
    static let longestFile = 1 << 20

    /// Reads `recipe.yaml` in a folder, or the YAML file itself where its path is given.
    ///
    /// Strict: every key must be known and every value in range, or the first mistake is thrown as a `RecipeError`. No
    /// other file is looked at; whether backbone and data exist is for those who open them.
    package static func load(folder: URL) throws(RecipeError) -> Recipe {
        var isFolder: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: folder.path, isDirectory: &isFolder)
        let file = exists && !isFolder.boolValue ? folder : folder.appendingPathComponent(fileName)
        let parent = file.deletingLastPathComponent().standardizedFileURL
        return try parse(
            readSmallFile(file), file: file.path, defaultName: parent.lastPathComponent)
    }

    private static func readSmallFile(_ file: URL) throws(RecipeError) -> [UInt8] {
        do {
            let bytes = try InputFile(file).bytes(limit: longestFile)
            return bytes.starts(with: InputFile.byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
        } catch {
            throw RecipeError(
                file: file.path,
                problem: error.problem == .tooLong(limit: longestFile)
                    ? .tooLong(limit: longestFile) : .unreadable(error.problem))
        }
    }

    /// Reads a recipe from YAML; `file` is for messages only.
    package static func parse(
        _ bytes: [UInt8], file: String, defaultName: String
    ) throws(RecipeError) -> Recipe {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RecipeError(file: file, problem: .invalidUTF8)
        }
        let root = try RecipeDocument(text, file: file).root
        if case .scalar("", _) = root.content { throw RecipeError(file: file, problem: .empty) }
        var recipe = Recipe(name: defaultName, backbone: "", data: DataSource(train: []), labels: [])
        try RecipeKey.read(root, into: &recipe)
        return recipe
    }

    /// A path of the recipe as a place on this machine: absolute, in the home folder (`~/`), or below `folder`.
    package func resolve(_ path: String, relativeTo folder: URL) -> URL {
        if path == "~" || path.hasPrefix("~/") {
            return FileManager.default.homeDirectoryForCurrentUser
                .appendingPathComponent(String(path.dropFirst(2))).standardizedFileURL
        }
        if path.hasPrefix("/") { return URL(fileURLWithPath: path).standardizedFileURL }
        return folder.appendingPathComponent(path).standardizedFileURL
    }
}

extension RecipeKey {
    /// Reads a mapping by the keys of the table that stand in it, and so all below it.
    fileprivate static func read(_ mapping: RecipeNode, into recipe: inout Recipe) throws(RecipeError) {
        let prefix = mapping.path.isEmpty ? "" : mapping.path + "."
        let all = all.filter { $0.path.hasPrefix(prefix) }
        for key in all where key.isReadFirst {
            if let value = mapping.value(key.path) { try key.read(value, &recipe) }
        }
        let task = recipe.task
        let keys = all.filter { $0.belongs(to: task) }
        func names(_ keys: [RecipeKey]) -> [String] {
            keys.reduce(into: []) { names, key in
                let name = String(key.path.dropFirst(prefix.count).prefix { $0 != "." })
                if names.last != name { names.append(name) }
            }
        }
        let others = names(all.filter { !$0.belongs(to: task) })
        let names = names(keys)
        let entries = try mapping.entries(allowed: names) { others.contains($0) ? .notWithTask(task) : nil }
        let last = Set(keys.filter(\.isReadLast).map(\.path))
        for name in names.filter({ !last.contains(prefix + $0) }) + names.filter({ last.contains(prefix + $0) }) {
            let entry = entries.first { $0.key == name }
            if let key = keys.first(where: { $0.path == prefix + name }) {
                if key.isReadFirst { continue }
                try key.read(entry, of: mapping, name, into: &recipe)
            } else {
                try read(entry, of: mapping, name, keys.filter { $0.section == prefix + name }, into: &recipe)
            }
        }
    }

    /// Reads one value, or does without it.
    private func read(
        _ entry: RecipeNode.Entry?, of mapping: RecipeNode, _ name: String, into recipe: inout Recipe
    ) throws(RecipeError) {
        guard let entry else {
            if let example { throw mapping.missing(name, example: example) }
            return
        }
        if needsLoRA, recipe.adapter == .head { throw entry.value.refusal(.notWithHead, line: entry.line) }
        try read(entry.value, &recipe)
    }

    /// Reads a section of some keys, the value that stands for it, or does without it.
    private static func read(
        _ entry: RecipeNode.Entry?, of mapping: RecipeNode, _ name: String, _ keys: [RecipeKey],
        into recipe: inout Recipe
    ) throws(RecipeError) {
        let alone = keys.first(where: \.standsAlone)
        guard let entry else {
            guard alone == nil, let example = keys.lazy.compactMap(\.example).first else { return }
            throw mapping.missing(name, example: "\(name): {\(example)}")
        }
        if let alone {
            guard case .mapping = entry.value.content else { return try alone.read(entry.value, &recipe) }
        }
        try read(entry.value, into: &recipe)
    }
}
