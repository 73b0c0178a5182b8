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

    /// A path of the recipe as a place on this machine: absolute, in the home folder (`~/`), or below `folder`.
    package func resolve(_ path: String, relativeTo folder: URL) -> URL {
        if path == "~" || path.hasPrefix("~/") {
            return FileManager.default.homeDirectoryForCurrentUser
                .appendingPathComponent(String(path.dropFirst(2))).standardizedFileURL
        }
        if path.hasPrefix("/") { return URL(fileURLWithPath: path).standardizedFileURL }
        return folder.appendingPathComponent(path).standardizedFileURL
    }

    private static func readSmallFile(_ file: URL) throws(RecipeError) -> [UInt8] {
        do {
            let bytes = try InputFile(file).bytes(limit: longestFile)
            return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        } catch {
            throw RecipeError(
                file: file.path,
                problem: error.problem == .tooLong(limit: longestFile)
                    ? .tooLong(limit: longestFile) : .unreadable(error.problem))
        }
    }
}
