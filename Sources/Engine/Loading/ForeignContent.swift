/// What often lies in a file's place because a download went wrong.
package enum ForeignContent: Equatable, Sendable {
    /// Stands for a file that Git Large File Storage keeps elsewhere.
    case gitLFSPointer
    case webPage

    /// So many bytes of a file's beginning tell.
    package static let beginning = 512

    /// Nil where the bytes begin like neither.
    package init?(_ bytes: [UInt8]) {
        let start = bytes.prefix(Self.beginning)
        if start.starts(with: "version https://git-lfs.github.com/spec/".utf8) {
            self = .gitLFSPointer
            return
        }
        let text = start.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.prefix(14).map { byte in
            (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
        guard text.starts(with: "<!doctype html".utf8) || text.starts(with: "<html".utf8) else { return nil }
        self = .webPage
    }
}

extension ForeignContent: CustomStringConvertible {
    /// The message for a person: what was found, what was expected, what to do.
    package var description: String {
        switch self {
        case .gitLFSPointer: "this is a Git LFS pointer and not the file itself: run `git lfs pull` where it lies"
        case .webPage: "this is an HTML page and not the file: its download failed, fetch it again"
        }
    }
}
