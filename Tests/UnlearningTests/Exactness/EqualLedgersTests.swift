import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// The ledger of a workspace after a deletion is that of one which never had the record, row by row, but for what tells
/// history.
@Suite(.everyTask) struct EqualLedgersTests {
    /// Every row of every table. What tells history is left out: the log, and when and how long something was trained.
    private func rows(_ workspace: Workspace) throws -> [String: [[String: String]]] {
        var tables = try LedgerSurgeon.rows(workspace: workspace.root)
        // The last entries of the log, and what it said of each shard, the seconds of trainings included.
        #expect(tables.removeValue(forKey: "outbox")?.isEmpty == false)
        #expect(tables.removeValue(forKey: "generations")?.count == workspace.recipe.shards)
        tables["checkpoints"] = tables["checkpoints"]?.map { row in row.filter { $0.key != "seconds" } }
        tables["facts"] = tables["facts"]?.filter { $0["name"]?.hasPrefix("'log_") == false }
        return tables
    }

    @Test(arguments: ["deleted", "deferred and repaired", "added and deleted", "changed and changed back"])
    func equalWorkspacesHaveEqualRowsInEveryTableThatTellsNoHistory(history: String) throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let gone = records[6]
            var first = history == "added and deleted" ? records.without([records[9]]) : records
            if history == "changed and changed back" { first = first.without([gone]) }
            let subject = try world.workspace("subject", first)
            switch history {
            case "deleted": try subject.delete(DeletionRequest(ids: [gone.recordID], requestID: "dsr-1"))
            case "deferred and repaired":
                try subject.delete(DeletionRequest(ids: [gone.recordID], defersRepair: true))
                try subject.repair()
            case "added and deleted":
                try subject.add([world.file("more.jsonl", [records[9]])])
                try subject.delete([gone.recordID])
            default:
                var other = world
                other.recipe.epochs = 2
                try other.retrain(subject)
                try world.retrain(subject)
            }
            let truth = try rows(world.workspace("truth", records.without([gone])))
            let found = try rows(subject)
            #expect(Set(found.keys) == Set(truth.keys) && truth.keys.contains("requests"))
            for (table, rows) in truth { #expect(found[table] == rows, "\(table)") }
            #expect(found["requests"] == [] && found["pending"] == [])
        }
    }

    // The receipt is there, and the process was killed before the ledger forgot the request.
    @Test func aRequestWhoseReceiptIsWrittenIsForgottenByTheNextCommand() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let receipt = try #require(
                try subject.delete(DeletionRequest(ids: [RecordID("toy-07")], requestID: "dsr-1")).receipt)
            let before = try Data(contentsOf: receipt)
            let entry = try #require(try Receipt(contentsOf: receipt).place?.index)
            try LedgerSurgeon.execute(
                "INSERT INTO requests VALUES ('dsr-1', 'then', \(entry))", workspace: subject.root)
            try subject.repair()
            #expect(try subject.ledger.requests().isEmpty && Data(contentsOf: receipt) == before)
        }
    }

    @Test func aLedgerWhoseFactsHaveAnotherOrderOfMembersIsRead() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let before = try Snapshot(subject)
            for name in ["recipe", Workspace.sealFact] {
                let fact = try #require(try subject.ledger.fact(name))
                let object = try #require(try JSONSerialization.jsonObject(with: fact) as? [String: Any])
                let members = try object.sorted { $0.key > $1.key }.map { key, value in
                    let text = try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
                    return "\"\(key)\": \(String(decoding: text, as: UTF8.self))"
                }
                try subject.ledger.set([name: Data("{\(members.joined(separator: ", "))}".utf8)])
            }
            let opened = try Workspace(at: subject.root)
            #expect(try opened.recipe == subject.recipe && Snapshot(opened).differences(from: before) == [])
            #expect(try opened.verify().isIdentical)
        }
    }
}
