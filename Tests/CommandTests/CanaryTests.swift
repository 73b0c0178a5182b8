import Foundation
import TestSupport
import Testing

/// Whatever goes wrong, no message quotes a record.
@Suite struct CanaryTests {
    private static let canary = "quokka marbles lighthouse"

    private static let badFiles: [(name: String, text: String)] = [
        ("label.csv", "id,owner,text,label\n1,a,\(canary),\(canary)\n"),
        ("fields.csv", "id,owner,text,label\n1,a,\(canary),food,\(canary)\n"),
        ("quote.csv", "id,owner,text,label\n1,a,\"\(canary),food\n"),
        ("inside.csv", "id,owner,text,label\n1,a,\(canary) \"\(canary)\",food\n"),
        ("after.csv", "id,owner,text,label\n1,a,\"\(canary)\"\(canary),food\n"),
        ("empty.csv", "id,owner,text,label\n,a,\(canary),food\n"),
        ("unlabelled.csv", "id,owner,text,label\n1,a,\(canary),\n"),
        ("json.jsonl", "{\"id\": \"1\", \"text\": \"\(canary)\", \"label\": \"food\" \(canary)}\n"),
        ("type.jsonl", "{\"id\": \"1\", \"text\": [\"\(canary)\"], \"label\": \"food\"}\n"),
        ("key.jsonl", "{\"id\": \"1\", \"text\": \"\(canary)\", \"text\": \"\(canary)\"}\n"),
        ("twice.csv", "id,owner,text,label\n1,a,\(canary),food\n1,a,\(canary),food\n"),
        ("utf8.csv", "id,owner,text,label\n1,a,\(canary)\u{FFFD}X,nolabel\n")
    ]

    @Test(arguments: badFiles.indices)
    func aBadFileIs65AndIsNotQuoted(index: Int) throws {
        try CommandFixture.with(trained: false) { fixture in
            let (name, text) = Self.badFiles[index]
            try Data(text.utf8).write(to: fixture.folder.appending(path: name))
            for json in [[], ["--json"]] {
                let outcome = try fixture.program.run(["train", "toy", "--data", name] + json)
                #expect(outcome.code == 65, "\(outcome.everything)")
                for word in Self.canary.split(separator: " ") { #expect(!outcome.everything.contains(word)) }
            }
            #expect(!FileManager.default.fileExists(atPath: fixture.workspace.path))
        }
    }

    @Test func noCommandShowsARecordsTextWhateverHappensToTheWorkspace() throws {
        try CommandFixture.with(trained: false) { fixture in
            let records = fixture.folder.appending(path: "toy/records.csv")
            var text = try String(contentsOf: records, encoding: .utf8)
            text += "secret-id,secret-owner,\(Self.canary),food\n"
            try Data(text.utf8).write(to: records)
            var said = try fixture.program.run("train", "toy").everything

            let damages: [(URL) throws -> Void] = [
                { _ in }, { try FileManager.default.removeItem(at: $0.appending(path: "checkpoints")) },
                { try LedgerSurgeon.execute("UPDATE slices SET records = records + 1", workspace: $0) },
                { root in
                    try CorpusSurgeon.edit("secret-id", workspace: root) { lines, index in
                        lines[index] = lines[index].replacing("\"label\":1", with: "\"label\":7")
                    }
                },
                { root in
                    try CorpusSurgeon.edit("secret-id", workspace: root) { lines, index in lines[index] += "}" }
                },
                { try CorpusSurgeon.edit(.removal, workspace: $0) },
                { try LedgerSurgeon.execute("DELETE FROM slices WHERE slice = 3", workspace: $0) },
                { try LedgerSurgeon.execute("DROP TABLE checkpoints", workspace: $0) },
                { try LedgerSurgeon.execute("UPDATE facts SET value = x'00' WHERE name = 'recipe'", workspace: $0) },
                {
                    let ledger = $0.appending(path: "ledger.sqlite")
                    var bytes = try Data(contentsOf: ledger)
                    for index in stride(from: 100, to: bytes.count, by: 977) { bytes[index] ^= 0x55 }
                    try bytes.write(to: ledger)
                }
            ]
            for damage in damages {
                try damage(fixture.workspace)
                for command in [
                    ["status"], ["verify"], ["train"], ["predict", "rain"], ["evaluate"], ["delete", "toy-01"],
                    ["delete", "unknown"], ["train", "toy"]
                ] {
                    let outcome = try fixture.program.run(command)
                    #expect(outcome.code != nil, "\(command) was ended by a signal")
                    said += outcome.everything
                }
            }
            let words = Self.canary.split(separator: " ").map(String.init) + ["secret-owner"]
            #expect(words.filter(said.contains) == [])
        }
    }
}
