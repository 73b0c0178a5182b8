internal import Foundation
package import Unlearning

/// Reads groups of records and their deletion probabilities from CSV: the columns group, records, probability.
package enum GroupTable {
    /// The groups of a file, in its order.
    package static func read(_ file: InputFile) throws -> [PlacementAdvice.Group] {
        var scanner = DelimitedScanner(delimiter: UInt8(ascii: ","), maxRowBytes: 1 << 16)
        var columns: [String: Int]?
        var groups: [PlacementAdvice.Group] = []
        func take(_ row: FieldRow) throws -> Bool {
            func refusal(_ problem: String) -> CostError { .groups(path: file.name, line: row.line, problem: problem) }
            // A repaired name may be that of another group.
            let fields = try (0..<row.count).map { field in
                guard let text = String(validating: row[field], as: UTF8.self) else {
                    throw refusal("has bytes that are not UTF-8; convert the file")
                }
                return text
            }
            guard let known = columns else {
                columns = Dictionary(fields.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
                for name in ["group", "records", "probability"] where columns?[name] == nil {
                    throw refusal("has no column `\(name)`; the first row names group, records and probability")
                }
                return true
            }
            func field(_ name: String) throws -> String {
                guard let index = known[name], index < fields.count else { throw refusal("has too few fields") }
                return fields[index].trimmingCharacters(in: .whitespaces)
            }
            let name = try field("group")
            guard !name.isEmpty, !groups.contains(where: { $0.name == name }) else {
                throw refusal("has no group, or one that stands above; name each once")
            }
            guard let records = Int(try field("records")), (0...1_000_000_000_000).contains(records) else {
                throw refusal("has no whole number of records from 0 to 10^12")
            }
            guard let probability = Double(try field("probability")), (0...1).contains(probability) else {
                throw refusal("has no probability from 0 to 1")
            }
            groups.append(PlacementAdvice.Group(name: name, records: records, probability: probability))
            return true
        }
        do {
            try file.forEachChunk { try scanner.feed($0, take) }
            try scanner.finish(take)
        } catch let failure as DelimitedScanner.Failure {
            throw CostError.groups(path: file.name, line: failure.line, problem: "is no row of CSV")
        }
        guard groups.contains(where: { $0.records > 0 }) else {
            throw CostError.groups(path: file.name, line: 1, problem: "is followed by no group that has records")
        }
        return groups
    }
}
