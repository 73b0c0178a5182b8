/// The values of one record, decoded but not yet judged.
struct RecordValues {
    var id: String
    var text: String
    var label: String?
    var owner: String?
    var date: String?
    var group: String?
}

extension RecordReader {
    /// Refuses what no record may lack: an id, a text, and a label where one is required.
    ///
    /// An empty owner is no owner: the record then belongs to nobody else's.
    func check(_ values: RecordValues, file: String, line: Int) throws(RecordsError) -> RawRecord {
        func refusal(_ column: String, _ problem: RecordsError.Problem) -> RecordsError {
            RecordsError(file: file, line: line, column: column, problem: problem)
        }
        if values.id.isEmpty { throw refusal(columns.id, .emptyID) }
        if values.text.isEmpty, texts == .required { throw refusal(columns.text, .emptyText) }
        let label = values.label.flatMap { $0.isEmpty ? nil : $0 }
        if label == nil && labels == .required { throw refusal(columns.label, .emptyLabel) }
        let owner = values.owner.flatMap { $0.isEmpty ? nil : $0 }
        var date = values.date.flatMap { $0.isEmpty ? nil : $0 }
        if let written = date {
            guard let read = RecordDate(written) else { throw refusal(columns.date ?? "", .badDate) }
            date = read.canonical
        }
        let group = values.group.flatMap { $0.isEmpty ? nil : $0 }
        return RawRecord(
            id: RecordID(values.id), owner: owner, date: date, group: group, text: values.text, label: label)
    }
}
