/// One example: a text and the label it should get.
package struct Record: Sendable {
    package var id: RecordID
    /// The person the record belongs to, where the recipe names a column for it.
    package var owner: String?
    /// Where the recipe names a column for it.
    package var date: String?
    /// Where the recipe names a column for it: what decides the record's band.
    package var group: String?
    package var text: String
    /// An index into the recipe's labels.
    package var label: Int

    package init(id: RecordID, owner: String?, date: String? = nil, group: String? = nil, text: String, label: Int) {
        self.date = date
        self.group = group
        self.id = id
        self.owner = owner
        self.text = text
        self.label = label
    }
}
