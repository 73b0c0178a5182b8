package import Foundation

/// What a replay did.
package struct ReplayReport: Sendable {
    /// Entries of the log that the workspace did not know.
    package let entries: Int
    /// How many records were deleted again.
    package let recordsDeleted: Int
    /// Entries about records that were added: only their source has them.
    package let additions: Int
    /// The receipts of deletions that are complete now.
    package let receipts: [URL]
    /// Receipts that are not done with.
    package let left: [Left]

    /// A receipt after which something that it is about is still here, or may be.
    package struct Left: Sendable {
        /// Why something is left to do.
        package enum Reason: Sendable, Equatable {
            /// The log knows its deletion, and what it deleted is here.
            case cameBack
            /// It lies in the workspace, and the log does not know its deletion.
            case notNamed
            case otherWorkspace
            /// Nobody whom this workspace knows signed it.
            case unproven(String)
            /// Of so many records nobody can tell by it whether they are here.
            case withheld(Int)
        }

        /// The receipt that it is about.
        package let receipt: URL
        /// Why.
        package let reason: Reason
        /// Live records that it is about.
        package let ids: [RecordID]
    }
}

extension ReplayReport.Left: CustomStringConvertible {
    /// The sentence for people: what is left, and what to do.
    package var description: String {
        let found = "\(ids.count) record(s) that it is about"
        let command = "`sisa delete \(ids.map(\.quoted).joined(separator: " "))`"
        let rest = ids.isEmpty ? "" : "; \(found) are here: to delete them, give \(command)"
        switch reason {
        case .cameBack:
            return
                "\(receipt.path): \(found) are here, though the log says that they were deleted: they were added again "
                + "since. To delete "
                + "them again, give \(command)"
        case .notNamed:
            return
                "\(receipt.path): \(found) are here, and the log does not know of its deletion. To make it again, name "
                + "it: "
                + "`sisa log replay \(receipt.path)`"
        case .otherWorkspace:
            return
                "\(receipt.path) is a receipt of another workspace, so nothing was deleted for it\(rest). Name the "
                + "workspace that it is of with "
                + "--workspace, or leave it out"
        case .unproven(let fault):
            return
                "\(receipt.path) is no valid receipt of this workspace, so nothing was deleted for it: "
                + "\(fault)\(rest). Where the key was "
                + "rotated since this copy was made, restore the newest `log` and `signing-key.pem` beside it"
        case .withheld(let count):
            return
                "\(receipt.path) withholds the salts of \(count) record(s), so it does not tell whether they are here; "
                + "name the receipt "
                + "with all its salts, or delete the records by their ids"
        }
    }
}

extension RecordID {
    /// The text as a word of a shell's command line.
    fileprivate var quoted: String {
        let isPlain = rawValue.utf8.allSatisfy { byte in
            let scalar = Character(Unicode.Scalar(byte))
            return byte < 0x80 && (scalar.isLetter || scalar.isNumber || "._:/@%+-".contains(scalar))
        }
        return isPlain && !rawValue.hasPrefix("-") && !rawValue.isEmpty
            ? rawValue : (rawValue.hasPrefix("-") ? "-- " : "") + "'\(rawValue.replacing("'", with: "'\\''"))'"
    }
}
