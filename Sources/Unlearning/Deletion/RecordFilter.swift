/// A condition on a record's label or date, such as `label=spam` or `date<2020-01-01`.
package struct RecordFilter: Sendable, Equatable {
    enum Field: String { case label, date }
    enum Comparison: String, CaseIterable {
        // The longer ones first, so that none is read as the beginning of another.
        case atMost = "<="
        case atLeast = ">="
        case equal = "="
        case below = "<"
        case above = ">"
    }

    let field: Field
    let comparison: Comparison
    let value: String

    /// Checks the condition against what the recipe keeps of a record.
    package init(_ text: String, _ recipe: Recipe) throws {
        guard let place = text.firstIndex(where: { "<>=".contains($0) }),
            let comparison = Comparison.allCases.first(where: { text[place...].hasPrefix($0.rawValue) }),
            let field = Field(rawValue: text[..<place].trimmingSpaces)
        else { throw DeletionError.unreadableFilter }
        value = text[place...].dropFirst(comparison.rawValue.count).trimmingSpaces
        (self.field, self.comparison) = (field, comparison)
        switch field {
        case .label:
            guard comparison == .equal else { throw DeletionError.unreadableFilter }
            guard recipe.labels.contains(where: { $0.utf8.elementsEqual(value.utf8) }) else {
                throw DeletionError.noSuchLabel(
                    labels: recipe.labels, nearest: Suggestion.nearest(to: value, among: recipe.labels))
            }
        case .date:
            guard recipe.data.columns.date != nil else { throw DeletionError.noDates }
            guard RecordDate.isValid(value) else { throw DeletionError.unreadableFilter }
        }
    }

    /// A record without a date meets no condition on dates.
    func holds(_ record: Record, _ recipe: Recipe) -> Bool {
        switch field {
        case .label: return recipe.labels[record.label].utf8.elementsEqual(value.utf8)
        case .date:
            guard let date = record.date else { return false }
            switch comparison {
            // A day is equal to every time in it.
            case .equal: return date.utf8.starts(with: value.utf8)
            case .below: return date < value
            case .above: return date > value && !date.utf8.starts(with: value.utf8)
            case .atMost: return date < value || date.utf8.starts(with: value.utf8)
            case .atLeast: return date >= value
            }
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
