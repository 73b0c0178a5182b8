/// An id that came twice, and where; nil where records come from no file that a person handed in.
struct DuplicateID: Error {
    let first, second: RecordPlace?
}
