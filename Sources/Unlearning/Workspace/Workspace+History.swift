internal import Foundation

/// What a workspace keeps and tells of costs; the formulas are above, in the target `Costs`.
extension Workspace {
    /// What commands cost here.
    package var costBook: CostBook { CostBook(url: files[.costs]) }

    /// Tells, in the history of costs, what is trained here: everything that decides the work, and nothing of a record.
    package func costPlan() throws -> String {
        var digest = KeyedDigest(key.subkey("costs"))
        for field in recipe.fields
        where !field.effects.isDisjoint(with: [.weights, .cells, .orders]) || field.keyPath == "slices.keep" {
            digest.add(field.keyPath.utf8)
            digest.add(field.value)
        }
        digest.add(try backboneDigest())
        return Array(digest.finish().prefix(8)).hexadecimal
    }

    /// What a deletion takes here; nil where nothing was measured yet.
    package func forecast(threads: Int) -> RepairForecast? {
        guard let plan = try? costPlan() else { return nil }
        return RepairForecast(
            costBook.latest(), plan: plan, threads: threads, headOnly: recipe.adapter == .head, shards: recipe.shards)
    }

    /// Live records of every slice, (shards, slices).
    package func sliceRecords() throws -> [[Int]] { try ledger.slices().map { $0.map(\.records) } }

    /// What the ledger holds of all trained stages, in no order.
    package func trainedStages() throws -> [StageRow] { Array(try ledger.stages().values.joined()) }

    /// Where this workspace's key places records by another recipe.
    package func assignment(by recipe: Recipe) -> Assignment { Assignment(recipe, key: key) }

    /// The digest of the program that runs here.
    var programDigest: ProgramDigest { ProgramDigest(files[.program], key) }
}
