import ArgumentParser
import Costs
import Unlearning

struct CostOrders: SisaCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders",
        abstract: "What several slice orders per shard give and take.",
        discussion: """
            With `slices: {count: L, orders: B}` each shard is trained along B orders of its slices (the sequences of \
            S3T). After a deletion the order with most clean records answers: that is influence-free, and it is all \
            that this command is about. Retrain-equivalent is a shard only after its repair, which trains all B orders \
            again. Formulas and trials are without any repair.

            EXAMPLES:
              sisa cost orders --shards 5 --slices 4 --orders 4
              sisa cost orders --shards 5 --slices 4 --orders 4 --probabilities 0.4,0.3,0.2,0.1
            """)

    @Option(help: "m, the shards.")
    var shards: Int

    @Option(help: "L, the slices of a shard.")
    var slices: Int

    @Option(help: "B, the orders of a shard.")
    var orders: Int

    @Option(help: "How likely a request falls on each slice, apart by commas. Default: all alike.")
    var probabilities: String?

    @Option(help: "Trials for each figure.")
    var trials = 2000

    @Option(help: "Draws other requests.")
    var seed: UInt64 = 1

    @OptionGroup var console: ConsoleOptions

    func validate() throws {
        for (name, value, most) in [
            ("shards", shards, 10_000), ("slices", slices, 64), ("trials", trials, 1_000_000)
        ] where !(1...most).contains(value) {
            throw ValidationError("--\(name) is \(value); give a number from 1 to \(most)")
        }
        let most = Recipe.SliceOptions.maxOrders(slices: slices)
        if !(1...most).contains(orders) {
            throw ValidationError("--orders is \(orders); \(slices) slices have orders from 1 to \(most)")
        }
        _ = try numbers()
    }

    private func numbers() throws -> [Double] {
        guard let probabilities else { return [] }
        let numbers = probabilities.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
        guard numbers.count == slices, numbers.allSatisfy({ (0...1).contains($0) }), numbers.contains(where: { $0 > 0 })
        else { throw ValidationError("--probabilities must be \(slices) numbers from 0 to 1 and commas, not all 0") }
        return numbers
    }

    func perform() throws {
        let survey = OrderSurvey(
            shards: shards, slices: slices, orders: orders, probabilities: try numbers(), trials: trials, seed: seed)
        let shown = survey.sequences.map { $0.map { "\(Ordinal($0))" } }
        if json {
            return try Console.json(
                OrdersAnswer(survey, slices: slices))
        }
        for (index, order) in shown.enumerated() {
            Console.out("order \(Ordinal(index)): \(order.joined(separator: " "))")
        }
        var table = TextTable(header: ["without repair", "formula", "tried", "standard error"])
        func add(_ name: String, _ figure: OrderSurvey.Figure) {
            table.rows.append([
                name, figure.formula.map { $0.fixed(3) } ?? "-", figure.mean.fixed(3), figure.standardError.fixed(3)
            ])
        }
        add("requests until every shard is dead", survey.deletionRate)
        add("requests until one shard is dead", survey.firstDeadShard)
        for (index, figure) in survey.retention.enumerated() {
            add("share of slices that serve after \(index + 1) in a shard", figure)
        }
        table.print()
        Console.out(
            "training and repair: \(orders) times one order; with `adapter.stages: layers` "
                + "\(survey.layeredTrainingFactor.fixed(2)) times "
                + "all layers on all records, by layers trained")
    }
}
