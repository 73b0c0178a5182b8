/// What a quote in a CSV or TSV file is.
package enum Quoting: String, Sendable, Codable, CaseIterable {
    /// It opens and closes a field that may hold delimiters and line breaks.
    case quotes
    /// A character like any other.
    case none
}

/// How records are written in a file.
package enum DataFormat: String, Sendable, Codable, CaseIterable {
    /// Fields between commas, RFC 4180.
    case csv
    /// The same with tabs.
    case tsv
    /// One JSON object on each line.
    case jsonl

    /// The format that the extension of a file's name stands for; nil for any other.
    package init?(extension name: String) {
        switch name.lowercased() {
        case "csv": self = .csv
        case "tsv", "tab": self = .tsv
        case "jsonl", "ndjson": self = .jsonl
        default: return nil
        }
    }
}
