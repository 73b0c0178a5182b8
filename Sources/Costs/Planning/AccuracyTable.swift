internal import Foundation
package import Unlearning

/// Accuracies that somebody measured on their own data, by number of shards. Nothing is interpolated.
package struct AccuracyTable: Sendable, Equatable {
    private let accuracies: [Int: Double]

    /// A table of accuracies from 0 to 1, by number of shards.
    package init(_ accuracies: [Int: Double] = [:]) {
        self.accuracies = accuracies
    }

    /// Numbers of shards that were measured, ascending.
    package var shards: [Int] { accuracies.keys.sorted() }

    /// The accuracy with so many shards; nil where it was not measured.
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

    private static let maxFileBytes = 1 << 20

    /// CSV with a row of names, or a JSON list of objects; other columns are left alone. The last of equal numbers of
    /// shards counts.
    package init(_ file: InputFile) throws {
        func refusal(_ line: Int) -> CostPlanError { .accuracyMalformed(path: file.name, line: line) }
        var accuracies: [Int: Double] = [:]
        func take(_ row: Row, _ line: Int) throws {
            guard row.shards > 0, (0...1).contains(row.accuracy) else { throw refusal(line) }
            accuracies[row.shards] = row.accuracy
        }
        let bytes = try file.text(limit: Self.maxFileBytes)
        if bytes.first(where: { !JSONLine.isBlank($0) }) == UInt8(ascii: "[") {
            guard let rows = try? JSONDecoder().decode([Row].self, from: Data(bytes)) else { throw refusal(1) }
            for row in rows { try take(row, 1) }
        } else {
            var names: [String] = []
            var scanner = DelimitedScanner(delimiter: UInt8(ascii: ","), maxRowBytes: Self.maxFileBytes)
            func takeRow(_ row: FieldRow) throws -> Bool {
                let fields = (0..<row.count).map {
                    String(decoding: row[$0], as: UTF8.self).trimmingCharacters(in: .whitespaces)
                }
                if names.isEmpty {
                    names = fields
                    return true
                }
                guard fields.count == names.count, let shards = names.firstIndex(of: "shards"),
                    let accuracy = names.firstIndex(of: "accuracy"), let count = Int(fields[shards]),
                    let share = Double(fields[accuracy])
                else { throw refusal(row.line) }
                try take(Row(shards: count, accuracy: share), row.line)
                return true
            }
            do {
                try scanner.feed(bytes, takeRow)
                try scanner.finish(takeRow)
            } catch let failure as DelimitedScanner.Failure {
                throw refusal(failure.line)
            }
        }
        guard !accuracies.isEmpty else { throw refusal(1) }
        self.accuracies = accuracies
    }
}
