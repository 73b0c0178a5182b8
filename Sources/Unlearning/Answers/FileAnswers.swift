internal import Engine
internal import Foundation

/// What `export` answers.
package struct ExportAnswer: Encodable, Sendable {
    /// The shard, and the stage whose state was written.
    package let shard, stage: Ordinal
    /// Live records that the stage has seen.
    package let records: Int
    /// SHA-256 of the checkpoint, which is PEFT's file of tensors, hexadecimal.
    package let digest: String
    /// How the texts are pooled; left out where none are.
    package let pooling: String?
    /// Whether PEFT loads the files and answers as we do.
    package let loadsInPeft: Bool
    /// Paths of the files that were written.
    package let files: [String]

    /// The answer from an export's report.
    package init(_ report: ExportReport) {
        shard = Ordinal(report.shard)
        stage = Ordinal(report.stage)
        records = report.records
        digest = report.digest.hexadecimal
        pooling = report.pooling?.rawValue
        loadsInPeft = report.isForPEFT
        files = report.files.map(\.path)
    }
}

/// What `labels` answers.
package struct LabelsAnswer: Encodable, Sendable {
    /// A label of the file.
    package struct Label: Encodable, Sendable {
        /// The label's name.
        package let label: String
        /// How many records bear it.
        package let records: Int
    }

    /// The column that was read.
    package let column: String
    /// All records with a label.
    package let records: Int
    /// The labels by name, in the order of its bytes.
    package let labels: [Label]

    /// The answer from a count of a column's labels.
    package init(_ count: LabelCount, column: String) {
        self.column = column
        records = count.records
        labels = count.labels.map { Label(label: $0.name, records: $0.records) }
    }
}
