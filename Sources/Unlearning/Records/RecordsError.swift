/// Why a file of records was refused, and where.
///
/// Nothing in it quotes a field: names of columns, counts and positions only, so it may be printed and logged.
package struct RecordsError: Error, Equatable, Sendable {
    /// The file as the person named it; empty where no one file is meant.
    package var file: String
    /// Counted from 1; nil where the file as a whole is meant.
    package var line: Int?
    /// The column or JSON key that is meant.
    package var column: String?
    /// What is wrong there.
    package var problem: Problem

    /// An error of a place in a file, of the file as a whole, or of all files.
    package init(file: String, line: Int? = nil, column: String? = nil, problem: Problem) {
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
    }
}

extension RecordsError {
    /// What can be wrong with records.
    package enum Problem: Equatable, Sendable {
        /// No files were named to learn from, or those that were hold no record.
        case noFiles, nothingIn(files: [String])

        /// The extension of the file's name stands for no format.
        case unknownExtension(found: String)
        /// The file has no byte that matters, or a header alone.
        case emptyFile, noRecords
        /// Bytes are not UTF-8.
        case invalidUTF8
        /// A record has more than `limit` bytes.
        case recordTooLong(limit: Int)

        /// The header names a column twice that is in use.
        case duplicateColumn
        /// The header lacks a column that is in use.
        case missingColumn(found: [String])
        /// A row has more or fewer fields than the header.
        case wrongFieldCount(found: Int, expected: Int)
        /// A quote or a carriage return stands where RFC 4180 has none.
        case unterminatedQuote, quoteInsideField, textAfterQuote, strayCarriageReturn

        /// A line is not one JSON object.
        case malformedJSON(JSONLineError)
        /// An object lacks a key that is in use.
        case missingKey(found: [String])
        /// A value of an object is of a kind that the key does not take.
        case wrongType(found: String, expected: String)

        /// A value is empty that no record may lack.
        case emptyID, emptyText, emptyLabel
        case emptyPrompt, emptyCompletion
        /// A conversation has no turn; its last one is not the assistant's.
        case noTurns, noAnswer
        /// A turn is no object with a role and a content and nothing else; its role, of `length` bytes, is none.
        case strangeTurn, unknownRole(length: Int)
        /// Prompts and completions were to be read from a table.
        case linesOnly
        /// The tokenizer makes no token of a prompt, or of a completion.
        case noTokens
        /// A prompt leaves no room for an answer; a record has more tokens than it may.
        case noRoomForAnswer(found: Int, limit: Int), tooManyTokens(found: Int, limit: Int)
        /// No command line could name the id: it holds a NUL, or has more than `limit` bytes.
        case unusableID(limit: Int)
        /// The id stands at `first` too, which is "file:line".
        case duplicateID(first: String)
        /// No recipe can name the label.
        case unusableLabel
        /// The column has more different labels than `most`, or a single one.
        case tooManyLabels(most: Int), oneLabel
        /// The date is none of ISO 8601.
        case badDate
        /// The recipe does not list the label, which has `length` bytes.
        case unknownLabel(length: Int, labels: [String], suggestion: String?)
    }
}

extension RecordsError.Problem: Error {}

extension RecordsError: CustomStringConvertible {
    /// One line: place, column, what was found, what was expected, and what to do.
    package var description: String {
        if file.isEmpty { return sentence }
        var place = file
        if let line { place += ":\(line)" }
        if let column { place += ": column \(Self.quoted(column))" }
        return "\(place): \(sentence)"
    }

