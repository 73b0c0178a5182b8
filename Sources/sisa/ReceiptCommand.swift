import ArgumentParser
import Unlearning

struct ReceiptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt",
        abstract: "Check the receipt of a deletion.",
        subcommands: [ReceiptVerify.self])
}

/// `sisa receipt verify`, which needs no workspace: a receipt, a public key, and nothing else.
struct ReceiptVerify: SisaCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a receipt offline, against the workspace's public key.",
        discussion: """
            Checks that the key signed the statement and the head of the log, that the deletion's entry is in that \
            log, and that the entry is about this statement. With --id also that the receipt is about that record. \
            tools/verify-receipt does the same, in Python and without sisa. Exits with 65 where anything is wrong.

            EXAMPLES:
              sisa key export --workspace workspaces/reviews > operator.pem
              sisa receipt verify receipt.json --key operator.pem --id review-48134
            """)

    @Argument(help: "The receipt; `-`: standard input.", completion: .file())
    var file: String

    @Option(help: "The public key: a PEM file, or a line NAME+HASH+BASE64.", completion: .file())
    var key: String

    @Option(name: .customLong("id"), help: "A record that the receipt should be about. May be given several times.")
    var ids: [String] = []

    @OptionGroup var console: ConsoleOptions

    func perform() throws {
        let receipt = try Receipt(InputFile(named: file))
        let key = try VerificationKey(InputFile(named: key))
        var fault = receipt.fault(key)
        if fault == nil, let number = ids.firstIndex(where: { !receipt.isAbout(RecordID($0)) }) {
            fault = "it is not about the record named with --id (number \(Ordinal(number)))"
        }
        // What was not signed is not repeated.
        let deletion = fault == nil ? receipt.statement?.predicate : nil
        if json {
            try Console.json(ReceiptAnswer(fault: fault, deletion))
        } else if let deletion {
            Console.out(
                "valid: request \(deletion.request), \(deletion.records) record(s), completed \(deletion.completed)")
            var table = TextTable(header: ["shard", "slices", "deleted", "records trained again", "record-passes"])
            table.rows = deletion.shards.map {
                [
                    "\($0.shard)", "\($0.firstSlice) to \($0.lastSlice)", "\($0.recordsDeleted)",
                    "\($0.recordsRetrained)", "\($0.recordPasses)"
                ]
            }
            table.print()
            for part in deletion.purged { Console.out("destroyed: \(part.count) \(part.what)") }
            for limit in deletion.notCovered { Console.out("not covered: \(limit)") }
        } else {
            Console.error("error: \(file) is no valid receipt: \(fault ?? "it says nothing")")
        }
        if fault != nil { throw ExitCode(.faultFound) }
    }
}
