import ArgumentParser

struct CostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Predict, simulate, measure and show what deletions cost.",
        discussion: """
            Costs are counted in record-passes: one record that goes through training once. docs/cost.md has the formulas.

            EXAMPLES:
            """,
        subcommands: [
            CostPlan.self, CostMeasure.self, CostReport.self, CostPlacement.self, CostSplit.self, CostOrders.self
        ])
}
