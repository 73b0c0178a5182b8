/// Why a file of records was refused, and where.
///
/// Nothing in it quotes a field: names of columns, counts and positions only, so it may be printed and logged.
package struct RecordsError: Error, Equatable, Sendable {
    package var file: String
    /// Counted from 1; nil where the file as a whole is meant.
    package var line: Int?
    /// The column or JSON key that is meant.
    package var column: String?
    package var problem: Problem

    package init(file: String, line: Int? = nil, column: String? = nil, problem: Problem) {
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
    }
}

extension RecordsError {
    package enum Problem: Equatable, Sendable {
        case unknownExtension(found: String)
        case emptyFile
        case noRecords
        case invalidUTF8
        case recordTooLong(limit: Int)

        // Fields between delimiters.
        case duplicateColumn
        case missingColumn(found: [String])
        case wrongFieldCount(found: Int, expected: Int)
        case unterminatedQuote
        case quoteInsideField
        case textAfterQuote
        case strayCarriageReturn

        // JSON Lines.
        case malformedJSON(JSONLineError)
        case missingKey(found: [String])
        case wrongType(found: String, expected: String)

        // Values.
        case emptyID
        case emptyText
        case emptyLabel
        case unusableLabel
        case tooManyLabels(most: Int)
        case oneLabel
        case badDate
        case unknownLabel(length: Int, labels: [String], suggestion: String?)
    }
}
