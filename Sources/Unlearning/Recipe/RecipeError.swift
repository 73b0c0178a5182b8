/// Why a recipe was refused, and where.
package struct RecipeError: Error, Equatable, Sendable {
    /// The recipe's file, as the person named it.
    package var file: String
    /// Counted from 1; nil where the file as a whole is meant.
    package var line: Int?
    /// For example `adapter.rank`; empty for the recipe as a whole.
    package var keyPath: String
    /// What is wrong there.
    package var problem: Problem

    /// An error of a place in a recipe, or of the recipe as a whole.
    package init(file: String, line: Int? = nil, keyPath: String = "", problem: Problem) {
        self.file = file
        self.line = line
        self.keyPath = keyPath
        self.problem = problem
    }
}

extension RecipeError {
    /// What can be wrong with a recipe.
    package enum Problem: Equatable, Sendable {
        /// The file cannot be opened or read.
        case unreadable(InputError.Problem)
        /// The file is longer than `limit` bytes.
        case tooLong(limit: Int)
        /// The file is not UTF-8, or has no content.
        case invalidUTF8, empty

        /// The file is no YAML, in the words of its parser.
        case malformed(String)
        /// The file is YAML with something that recipes do not have.
        case tab, anchorOrAlias, tag(String), severalDocuments
        /// A key stands twice in one mapping.
        case duplicateKey

        /// No key of this place has that name.
        case unknownKey(suggestion: String?, allowed: [String])
        /// The key is one of low-rank updates, and the recipe trains a head alone.
        case notWithHead
        /// The key is one of the other task.
        case notWithTask(Recipe.TaskKind)
        /// Prompts and completions have columns already, and a column of whole conversations is named beside them.
        case notWithMessages
        /// A generation was to be read from a table, or to train a head of its own.
        case linesOnly, noHead
        /// A required key is missing; `example` shows one.
        case missingKey(example: String)

        /// The value is of another kind than the key wants.
        case wrongType(found: String, expected: String)
        /// The value is infinite or not a number.
        case notFinite(found: String, expected: String)
        /// The value is a number outside of the key's range.
        case outOfRange(found: String, expected: String)
        /// The value is none of the words that the key knows.
        case notAllowed(found: String, allowed: [String], suggestion: String?)
        /// The list is too short.
        case tooFew(found: Int, expected: Int)
        /// The list has an entry twice.
        case duplicateValue(found: String)
        /// The choice asks for a column that `data.columns` does not name.
        case needsOwnerColumn, needsGroupColumn
        /// The choice asks for records that are assigned by their owner.
        case needsOwners
        /// A band without groups is not the last one, or the last one has groups.
        case bandsWithoutRest
    }
}

extension RecipeError: CustomStringConvertible {
    /// One line: place, key path, what was found, what was expected, and what to do.
    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return keyPath.isEmpty ? "\(place): \(sentence)" : "\(place): \(keyPath): \(sentence)"
    }

    private var sentence: String {
        switch problem {
        case .unreadable(let problem):
            "\(problem.reason). Give the path of a recipe folder or of its recipe.yaml, which you may read."
        case .tooLong(let limit):
            "the file is longer than \(limit) bytes. A recipe is short; is this the right file?"
        case .invalidUTF8:
            "the file is not UTF-8. Save it as UTF-8."
        case .empty:
            "the recipe is empty. Write at least `backbone`, `data` and `labels`."
        case .malformed(let problem):
            "this is not YAML: \(problem). Check the indentation, colons, brackets and quotes."
        case .tab:
            "a tab in the indentation. Indent with spaces."
        case .anchorOrAlias:
            "an anchor (&) or alias (*), which recipes do not have. Write the value out, or quote the text."
        case .tag(let name):
            "the tag `\(name)`, which recipes do not have. Remove it; put quotes around a text instead."
        case .severalDocuments:
            "a second document begins here. Keep one recipe to a file."
        case .duplicateKey:
            "the key stands twice. Remove one of the two."
        case .unknownKey(let suggestion, let allowed):
            "unknown key.\(Self.hint(suggestion)) Allowed here: \(allowed.joined(separator: ", "))."
        case .notWithHead:
            "unknown key with `kind: head`, which trains no matrix of the backbone. "
                + "Remove the key, or set `kind: lora`."
        case .notWithTask(.classification):
            "unknown key with `task: classification`, which is also the task of a recipe that names none. Remove the "
                + "key, or set `task: generation`."
        case .notWithTask(.generation):
            "unknown key with `task: generation`, which has prompts and completions and no labels. Remove the key."
        case .notWithMessages:
            "`messages` holds prompts and completions already. Remove the key, or `messages`."
        case .linesOnly:
            "prompts and completions are read from JSON Lines only, one object to a line. Write the data into a "
                + ".jsonl file, or set `format: jsonl`."
        case .noHead:
            "`head` with `task: generation`, whose head is the model's own and frozen. Set `kind: lora`, or leave the "
                + "key out."
        case .missingKey(let example):
            "the key is missing. Add it, for example `\(example)`."
        case .wrongType(let found, let expected):
            "found \(found), expected \(expected). Correct the value."
        case .notFinite(let found, let expected):
            "found `\(found)`, expected \(expected). Write a finite number."
        case .outOfRange(let found, let expected):
            "found \(found), expected \(expected). Choose a value in that range."
        case .notAllowed(let found, let allowed, let suggestion):
            "found `\(found)`, expected one of \(allowed.joined(separator: ", ")).\(Self.hint(suggestion)) "
                + "Choose one of them."
        case .tooFew(let found, let expected):
            "found \(found) entries, expected at least \(expected). Add what is missing."
        case .duplicateValue(let found):
            "`\(found)` stands twice. Remove one of the two."
        case .needsOwnerColumn:
            "`owner` needs to know whose a record is. Name the column in `data.columns.owner`, "
                + "or assign by `id`."
        case .needsOwners:
            "`owner` asks the shard in which an owner's records stand. Set `assign_by: owner`, or choose another "
                + "aggregation."
        case .needsGroupColumn:
            "bands need to know a record's group. Name its column in `data.columns.group`."
        case .bandsWithoutRest:
            "the last band, and no other, is written without `groups`: it takes the records that no band before it "
                + "names."
        }
    }

    private static func hint(_ suggestion: String?) -> String {
        suggestion.map { " Did you mean `\($0)`?" } ?? ""
    }
}
