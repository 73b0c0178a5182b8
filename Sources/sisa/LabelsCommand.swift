import ArgumentParser
import Unlearning

/// Needs no workspace and no recipe: it helps to write one.
struct LabelsCommand: SisaCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract: "List the labels of a data file, as a recipe wants them.",
        discussion: """
            Prints `labels:` with every label once, sorted by name and quoted where YAML needs it: paste it into recipe.yaml. With --json \
            the number of records of each label too. Order and \
            number of the labels shape the head, so settle both before the first training. The file is read as training would read it.

            EXAMPLES:
              sisa labels train.csv --column category >> banking/recipe.yaml
              sisa labels train.jsonl --json
            """)

    @Argument(help: "A file of records; `-`: standard input.", completion: .file())
    var file: String

    @Option(help: "The column of labels.")
    var column = "label"

    @Option(help: "What the file holds: csv, tsv or jsonl. Default: as its extension says.")
    var format: DataFormat?

    @OptionGroup var console: ConsoleOptions

    private struct Output: Encodable {
        struct Label: Encodable {
            let label: String
            let records: Int
        }
        let column: String
        let records: Int
        let labels: [Label]
    }

    func perform() throws {
        let count = try LabelCount(InputFile(named: file), column: column, format: format)
        guard json else { return Console.out(count.yaml) }
        try Console.json(
            Output(
                column: column, records: count.records,
                labels: count.labels.map { Output.Label(label: $0.name, records: $0.records) }))
    }
}
