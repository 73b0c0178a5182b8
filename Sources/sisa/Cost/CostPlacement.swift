import ArgumentParser
import Costs
import Unlearning

struct CostPlacement: SisaCommand {
    static let configuration = CommandConfiguration(
        commandName: "placement",
        abstract: "Where to place records of groups that are deleted more or less often.",
        discussion: """
            Reads groups from a CSV file with the columns group, records and probability (of a record to be deleted \
            within a window), and compares uniform placement with bands: slices in the order of their probability, and \
            shards of their own for the groups that are deleted often (the idea of algorithm 1 of Bourtoule et al. \
            2021, whose shards it counts too). Prints the `placement` for a recipe. It is frozen there: no record \
            decides it.

            EXAMPLES:
              sisa cost placement --groups countries.csv --shards 20 --slices 10
              sisa cost placement --groups countries.csv --shards 20 --slices 10 --limit 0.2 --json
            """)

    @Option(help: "The CSV file of groups.", completion: .file(extensions: ["csv"]))
    var groups: String

    @Option(help: "S.")
    var shards: Int

    @Option(help: "R.")
    var slices: Int

    @Option(help: "The passes that a shard's stages amount to, e'.")
    var epochs = 1.0

    @Option(
        help: """
            Requests that a shard of algorithm 1 may expect in the window. Default: so many that there are about \
            S shards.
            """
    )
    var limit: Double?

    @OptionGroup var console: ConsoleOptions

    func validate() throws {
        for (name, value) in [("shards", shards), ("slices", slices)] where !(1...10_000).contains(value) {
            throw ValidationError("--\(name) is \(value); give a number from 1 to 10000")
        }
        if shards * slices > 1_000_000 {
            throw ValidationError("--shards times --slices is \(shards * slices); give at most 1000000 cells")
        }
        if !(epochs > 0 && epochs <= 10_000) {
            throw ValidationError("--epochs is \(epochs); give a number above 0, at most 10000")
        }
        if let limit, !(limit > 0 && limit.isFinite) {
            throw ValidationError("--limit is \(limit); give a number above 0")
        }
    }

    func perform() throws {
        let groups = try GroupTable.read(InputFile(named: self.groups))
        let advice = PlacementAdvice(groups, shards: shards, slices: slices, epochs: epochs, limit: limit)
        if json {
            return try Console.json(
                PlacementAnswer(advice, groups, yaml: Self.yaml))
        }
        var table = TextTable(header: ["placement", "record-passes of a window", "of uniform"])
        for option in advice.options {
            table.rows.append([option.name, option.expectedRecordPasses.fixed(1), advice.shareOfUniform(option).percent]
            )
        }
        table.print()
        Console.out(
            "algorithm 1 makes \(advice.algorithmShards.count) shards, of \(advice.algorithmShards.min() ?? 0) to "
                + "\(advice.algorithmShards.max() ?? 0) records")
        guard !advice.best.bands.isEmpty else { return Console.out("uniform placement is best: nothing to write") }
        Console.out("in the recipe, for \(advice.best.name):")
        Console.out(Self.yaml(advice.best.bands))
    }

    private static func yaml(_ bands: [Recipe.Band]) -> String {
        if bands.isEmpty { return "" }
        let lines = bands.map { band in
            var parts: [String] = []
            if let groups = band.groups {
                parts.append("groups: [\(groups.map(YAMLText.quoted).joined(separator: ", "))]")
            }
            if let shards = band.shards { parts.append("shards: [\(shards.lowerBound + 1), \(shards.upperBound)]") }
            if let slices = band.slices { parts.append("slices: [\(slices.lowerBound + 1), \(slices.upperBound)]") }
            if let probability = band.probability { parts.append("probability: \(probability)") }
            return "  - {\(parts.joined(separator: ", "))}"
        }
        return (["placement:"] + lines).joined(separator: "\n")
    }
}