    /// What is wrong, and what to do, without the place.
    package var sentence: String {
        switch problem {
        case .noFiles:
            "the recipe names no training file; name one with --data FILE, or under `data: train:`"
        case .nothingIn(let files):
            "no records in \(files.joined(separator: ", ")); nothing to train on"
        case .unknownExtension("json"):
            "the extension `json` stands for no format. Write JSON Lines, one object to a line, into a .jsonl file: "
                + "`jq -c '.[]'` makes it of an array."
        case .unknownExtension(let found):
            (found.isEmpty
                ? "without an extension the format is not known"
                : "the extension \(Self.quoted(found)) stands for no format of records")
                + ". Write csv, tsv or jsonl and name the file so, or name the format with --format or `data.format`."
        case .emptyFile:
            "the file is empty. Write a header and one record to a row, one JSON object to a line, or one text to a "
                + "line."
        case .noRecords:
            "a header and no records. Add at least one row."
        case .invalidUTF8:
            "bytes that are not UTF-8. Convert the file to UTF-8."
        case .recordTooLong(let limit):
            "the record that begins here is longer than \(limit) bytes. Look for a quote that is never "
                + "closed or a missing line break, and shorten the text if it is really that long."
        case .duplicateColumn:
            "the name stands twice in the header. Rename one of the two."
        case .missingColumn(let found), .missingKey(let found):
            "not found among \(Self.list(found)).\(suggestion(among: found)) "
                + "Correct the name (`data.columns` in the recipe, or --column), or the file."
        case .wrongFieldCount(let found, let expected):
            "\(found) fields, expected \(expected) as in the header. "
                + "Put quotes around a field that holds the delimiter or a line break."
        case .unterminatedQuote:
            "a quote is opened here and never closed. Close it, or double it if it is part of the text."
        case .quoteInsideField:
            "a quote inside a field that does not begin with one. "
                + "Put quotes around the field and double the inner one."
        case .textAfterQuote:
            "text behind a closing quote. Double the quote if it is part of the text."
        case .strayCarriageReturn:
            "a carriage return that ends no line. End lines with LF or CRLF, or put the field in quotes."
        case .malformedJSON(let error):
            "\(error). Write one JSON object to a line."
        case .wrongType(let found, let expected):
            "found \(found), expected \(expected). Correct the value."
        case .badDate:
            "the date is none of ISO 8601; write it like 2024-05-31, 2024-05-31T13:45:00Z or "
                + "2024-05-31T13:45:00+02:00, "
                + "or leave it empty"
        case .emptyID:
            "the id is empty. Give every record an id, or use `$row` as the id column."
        case .unusableID(let limit):
            "the id holds a NUL or has more than \(limit) bytes, so no command could name it and the record could "
                + "never be deleted; give the record another id"
        case .duplicateID(let first):
            "the id stands at \(first) too; ids must be unique over all files: remove or rename one of them"
        case .emptyText:
            "the text is empty. Remove it, or write a text."
        case .emptyLabel:
            "the label is empty. Remove the record or give it a label."
        case .emptyPrompt:
            "the prompt is empty. Remove the record, or write what comes before the answer."
        case .emptyCompletion:
            "the completion is empty. Remove the record, or write an answer."
        case .noTurns:
            "the list has no turn. Write at least one of the user and one of the assistant."
        case .noAnswer:
            "the last turn is not the assistant's, whose answer is what should be learned. Add the answer, or leave "
                + "out what follows it."
        case .strangeTurn:
            "expected an object with a `role` and a `content` and nothing else. Write every turn like "
                + "{\"role\": \"user\", \"content\": \"...\"}."
        case .unknownRole(let length):
            "the role (\(length) bytes) is none of system, user, assistant. Correct it."
        case .linesOnly:
            "prompts and completions are read from JSON Lines only, one object to a line. Write them into a .jsonl "
                + "file, or say `--format jsonl`."
        case .noTokens:
            "the model's tokenizer makes no token of it. Remove the record, or write another text."
        case .noRoomForAnswer(let found, let limit):
            "the prompt has \(found) tokens, and a record may have \(limit) with its answer (`max_tokens`): no room is "
                + "left. Shorten the prompt, or raise `max_tokens`."
        case .tooManyTokens(let found, let limit):
            "the record has \(found) tokens with its answer, and may have \(limit) (`max_tokens`). Shorten it, raise "
                + "`max_tokens`, or set `overlong: truncate`."
        case .unusableLabel:
            "the label holds a NUL or begins with a byte order mark, so no recipe can name it. Give the record another "
                + "label."
        case .tooManyLabels(let most):
            "more than \(most) different labels. Check that this is the column of labels."
        case .oneLabel:
            "all records have the same label. A classifier needs two or more; check that this is the column of labels."
        case .unknownLabel(let length, let labels, let suggestion):
            "the label (\(length) bytes) is not one of \(Self.list(labels))."
                + (suggestion.map { " Did you mean \(Self.quoted($0))?" } ?? "")
                + " Correct it, or add it to `labels`; `sisa labels FILE` lists those of a file."
        }
    }

    private func suggestion(among found: [String]) -> String {
        guard let column, let nearest = Suggestion.nearest(to: column, among: found) else {
            return ""
        }
        return " Did you mean \(Self.quoted(nearest))?"
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(40).map(quoted).joined(separator: ", ")
        return names.count > 40 ? "\(shown) and \(names.count - 40) more" : shown
    }

    private static func quoted(_ name: String) -> String { "`\(name)`" }

    /// A column's name for a message.
    ///
    /// A long one is more likely a record in a file without a header, so it is not shown.
    static func shown(_ name: String) -> String {
        name.utf8.count <= 40 ? name : "(a name of \(name.utf8.count) bytes)"
    }

    /// Where the bytes stop being UTF-8.
    static func firstInvalidByte(_ bytes: ArraySlice<UInt8>) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var position = bytes.startIndex
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) {
            position += scalar.count
        }
        return position
    }
}
