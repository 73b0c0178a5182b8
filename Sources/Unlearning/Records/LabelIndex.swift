/// Finds the number of a label by its name.
///
/// Names are compared as Swift compares texts: two Unicode forms of one word are one label, as no recipe can hold both.
package struct LabelIndex: Sendable {
    package let labels: [String]
    private let numbers: [String: Int]

    package init(_ labels: [String]) {
        self.labels = labels
        numbers = Dictionary(
            labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

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
        return Record(
            id: raw.id, owner: raw.owner, date: raw.date, group: raw.group, text: raw.text, label: number)
    }
}
