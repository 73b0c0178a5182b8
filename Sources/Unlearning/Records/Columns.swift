/// The names of the columns, or JSON keys, in which a record's parts stand.
package struct Columns: Sendable, Codable {
    /// The id column that no file has: a record's id is then its row number in its file, counted from 1.
    ///
    /// Such an id is only as stable as the file: a row taken out of the middle renames all that follow.
    package static let rowNumber = "$row"

    package var id: String
    package var text: String
    package var label: String
    package var owner: String?
    /// Kept so that records can be deleted by it; it changes no weight.
    package var date: String?
    /// What decides a record's band, where the recipe has a `placement`.
    package var group: String?

    package init(
        id: String = "id", text: String = "text", label: String = "label", owner: String? = nil, date: String? = nil,
        group: String? = nil
    ) {
        self.group = group
        self.date = date
        self.id = id
        self.text = text
        self.label = label
        self.owner = owner
    }

    /// Of a file that is asked about and not learned from: whose a record is, and when, plays no part there.
    var withoutPersons: Columns { Columns(id: id, text: text, label: label) }
}
