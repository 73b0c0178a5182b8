internal import Foundation

/// Lines of text, an empty line, and a line for each signature (C2SP signed-note).
struct SignedNote {
    /// Without the line feeds that end them.
    let lines: [String]
    let signatures: [(name: String, bytes: [UInt8])]

    var text: String { lines.map { $0 + "\n" }.joined() }

    init?(_ note: String) {
        let all = note.lines
        guard let gap = all.firstIndex(of: ""), gap + 2 < all.count, all.last == "" else { return nil }
        lines = Array(all[..<gap])
        var signatures: [(name: String, bytes: [UInt8])] = []
        for line in all[(gap + 1)...].dropLast() {
            let words = line.utf8.split(separator: 0x20, omittingEmptySubsequences: false).map { String(Substring($0)) }
            guard words.count == 3, words[0] == "\u{2014}", !words[1].isEmpty,
                let bytes = Data(canonicalBase64: words[2])
            else { return nil }
            signatures.append((words[1], Array(bytes)))
        }
        self.signatures = signatures
    }
}
