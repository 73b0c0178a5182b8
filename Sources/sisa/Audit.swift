import ArgumentParser
import Foundation
import Unlearning

struct Audit: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train again and compare with ledger, log and receipts; or look for words of deleted records.",
        discussion: """
            Trains shards again from their records, in an empty folder and through none of the caches, and compares \
            every bit that comes out with the checkpoints, the ledger, the log and the receipts; and looks for files \
            that nobody asks for. One shard, a random sample, or all. Whoever holds the key can write a whole new log: \
            name receipts and heads that were kept elsewhere with --evidence.

            With --residues it looks for words instead: as text, UTF-16, hexadecimal, base64, JSON and token ids; in \
            file names, records, features, unpacked checkpoints, and in all pages of the database and its journals. \
            Name what only that record had: its id, a part of its text. Words shorter than 4 bytes are refused, and \
            where a match may be chance (more than 0.01 expected in as many random letters, as with five digits among \
            digests) that is told. What was computed from a record (weights, features) is not found by its words: that \
            is what training again is for.

            Exits with 65 where a claim does not hold or something is found.

            EXAMPLES:
              sisa audit --workspace workspaces/reviews
              sisa audit --workspace workspaces/reviews --sample 2 --evidence /safe/place/receipts/*.json
              sisa audit --workspace workspaces/reviews --residues 48134 --residues "injection of nalbuphine"
            """)

    @OptionGroup var options: WorkspaceOptions

    @OptionGroup var place: ScratchOptions

    @Option(help: "Train this shard again only, counted from 1.")
    var shard: Int?

    @Option(help: "Train so many shards again, chosen at random.")
    var sample: Int?

    @Option(
        name: .long, parsing: .upToNextOption, help: "Receipts and signed heads that were kept elsewhere.",
        completion: .file())
    var evidence: [String] = []

    @Option(name: .customLong("residues"), help: "A word to look for. May be given several times.")
    var words: [String] = []

    func validate() throws {
        guard words.allSatisfy({ $0.utf8.count >= ResidueSearch.leastBytes }) else {
            throw ValidationError(
                "--residues needs words of \(ResidueSearch.leastBytes) bytes or more; shorter ones are found "
                    + "everywhere."
            )
        }
        if let sample, sample < 1 { throw ValidationError("--sample is \(sample); give a number from 1 up") }
        if shard != nil, sample != nil { throw ValidationError("--shard and --sample exclude each other") }
        if !words.isEmpty, shard != nil || sample != nil || !evidence.isEmpty {
            throw ValidationError("--residues trains nothing; leave --shard, --sample and --evidence out")
        }
    }

    func perform() throws { words.isEmpty ? try trainAgain() : try lookForWords() }

    private func trainAgain() throws {
        for path in evidence { try InputFile(URL(filePath: path)).check() }
        let (workspace, scratch) = try place.open(options, answers: false)
        let all = 0..<workspace.recipe.shards
        let chosen = shard.map { [Ordinal(number: $0).index] } ?? sample.map { all.shuffled().prefix($0).sorted() }
        let report = try options.withProgress("auditing") { progress in
            try workspace.audit(
                shards: chosen, evidence: evidence.map { URL(filePath: $0) }, scratch: scratch,
                threads: options.threadCount,
                progress: progress, waiting: options.waiting)
        }
        if options.json {
            try Console.json(AuditAnswer(report))
        } else {
            var table = TextTable(header: ["claim", "holds"])
            table.rows = report.checks.map { [$0.claim, $0.holds ? "yes" : "NO"] }
            table.print()
            for fault in report.checks.flatMap(\.faults) { Console.out("  \(fault)") }
            Console.out("\(report.shards.count) of \(all.count) shards trained again in \(report.seconds.fixed(1)) s")
        }
        if !report.holds { throw ExitCode(.faultFound) }
    }

    private func lookForWords() throws {
        let found = try options.openToExamine().residues(of: words)
        if options.json {
            try Console.json(ResidueAnswer(found))
        } else if found.isEmpty {
            Console.out("nothing found")
        } else {
            var table = TextTable(header: ["file", "as"])
            table.rows = found.map { [$0.path, $0.form] }
            table.print()
            let doubtful = Dictionary(grouping: found.filter(\.mayBeChance), by: \.form)
            for form in doubtful.keys.sorted() {
                let expected = doubtful[form]?.map(\.expectedByChance).max() ?? 0
                Console.out(
                    "a match as \(form) may be chance, because the word is short: up to \(expected.fixed(2)) are "
                        + "expected in random letters; "
                        + "look for a longer part of the text")
            }
        }
        if !found.isEmpty { throw ExitCode(.faultFound) }
    }
}
