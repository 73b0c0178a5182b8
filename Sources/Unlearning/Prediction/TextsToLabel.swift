/// Reads texts to label from a file: lines, or records of which the text and the id are used.
package enum TextsToLabel {
    /// What a file of texts holds.
    package enum Format: String, CaseIterable, Sendable {
        /// A text on each line.
        case txt
        /// Records, whose text and id are used.
        case csv, tsv, jsonl
    }

    /// The texts of a file, and the ids of their records; no ids where the texts are lines.
    ///
    /// `format`: What it holds; nil: lines for `.txt` and standard input, else what the recipe says of its data, else
    /// what the extension stands for.
    package static func read(
        _ file: InputFile, _ format: Format?, _ recipe: Recipe
    ) throws -> (ids: [String], texts: [String]) {
        var (ids, texts): ([String], [String]) = ([], [])
        let isText = file.isStandardInput || file.pathExtension.lowercased() == Format.txt.rawValue
        if format == .txt || format == nil && isText {
            try TextLines.forEach(file) { line, number in
                // Left out, it would shift the numbers; and nothing can be said of it.
                if line.isEmpty { throw RecordsError(file: file.name, line: number, problem: .emptyText) }
                texts.append(line)
            }
            if texts.isEmpty { throw RecordsError(file: file.name, problem: .emptyFile) }
            return (ids, texts)
        }
        let reader = RecordReader(
            columns: recipe.data.columns.withoutPersons,
            format: format.flatMap { DataFormat(rawValue: $0.rawValue) } ?? recipe.data.format,
            quoting: recipe.data.quoting, ids: .optional, labels: .optional)
        try reader.forEach(file) { raw, _ in
            ids.append(raw.id.rawValue)
            texts.append(raw.text)
        }
        return (ids, texts)
    }
}
