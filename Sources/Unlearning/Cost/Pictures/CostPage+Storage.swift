extension CostPage {
    var storageSection: String {
        let heading = "Storage"
        guard !storage.isEmpty else {
            return Self.section(
                "storage", heading,
                [
                    Self.empty(
                        "There are no checkpoints yet. <code>sisa train</code> stores one for each slice of each shard."
                    )
                ])
        }
        let bars = Bars(
            title: "Bytes of all checkpoints", whole: "as they are in memory", part: "as they are stored",
            rows: storage.map { row in
                Bars.Row(
                    label: "S = \(Numeral.text(row.shards)), R = \(Numeral.text(row.slices)), keep \(row.keep)",
                    whole: row.rawBytesPerCheckpoint * Double(row.checkpoints), part: row.totalBytes)
            }, text: Numeral.bytes)
        let caption = [
            """
            What slices cost in space: S · R checkpoints if all are kept. With fewer kept, a deletion starts at the last one kept before \
            its slice and trains more. Sizes are in powers of 1000.
            """
        ]
        let rows: [[PageTable.Cell]] = storage.map {
            [
                .integer($0.shards), .integer($0.slices), .text($0.keep), .integer($0.checkpoints),
                .bytes($0.rawBytesPerCheckpoint), .bytes($0.storedBytesPerCheckpoint), .bytes($0.totalBytes)
            ]
        }
        let table = PageTable(
            caption: "Bytes by shards, slices and checkpoints kept",
            header: ["S", "R", "keep", "checkpoints", "one, in memory", "one, stored", "all, stored"], rows: rows)
        return Self.section(
            "storage", heading,
            [Self.figure("storage", caption) { bars.svg(id: $0, width: $1, embedded: true) }, table.details])
    }
}
