/// Finds the number of a label by its name.
///
/// Names are compared as Swift compares texts: two Unicode forms of one word are one label, as no recipe can hold both.
package struct LabelIndex: Sendable {
    /// The recipe's labels, in its order.
    package let labels: [String]
    private let numbers: [String: Int]

    /// An index of the labels of a recipe.
    package init(_ labels: [String]) {
        self.labels = labels
        numbers = Dictionary(
            labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The number of a label, counted from 0; nil: the recipe does not list it.
    package subscript(label: String) -> Int? { numbers[label] }

    /// The record with its label as a number; a label that the recipe does not list is refused.
    package func record(
        _ raw: RawRecord, file: String, line: Int, column: String
    ) throws(RecordsError) -> Record {
        func refusal(_ problem: RecordsError.Problem) -> RecordsError {
            RecordsError(file: file, line: line, column: column, problem: problem)
        }
        guard let label = raw.label else { throw refusal(.emptyLabel) }
        guard let number = numbers[label] else {
            // The word found may be a text from a wrong column, so only its length is told.
            let nearest = Suggestion.nearest(to: label, among: labels)
            throw refusal(
                .unknownLabel(length: label.utf8.count, labels: labels, suggestion: nearest))
        }
        return raw.labelled(number)
    }
}

/// The labels of a data file, and how many records bear each.
package struct LabelCount: Sendable {
    /// Records that have a label.
    package let records: Int
    /// By name, in the order of its bytes.
    package let labels: [(name: String, records: Int)]

    /// More are hardly labels, and the file may be long.
    package static let mostLabels = 10_000

    /// Counts the labels of a file. `format`: nil: by the extension. Names are compared as a recipe's labels are.
    package init(_ file: InputFile, column: String, format: DataFormat? = nil) throws {
        func refusal(_ line: Int?, _ problem: RecordsError.Problem) -> RecordsError {
            RecordsError(file: file.name, line: line, column: column, problem: problem)
        }
        var (counts, records): ([String: Int], Int) = ([:], 0)
        let reader = RecordReader(
            columns: Columns(id: Columns.rowNumber, label: column), format: format, texts: .optional)
        try reader.forEach(file) { raw, line in
            guard let label = raw.label else { return }
            // Paths and texts of a recipe hold no NUL, and its parser drops a byte order mark.
            if label.utf8.contains(0) || label.unicodeScalars.first == "\u{FEFF}" {
                throw refusal(line, .unusableLabel)
            }
            counts[label, default: 0] += 1
            records += 1
            if counts.count > Self.mostLabels { throw refusal(line, .tooManyLabels(most: Self.mostLabels)) }
        }
        if counts.count < 2 { throw refusal(nil, .oneLabel) }
        self.records = records
        labels = counts.map { (name: $0.key, records: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// As a recipe has them.
    package var yaml: String {
        (["labels:"] + labels.map { "  - \(YAMLText.written($0.name))" }).joined(separator: "\n")
    }
}
