internal import Foundation

/// Reads the records of a recipe's files, one file after another.
struct RecordSource {
    static let longestID = 65_536
    private let recipe: Recipe
    private let files: [URL]
    private let labels: LabelIndex
    private let progress: TrainingProgress

    init(_ recipe: Recipe, _ files: [URL], progress: @escaping TrainingProgress = { _ in }) {
        self.progress = progress
        self.recipe = recipe
        self.files = files
        labels = LabelIndex(recipe.labels)
    }

    /// Hands out every record and where it stands ("file:line").
    func forEach(_ body: (Record, _ place: String) throws -> Void) throws {
        var reader = RecordReader(
            columns: recipe.data.columns, format: recipe.data.format, quoting: recipe.data.quoting)
        reader.notice = { [progress] place in progress(.spanningLines(place: place)) }
        for file in files {
            try reader.forEach(file: file) { raw, line in
                let record = try labels.record(
                    raw, file: file.path, line: line, column: recipe.data.columns.label)
                let place = "\(file.lastPathComponent):\(line)"
                // A record that no command line can name could never be deleted.
                guard record.id.rawValue.utf8.count <= Self.longestID, !record.id.rawValue.utf8.contains(0) else {
                    throw WorkspaceError.unusableID(place: place, limit: Self.longestID)
                }
                try body(record, place)
            }
        }
    }

    /// Finds both places of an id that stands twice, by reading the files again.
    func explain(_ duplicate: DuplicateID) throws -> any Error {
        struct Found: Error {}
        var places: [String] = []
        do {
            try RecordSource(recipe, files).forEach { record, place in
                guard record.id == duplicate.id else { return }
                places.append(place)
                if places.count == 2 { throw Found() }
            }
        } catch is Found {}
        guard places.count == 2 else { return duplicate }
        return WorkspaceError.duplicateID(id: duplicate.id.rawValue, first: places[0], second: places[1])
    }
}
