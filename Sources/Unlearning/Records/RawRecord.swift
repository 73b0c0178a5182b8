/// A record as it stands in its file: the label is still a word.
package struct RawRecord: Sendable {
    package var id: RecordID
    package var owner: String?
    package var date: String?
    package var group: String?
    package var text: String
    /// Nil only where the reader was told that labels may be missing.
    package var label: String?

    package init(
        id: RecordID, owner: String?, date: String? = nil, group: String? = nil, text: String, label: String?
    ) {
        self.date = date
        self.group = group
        self.id = id
        self.owner = owner
        self.text = text
        self.label = label
    }
}
