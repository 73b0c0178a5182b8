/// Where a record stands in the files that it is read from.
struct RecordPlace: Sendable {
    /// Counted from 0.
    let file: Int
    /// Counted from 1.
    let line: Int

    /// A line of one of the files.
    init(file: Int, line: Int) {
        self.file = file
        self.line = line
    }

    /// Nil where either is not known.
    init?(file: Int?, line: Int?) {
        guard let file, let line else { return nil }
        self.init(file: file, line: line)
    }
}

/// An id that came twice, and where; nil where records come from no file that a person handed in.
struct DuplicateID: Error {
    let first, second: RecordPlace?
}

/// Reads the records of files, one file after another, each once: it may be a pipe.
struct RecordSource {
    /// Bytes that an id may have.
    static let longestID = 65_536
    private let recipe: Recipe
    private let files: [InputFile]
    private let format: DataFormat?
    private let labels: LabelIndex
    /// Why the model cannot learn from a record, and whether it is the prompt's fault; nil: it can.
    private let problem: (Record) -> (problem: RecordsError.Problem, isPrompt: Bool)?
    private let notice: @Sendable (String) -> Void

    /// The records of files with the recipe's columns and labels.
    ///
    /// `format`: nil: what the recipe says, or the extension.
    /// `problem`: Why the model cannot learn from a record, and whether the prompt is at fault; nil: it can.
    /// `notice`: Told the place ("file:line") of a field that goes on over the end of its line where that is seldom
    /// meant.
    init(
        _ recipe: Recipe, _ files: [InputFile], format: DataFormat? = nil,
        problem: @escaping (Record) -> (problem: RecordsError.Problem, isPrompt: Bool)? = { _ in nil },
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.notice = notice
        self.problem = problem
        self.recipe = recipe
        self.files = files
        self.format = format ?? recipe.data.format
        labels = LabelIndex(recipe.labels)
    }

    /// Hands out every record and where it stands.
    func forEach(_ body: (Record, RecordPlace) throws -> Void) throws {
        var reader = RecordReader(columns: recipe.data.columns, format: format, quoting: recipe.data.quoting)
        reader.notice = notice
        for (number, file) in files.enumerated() {
            try reader.forEach(file) { raw, line in
                let columns = recipe.data.columns
                let record =
                    if let dialogue = raw.dialogue {
                        raw.answered(dialogue)
                    } else {
                        try labels.record(raw, file: file.name, line: line, column: columns.label)
                    }
                let place = RecordPlace(file: number, line: line)
                // A record that no command line can name could never be deleted.
                guard record.id.rawValue.utf8.count <= Self.longestID, !record.id.rawValue.utf8.contains(0) else {
                    throw RecordsError(file: file.name, line: line, problem: .unusableID(limit: Self.longestID))
                }
                if let (problem, isPrompt) = problem(record) {
                    let column = isPrompt ? columns.dialogue?.prompt : columns.dialogue?.completion
                    throw RecordsError(file: file.name, line: line, column: column, problem: problem)
                }
                try body(record, place)
            }
        }
    }

    /// FILE:LINE, the whole path: two folders may have files of one name.
    func name(_ place: RecordPlace) -> String { "\(files[place.file].name):\(place.line)" }

    /// What a person is told of an id that stands twice; the id itself may name somebody, and is not repeated.
    func explained(_ duplicate: DuplicateID) -> any Error {
        guard let first = duplicate.first, let second = duplicate.second else { return duplicate }
        return RecordsError(
            file: files[second.file].name, line: second.line, problem: .duplicateID(first: name(first)))
    }
}
