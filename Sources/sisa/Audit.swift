import ArgumentParser
import Unlearning

struct Audit: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for words of deleted records in every file of the workspace.",
        discussion: """
            As text, UTF-16, hexadecimal, base64, JSON and token ids; in file names, records, features, unpacked checkpoints, and in all \
            pages of the database and its journals. Name what only that record had: its id, a part of its text. Words shorter than \
            4 bytes are refused. Exits with 65 where something is found. What was computed from a record (weights, features) is not \
            found by its words: `sisa verify` proves that nothing of it is left there.

            EXAMPLES:
              sisa audit --workspace workspaces/reviews --residues 48134 --residues "injection of nalbuphine"
            """)

    @OptionGroup var options: WorkspaceOptions

    @Option(name: .customLong("residues"), help: "A word to look for. May be given several times.")
    var words: [String]

    private struct Output: Encodable {
        struct Residue: Encodable { let path, form: String }
        let clean: Bool
        let residues: [Residue]
    }

    func validate() throws {
        guard !words.isEmpty, words.allSatisfy({ $0.utf8.count >= ResidueSearch.leastBytes }) else {
            throw ValidationError(
                "--residues needs words of \(ResidueSearch.leastBytes) bytes or more; shorter ones are found everywhere."
            )
        }
    }

    func perform() throws {
        let found = try options.openToRead().residues(of: words)
        if options.json {
            try Console.json(
                Output(clean: found.isEmpty, residues: found.map { Output.Residue(path: $0.path, form: $0.form) }))
        } else if found.isEmpty {
            Console.out("nothing found")
        } else {
            var table = TextTable(header: ["file", "as"])
            table.rows = found.map { [$0.path, $0.form] }
            table.print()
        }
        if !found.isEmpty { throw ExitCode(65) }
    }
}
