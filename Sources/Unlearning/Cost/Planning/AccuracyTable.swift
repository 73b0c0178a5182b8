package import Foundation

/// Accuracies that somebody measured on their own data, by number of shards. Nothing is interpolated.
package struct AccuracyTable: Sendable, Equatable {
    private let accuracies: [Int: Double]

    package init(_ accuracies: [Int: Double] = [:]) {
        self.accuracies = accuracies
    }

    /// Numbers of shards that were measured, ascending.
    package var shards: [Int] { accuracies.keys.sorted() }

    package subscript(shards: Int) -> Double? { accuracies[shards] }

    /// Accuracy lost against the fewest shards that were measured; nil where this number was not.
    package func price(shards: Int) -> Double? {
        guard let here = accuracies[shards], let fewest = accuracies.keys.min(), let base = accuracies[fewest] else {
            return nil
        }
        return base - here
    }

    private struct Row: Decodable {
        let shards: Int
        let accuracy: Double
    }

    /// CSV with a line of names, or a JSON list of objects; other columns are left alone. The last of equal numbers of shards counts.
    package init(contentsOf file: URL) throws(CostPlanError) {
        var bytes: [UInt8] = []
        do {
            try ChunkedFile.eachChunk(ofText: file) { chunk in
                bytes += chunk
                if bytes.count > 1 << 20 { throw CostPlanError.accuracyUnreadable(path: file.path) }
            }
        } catch {
            throw .accuracyUnreadable(path: file.path)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .accuracyUnreadable(path: file.path) }
        let rows: [Row]
        if text.drop(while: \.isWhitespace).first == "[" {
            guard let decoded = try? JSONDecoder().decode([Row].self, from: Data(bytes)) else {
                throw .accuracyMalformed(path: file.path, line: 1)
            }
            rows = decoded
        } else {
            rows = try Self.rows(text, file)
        }
        guard !rows.isEmpty else { throw .accuracyMalformed(path: file.path, line: 1) }
        var accuracies: [Int: Double] = [:]
        for (index, row) in rows.enumerated() {
            guard row.shards > 0, (0...1).contains(row.accuracy) else {
                throw .accuracyMalformed(path: file.path, line: index + 1)
            }
            accuracies[row.shards] = row.accuracy
        }
        self.accuracies = accuracies
    }

    private static func rows(_ text: String, _ file: URL) throws(CostPlanError) -> [Row] {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
        guard let names = lines.first, let shards = names.firstIndex(of: "shards"),
            let accuracy = names.firstIndex(of: "accuracy")
        else { throw .accuracyMalformed(path: file.path, line: 1) }
        var rows: [Row] = []
        for line in lines.dropFirst() {
            guard line.count == names.count, let count = Int(line[shards]), let share = Double(line[accuracy]) else {
                throw .accuracyMalformed(path: file.path, line: rows.count + 1)
            }
            rows.append(Row(shards: count, accuracy: share))
        }
        return rows
    }
}
