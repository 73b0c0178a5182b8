package import Foundation

/// The file in which a workspace keeps what its commands cost: JSON Lines, only ever appended to.
///
/// For people who plan, and no part of any result: nobody waits for it to be durable, and where it cannot be written
/// nothing fails. A line that a power failure cut is passed over.
package struct CostBook: Sendable {
    /// The file, which need not be there.
    package let url: URL

    /// Adds a line, or does nothing where it cannot be written.
    package func append(_ entry: CostEntry) {
        guard var line = try? CostEntry.encoder.encode(entry) else { return }
        line.append(UInt8(ascii: "\n"))
        try? DurableFile.append(line: Array(line), to: url)
    }

    /// All entries in their order, and how many lines are none.
    package func entries() -> (entries: [CostEntry], damaged: Int) {
        Self.entries((try? DurableFile.contents(url)) ?? [])
    }

    /// The last entries, at a cost that does not grow with the file.
    package func latest(bytes: Int = 1 << 16) -> [CostEntry] {
        guard let size = try? DurableFile.size(url), size > bytes else { return entries().entries }
        let tail = (try? DurableFile.contents(url, at: size - bytes, count: bytes)) ?? []
        // The first line is cut in all probability.
        return Self.entries(Array(tail.drop { $0 != UInt8(ascii: "\n") })).entries
    }

    private static func entries(_ bytes: [UInt8]) -> (entries: [CostEntry], damaged: Int) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let entries = lines.compactMap { try? CostEntry.decoder.decode(CostEntry.self, from: Data($0)) }
        return (entries, lines.count - entries.count)
    }
}
