import ArgumentParser
import Unlearning

/// `sisa labels`, which needs no workspace and no recipe: it helps to write one.
struct LabelsCommand: SisaCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract: "List the labels of a data file, as a recipe wants them.",
        discussion: """
            Prints `labels:` with every label once, sorted by name and quoted where YAML needs it: paste it into \
            recipe.yaml. With --json the number of records of each label too. Order and number of the labels shape the \
            head, so settle both before the first training. The file is read as training would read it.

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

    func perform() throws {
        let count = try LabelCount(InputFile(named: file), column: column, format: format)
        if json { return try Console.json(LabelsAnswer(count, column: column)) }
        Console.out(count.yaml)
    }
}
