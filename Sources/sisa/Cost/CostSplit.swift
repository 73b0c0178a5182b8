import ArgumentParser
import Costs
import Unlearning

struct CostSplit: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Plan the split of a shard that is hit too often: what it takes, and what it saves.",
        discussion: """
            A split sends half of a shard's records to a new shard, by a keyed bit of each record's own, and moves \
            nothing else. Nothing changes until `sisa train` runs with the lines that this command prints; then two \
            shards are trained and no other.

            EXAMPLES:
              sisa cost split 3 --workspace workspaces/reviews
            """)

    @OptionGroup var options: WorkspaceOptions

    @Argument(help: "The shard, counted from 1.")
    var shard: Int

    func perform() throws {
        let plan = try options.openToRead().planSplit(shard: shard - 1, threads: options.threadCount)
        let saved = plan.requestBefore - plan.requestAfter
        let pays = saved > 0 ? Double(plan.recordPasses) / saved : nil
        if options.json {
            return try Console.json(
                SplitAnswer(plan, pays: pays))
        }
        Console.out(
            "shard \(Ordinal(plan.shard)) keeps \(plan.records.stays) records, and \(plan.records.moves) go to shard "
                + "\(Ordinal(plan.newShard))"
        )
        Console.out(
            "training both: \(plan.stages) stages, \(plan.recordPasses) record-passes"
                + (plan.seconds.map { ", about \($0.fixed(1)) s" } ?? ""))
        Console.out(
            "a request there: \(plan.requestBefore.fixed(1)) record-passes before, \(plan.requestAfter.fixed(1)) after"
                + (pays.map { "; the split has paid after \($0.rounded(.up).fixed(0)) of them" } ?? ""))
        Console.out("in the recipe:")
        Console.out("  shards: \(plan.shards)")
        Console.out("  splits: [\(plan.splits.map { "\(Ordinal($0))" }.joined(separator: ", "))]")
    }
}
