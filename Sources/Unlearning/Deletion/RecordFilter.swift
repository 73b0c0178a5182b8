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
    /// A condition on dates.
    private let date: RecordDate?
    /// A condition on labels.
    private let label: Int?

    /// Checks the condition against what the recipe keeps of a record.
    package init(_ text: String, _ recipe: Recipe) throws {
        guard let place = text.firstIndex(where: { "<>=".contains($0) }),
            let comparison = Comparison.allCases.first(where: { text[place...].hasPrefix($0.rawValue) }),
            let field = Field(rawValue: text[..<place].trimmingSpaces)
        else { throw DeletionError.unreadableFilter }
        value = text[place...].dropFirst(comparison.rawValue.count).trimmingSpaces
        (self.field, self.comparison) = (field, comparison)
        (date, label) = (RecordDate(value), LabelIndex(recipe.labels)[value])
        switch field {
        case .label:
            guard recipe.task == .classification else { throw DeletionError.noLabels }
            guard comparison == .equal else { throw DeletionError.unreadableFilter }
            guard label != nil else {
                throw DeletionError.noSuchLabel(
                    labels: recipe.labels, nearest: Suggestion.nearest(to: value, among: recipe.labels))
            }
        case .date:
            guard recipe.data.columns.date != nil else { throw DeletionError.noDates }
            guard date != nil else { throw DeletionError.unreadableFilter }
        }
    }

    /// A record without a date meets no condition on dates; one with a day meets it where the whole day does.
    func holds(_ record: Record) -> Bool {
        switch field {
        case .label: return record.content.label == label
        case .date:
            guard let date, let own = record.date.flatMap({ RecordDate($0) }) else { return false }
            switch comparison {
            case .equal: return own.isIn(date)
            case .below: return own.isBefore(date)
            case .above: return date.isBefore(own)
            case .atMost: return own.endsBy(date)
            case .atLeast: return own.begins(at: date)
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
