extension Recipe {
    /// Which records are learned from, and how their files are read.
    package struct DataSource: Sendable, Codable {
        /// Paths of the files that are learned from, as written.
        package var train: [String]
        /// Paths of the files that `sisa evaluate` reads where none are named.
        package var test: [String]
        /// Nil: by each file's extension.
        package var format: DataFormat?
        /// Whether quotes enclose fields of CSV and TSV.
        package var quoting = Quoting.quotes
        /// Where a record's parts stand.
        package var columns: Columns

        /// Files with quotes, and columns of the usual names.
        package init(
            train: [String], test: [String] = [], format: DataFormat? = nil,
            columns: Columns = Columns()
        ) {
            self.train = train
            self.test = test
            self.format = format
            self.columns = columns
        }
    }
}

/// How records are written in a file.
package enum DataFormat: String, Sendable, Codable, CaseIterable {
    /// Fields between commas, RFC 4180.
    case csv
    /// The same with tabs.
    case tsv
    /// One JSON object on each line.
    case jsonl

    /// The format that the extension of a file's name stands for; nil for any other.
    package init?(extension name: String) {
        switch name.lowercased() {
        case "csv": self = .csv
        case "tsv", "tab": self = .tsv
        case "jsonl", "ndjson": self = .jsonl
        default: return nil
        }
    }
}

/// What a quote in a CSV or TSV file is.
package enum Quoting: String, Sendable, CaseIterable, LaterChoice {
    /// It opens and closes a field that may hold delimiters and line breaks.
    case quotes
    /// A character like any other.
    case none

    static var leftOut: Self { .quotes }
}

/// The names of the columns, or JSON keys, in which a record's parts stand.
package struct Columns: Sendable, Codable {
    /// The id column that no file has: a record's id is then its row number in its file, counted from 1.
    ///
    /// Such an id is only as stable as the file: a row taken out of the middle renames all that follow.
    package static let rowNumber = "$row"

    /// The column of the id, the text and the label.
    package var id, text, label: String
    /// The column of the person whom a record belongs to; nil: nobody's.
    package var owner: String?
    /// The column of a date, by which records can be deleted; it changes no weight.
    package var date: String?
    /// The column of what decides a record's band, where the recipe has bands.
    package var group: String?
    /// Where prompts and completions stand, which then take the place of text and label; nil: in a classification.
    package var dialogue: DialogueColumns?

    /// Columns of the usual names, and none for what is optional.
    package init(
        id: String = "id", text: String = "text", label: String = "label", owner: String? = nil, date: String? = nil,
        group: String? = nil, dialogue: DialogueColumns? = nil
    ) {
        self.dialogue = dialogue
        self.group = group
        self.date = date
        self.id = id
        self.text = text
        self.label = label
        self.owner = owner
    }

    /// The columns of a file that is asked about and not learned from: whose a record is, and when, plays no part
    /// there.
    var withoutPersons: Columns { Columns(id: id, text: text, label: label, dialogue: dialogue) }
}

/// Where the prompts and completions of a generation stand.
package enum DialogueColumns: Sendable, Equatable, Codable {
    /// In a column each.
    case pair(prompt: String, completion: String)
    /// In one, as a list of turns, `{role, content}`: the last one, of the assistant, is the completion.
    case messages(String)

    /// The columns of a recipe that names none.
    static let usual = Self.pair(prompt: "prompt", completion: "completion")

    /// The column that the answer stands in.
    package var completion: String {
        switch self {
        case .pair(_, let completion): completion
        case .messages(let name): name
        }
    }

    /// The column that comes before the answer.
    package var prompt: String {
        switch self {
        case .pair(let prompt, _): prompt
        case .messages(let name): name
        }
    }
}
