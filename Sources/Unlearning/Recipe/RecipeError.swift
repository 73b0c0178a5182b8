/// Why a recipe was refused, and where.
package struct RecipeError: Error, Equatable, Sendable {
    package var file: String
    /// Counted from 1; nil where the file as a whole is meant.
    package var line: Int?
    /// For example `adapter.rank`; empty for the recipe as a whole.
    package var keyPath: String
    package var problem: Problem

    package init(file: String, line: Int? = nil, keyPath: String = "", problem: Problem) {
        self.file = file
        self.line = line
        self.keyPath = keyPath
        self.problem = problem
    }
}

extension RecipeError {
    package enum Problem: Equatable, Sendable {
        // The file.
        case unreadable(InputError.Problem)
        case tooLong(limit: Int)
        case invalidUTF8
        case empty

        // The YAML.
        case malformed(String)
        case tab
        case anchorOrAlias
        case tag(String)
        case severalDocuments
        case duplicateKey

        // The keys.
        case unknownKey(suggestion: String?, allowed: [String])
        case notWithHead
        case missingKey(example: String)

        // The values.
        case wrongType(found: String, expected: String)
        case notFinite(found: String, expected: String)
        case outOfRange(found: String, expected: String)
        case notAllowed(found: String, allowed: [String], suggestion: String?)
        case tooFew(found: Int, expected: Int)
        case duplicateValue(found: String)
        case needsOwnerColumn
        case needsGroupColumn
        case bandsWithoutRest
    }
}
