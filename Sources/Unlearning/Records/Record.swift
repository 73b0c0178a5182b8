/// One example: what is learned from, and what should be answered. Its attributes read as if they were its own:
/// `record.owner`.
@dynamicMemberLookup
package struct Record: Sendable {
    /// Its name, unique in a workspace.
    package var id: RecordID
    /// What else the recipe names columns for.
    package var attributes: RecordAttributes
    /// What is learned from, and the answer.
    package var content: RecordContent

    /// A record of all its parts.
    package init(id: RecordID, attributes: RecordAttributes = RecordAttributes(), content: RecordContent) {
        self.id = id
        self.attributes = attributes
        self.content = content
    }

    /// A record of a classification.
    package init(id: RecordID, attributes: RecordAttributes = RecordAttributes(), text: String, label: Int) {
        self.init(id: id, attributes: attributes, content: .labelled(text: text, label: label))
    }

    /// One of its attributes.
    package subscript<Value>(dynamicMember attribute: WritableKeyPath<RecordAttributes, Value>) -> Value {
        get { attributes[keyPath: attribute] }
        set { attributes[keyPath: attribute] = newValue }
    }
}

/// What a record is about: each task has its kind.
package enum RecordContent: Sendable {
    /// A text, and an index into the recipe's labels.
    case labelled(text: String, label: Int)
    /// A prompt, and its completion.
    case dialogue(Dialogue)

    /// The index of the label; nil where there are none.
    package var label: Int? {
        if case .labelled(_, let label) = self { label } else { nil }
    }

    /// Bytes of text.
    var bytes: Int {
        switch self {
        case .labelled(let text, _): text.utf8.count
        case .dialogue(let dialogue): dialogue.bytes
        }
    }

    /// All that was said: records with the same words are duplicates. Of a classification it is the text, whatever its
    /// label; of a generation the turns and the answer as `Dialogue.json` has them.
    package var words: String {
        switch self {
        case .labelled(let text, _): text
        case .dialogue(let dialogue): String(decoding: dialogue.json, as: UTF8.self)
        }
    }
}

/// A record as it stands in its file: the label is still a word.
@dynamicMemberLookup
package struct RawRecord: Sendable {
    /// Its name.
    package var id: RecordID
    /// What else the recipe names columns for.
    package var attributes = RecordAttributes()
    /// What is learned from, and answered.
    package var text: String
    /// Nil only where the reader was told that labels may be missing, or reads dialogues.
    package var label: String?
    /// What takes the place of text and label where the reader's columns say so.
    package var dialogue: Dialogue?

    /// The same record with its label as a number.
    package func labelled(_ number: Int) -> Record {
        Record(id: id, attributes: attributes, text: text, label: number)
    }

    /// The same record as one of a generation.
    func answered(_ dialogue: Dialogue) -> Record {
        Record(id: id, attributes: attributes, content: .dialogue(dialogue))
    }

    /// One of its attributes.
    package subscript<Value>(dynamicMember attribute: KeyPath<RecordAttributes, Value>) -> Value {
        attributes[keyPath: attribute]
    }
}

/// What a record may have beside id, text and label, each where the recipe names a column for it.
package struct RecordAttributes: Sendable, Equatable {
    /// The person the record belongs to.
    package var owner: String?
    /// When the record is of, as `RecordDate.canonical` writes it.
    package var date: String?
    /// What decides the record's band.
    package var group: String?

}

/// An attribute of records, described once: for the readers of files, for the files and the digests of a workspace.
///
/// A new attribute is a property of `RecordAttributes`, a row here, a property of `Columns` and a row of `RecipeKey`.
/// The digest of a slice covers all attributes: it must stay what it is where no record has the new one.
struct RecordAttribute: Sendable {
    /// All attributes, in the order in which segments and digests have them.
    static let all = [
        RecordAttribute("owner", \.owner, \.owner, isAlwaysWritten: true),
        RecordAttribute("date", \.date, \.date, isDate: true),
        RecordAttribute("group", \.group, \.group)
    ]

    /// Its key in a workspace's files.
    let name: String
    /// Where a record has it.
    let value: any WritableKeyPath<RecordAttributes, String?> & Sendable
    /// Where the recipe names its column.
    let column: any WritableKeyPath<Columns, String?> & Sendable
    /// Whether a line of JSON has its key in any case, with null where the record has none; else the key is missing
    /// there.
    let isAlwaysWritten: Bool
    /// Whether it is read and kept as a date.
    let isDate: Bool
    /// What stands before its value in a segment: `,"owner":`.
    let prefix: [UInt8]

    private init(
        _ name: String, _ value: any WritableKeyPath<RecordAttributes, String?> & Sendable,
        _ column: any WritableKeyPath<Columns, String?> & Sendable, isAlwaysWritten: Bool = false, isDate: Bool = false
    ) {
        self.name = name
        self.value = value
        self.column = column
        self.isAlwaysWritten = isAlwaysWritten
        self.isDate = isDate
        prefix = Array(",\"\(name)\":".utf8)
    }
}
