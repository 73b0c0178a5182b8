/// What can be wrong with a receipt, or with the request that it is to be about.
package enum ReceiptError: Error, Equatable {
    case noReceipt(path: String, reason: String)
    case badRequestID(length: Int)
    case requestTaken(id: String)
    case saltsMissing(requests: [String])
    case notPurged(path: String)
    case draftDamaged(path: String)
}

extension ReceiptError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .noReceipt(let path, let reason):
            "\(path) is no valid receipt: \(reason)"
        case .badRequestID(let length):
            "the request id has \(length) characters; use 1 to 100 letters, digits, dots, hyphens and underscores, the "
                + "first a letter or digit"
        case .requestTaken(let id):
            "the request id \(id) was used before, and records that are named now are here; choose another name"
        case .saltsMissing(let requests):
            "the receipts of \(requests.count) logged deletion(s) are not at hand "
                + "(\(requests.prefix(3).joined(separator: ", "))), and only "
                + "they tell which records to delete again; name them: `sisa log replay RECEIPT...`"
        case .notPurged(let path):
            "\(path) should be gone and is not; run `sisa repair` on this workspace"
        case .draftDamaged(let path):
            "\(path), the draft of a receipt, is lost or damaged, so this receipt cannot be written; the deletion "
                + "itself is complete. Restore "
                + "the file from a copy, or remove it"
        }
    }
}
