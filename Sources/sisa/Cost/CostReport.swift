import ArgumentParser
import Costs
import Foundation
import Unlearning

struct CostReport: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show what a workspace's deletions cost so far; as a page with pictures, too.",
        discussion: """
            Every command that trains adds a line to costs.jsonl in the workspace: counts and times, nothing of a \
            record. The page is one file that loads nothing from elsewhere.

            EXAMPLES:
              sisa cost report --workspace workspaces/reviews
              sisa cost report --workspace workspaces/reviews --html costs.html
              sisa cost report --workspace workspaces/reviews --html costs.html --accuracy accuracy.csv
            """)

    @OptionGroup var options: WorkspaceOptions

    @Option(help: "Write the page to this file.", completion: .file(extensions: ["html"]))
    var html: String?

    @Option(
        help: "Measured accuracies for the page: a CSV or JSON file as `sisa cost plan --accuracy` reads it.",
        completion: .file(extensions: ["csv", "json"]))
    var accuracy: String?

    @Option(help: "Runs to show.")
    var last = 20

    func validate() throws {
        if last < 1 { throw ValidationError("--last is \(last); give a number from 1 up") }
    }

    func perform() throws {
        try PlainFile.check([html])
        let workspace = try options.openToRead()
        let history = try workspace.costHistory()
        if let html {
            let measured = try accuracy.map { try AccuracyTable(InputFile(named: $0)) } ?? AccuracyTable()
            let page = try workspace.costPage(
                machine: Self.machine, date: Date.now.formatted(.iso8601.year().month().day()),
                accuracy: measured.shards.compactMap { shards in
                    measured[shards].map {
                        CostPage.Accuracy(
                            shards: shards, slices: workspace.recipe.slices, ensemble: $0,
                            inferenceFactor: Double(shards))
                    }
                })
            try PlainFile.write(page.html(), to: html)
        }
        if options.json { return try Console.json(HistoryAnswer(history, of: workspace, last: last, page: html)) }
        tell(history)
        if let html { Console.out("page: \(html)") }
    }

    private static var machine: String {
        let processors = ProcessInfo.processInfo.processorCount
        let memory = ProcessInfo.processInfo.physicalMemory >> 30
        return "\(processors) processors, \(memory) GiB, \(ProcessInfo.processInfo.operatingSystemVersionString)"
    }

    private func tell(_ history: CostHistory) {
        guard !history.entries.isEmpty else {
            return Console.out("nothing was kept yet: train, delete, or run `sisa cost measure`")
        }
        var table = TextTable(header: [
            "time", "command", "records", "shards", "stages", "record-passes", "seconds", "forgotten ms", "MiB written"
        ])
        for entry in history.entries.suffix(last) {
            table.rows.append([
                entry.time, entry.command.rawValue, "\(entry.records)", "\(entry.touched.count)", "\(entry.stages)",
                "\(entry.recordPasses)", entry.seconds.fixed(3),
                entry.influenceFreeSeconds.map { ($0 * 1000).fixed(1) } ?? "-",
                entry.writtenBytes.map { (Double($0) / 1_048_576).fixed(2) } ?? "-"
            ])
        }
        table.print()
        if history.damaged > 0 { Console.out("\(history.damaged) line(s) of costs.jsonl could not be read") }
        if history.deletionsBefore > 0 {
            Console.out("\(history.deletionsBefore) deletions by earlier recipes are in no sum below")
        }
        guard !history.deletions.isEmpty else { return }
        Console.out(
            "\(history.deletions.count) deletions: \(history.recordPasses) record-passes, \(history.seconds.fixed(2)) s"
        )
        if let compared = history.compared {
            Console.out(
                "expected \(compared.expected.expected.fixed(1)) record-passes (standard error "
                    + "\(compared.expected.standardError.fixed(1))) where \(compared.observed) were observed")
        }
        history.line?.tell()
    }
}

extension LineFit {
    /// The line as people read it, with the sign of its slope, and what a slope that cannot be means. `more` stands
    /// behind R^2.
    func tell(more: String = "") {
        Console.out(
            "seconds = \(intercept.fixed(3)) \(slope < 0 ? "-" : "+") \((slope.magnitude * 1000).fixed(3)) for every "
                + "1000 record-passes, "
                + "R^2 = \(rSquared.fixed(4))\(more)")
        if let remark { Console.out(remark) }
    }
}
