import ArgumentParser

struct CostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Predict, simulate, measure and show what deletions cost.",
        discussion: """
            Costs are counted in record-passes: one record that goes through training once. docs/cost.md has the \
            formulas.

            EXAMPLES:
              sisa cost plan --records 250000 --shards 20 --slices 50 --epochs 1 --requests 8
              sisa cost simulate --records 100000 --shards 20 --slices 10 --rate 3/day --months 12
              sisa cost measure --workspace workspaces/reviews --requests 30
              sisa cost report --workspace workspaces/reviews --html costs.html
            """,
        subcommands: [
            CostPlan.self, CostSimulate.self, CostMeasure.self, CostReport.self, CostPlacement.self, CostSplit.self,
            CostOrders.self
        ])
}
