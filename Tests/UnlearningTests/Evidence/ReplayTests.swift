import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A workspace that was set back as a whole, log included, has only receipts to tell what was deleted since.
@Suite(.everyTask) struct ReplayTests {
    /// `old`: a copy from before records 2 and 3 were deleted from `subject`; `receipt`: of that.
    private func with(
        _ body: (ToyWorld, _ old: Workspace, _ subject: Workspace, [ToyRecord], _ receipt: URL) throws -> Void
    ) throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let old = try world.copy(subject, as: "old")
            let made = try subject.delete(DeletionRequest(ids: records[2...3].map(\.recordID), requestID: "dsr-1"))
            let receipt = world.root("receipt.json")
            try FileManager.default.copyItem(at: #require(made.receipt), to: receipt)
            try body(world, old, subject, records, receipt)
        }
    }

    @Test func whatANamedReceiptIsAboutIsDeletedAgain() throws {
        try with { world, old, _, records, receipt in
            #expect(try old.replay().recordsDeleted == 0)
            let report = try old.replay([receipt])
            #expect(report.recordsDeleted == 2 && report.left.isEmpty && report.receipts.count == 1)
            let truth = try Snapshot(world.workspace("truth", records.without(records[2...3])))
            #expect(try Snapshot(old).differences(from: truth) == [])
            // The new receipt is in the log; the old one is not, and is not taken in.
            #expect(try old.receiptFiles() == report.receipts && old.checkLog().faults == [])
            #expect(try old.audit().checks.flatMap(\.faults) == [])
            let again = try old.replay([receipt])
            #expect(again.recordsDeleted == 0 && again.left.isEmpty && again.receipts.isEmpty)
        }
    }

    @Test func aReceiptThatOnlyLiesInTheWorkspaceIsToldAndNotObeyed() throws {
        try with { _, old, _, records, receipt in
            try FileManager.default.createDirectory(at: old.files[.receipts], withIntermediateDirectories: true)
            let place = old.files.receipt("dsr-1")
            try FileManager.default.copyItem(at: receipt, to: place)
            let report = try old.replay()
            #expect(report.recordsDeleted == 0 && report.left.map(\.reason) == [.notNamed])
            #expect(Set(report.left.flatMap(\.ids)) == Set(records[2...3].map(\.recordID)))
            #expect(try old.replay([place]).left.isEmpty && old.replay().left.isEmpty)
        }
    }

    @Test func aWithheldSaltLeavesItOpenWhetherTheRecordIsHere() throws {
        try with { world, old, _, records, receipt in
            let whole = try Receipt(contentsOf: receipt)
            var members = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: receipt)) as? [String: Any])
            members["salts"] = [whole.salts[0], ""]
            let copy = world.root("copy.json")
            try JSONSerialization.data(withJSONObject: members).write(to: copy)
            let report = try old.replay([copy])
            #expect(report.recordsDeleted == 1 && report.left.map(\.reason) == [.withheld(1)])
            #expect(try old.replay([copy]).left.map(\.reason) == [.withheld(1)])
            // Another copy that has it tells.
            let rest = try old.replay([copy, receipt])
            #expect(rest.recordsDeleted == 1 && rest.left.isEmpty)
            let truth = try Snapshot(world.workspace("truth", records.without(records[2...3])))
            #expect(try Snapshot(old).differences(from: truth) == [])
        }
    }

    @Test func aReceiptOfAnotherWorkspaceDeletesNothingAndIsTold() throws {
        try with { world, old, _, records, _ in
            var other = world
            other.key = try WorkspaceKey(hexadecimal: String(repeating: "17", count: 32))
            let stranger = try other.workspace("stranger", records)
            let receipt = try #require(try stranger.delete([records[5].recordID]).receipt)
            let before = try Snapshot(old)
            let report = try old.replay([receipt])
            #expect(report.left.map(\.reason) == [.otherWorkspace] && report.left[0].ids == [records[5].recordID])
            #expect(report.left[0].description.contains("`sisa delete \(records[5].id)`"))
            #expect(try Snapshot(old).differences(from: before) == [] && old.receiptFiles().isEmpty)
            try old.delete([records[5].recordID])
            #expect(try old.replay([receipt]).left.map(\.ids) == [[]])
        }
    }

    // Signed by a key that came after the copy, or by nobody: this copy cannot tell.
    @Test(arguments: ["rotated", "forged"]) func whatNobodyKnownSignedDeletesNothingAndIsTold(how: String) throws {
        try with { world, old, subject, records, receipt in
            let file: URL
            if how == "rotated" {
                try subject.rotateKey()
                file = try #require(try subject.delete([records[5].recordID]).receipt)
            } else {
                file = world.root("forged.json")
                let text = try String(contentsOf: receipt, encoding: .utf8)
                let other = try Receipt(contentsOf: #require(try subject.delete([records[5].recordID]).receipt))
                let own = try Receipt(contentsOf: receipt)
                try Data(text.replacing(own.signatures[0].sig, with: other.signatures[0].sig).utf8).write(to: file)
            }
            let before = try Snapshot(old)
            let report = try old.replay([file])
            guard case .unproven? = report.left.first?.reason else {
                Issue.record("\(report.left)")
                return
            }
            #expect(report.recordsDeleted == 0 && !report.left[0].ids.isEmpty)
            #expect(try Snapshot(old).differences(from: before) == [])
        }
    }

    @Test func aRecordThatWasAddedAgainStaysAndIsTold() throws {
        try with { world, _, subject, records, receipt in
            #expect(try subject.replay([receipt]).left.isEmpty)
            try subject.add([world.file("again.jsonl", [records[3]])])
            let report = try subject.replay([receipt])
            #expect(report.recordsDeleted == 0 && report.left.map(\.reason) == [.cameBack])
            #expect(report.left[0].ids == [records[3].recordID])
            #expect(try subject.replay().left.isEmpty)
        }
    }

    // The log has gone on after the copy was made, in another way than in the workspace that gave the receipt.
    @Test func aReceiptOfAnotherBranchOfTheLogIsDeletedAgain() throws {
        try with { world, old, _, records, receipt in
            for record in records[8...12] { try old.delete([record.recordID]) }
            #expect(try old.replay([receipt]).recordsDeleted == 2)
            let truth = try Snapshot(world.workspace("truth", records.without(records[2...3] + records[8...12])))
            #expect(try Snapshot(old).differences(from: truth) == [])
            #expect(try old.checkLog().faults == [])
        }
    }

    @Test func aDamagedLogDecidesNothing() throws {
        try with { _, old, _, _, receipt in
            let entries = try Data(contentsOf: old.evidenceLog.entries)
            try entries.dropLast(3).write(to: old.evidenceLog.entries)
            let before = try Snapshot(old)
            #expect(throws: LogError.logDamaged(path: old.evidenceLog.entries.path)) { try old.replay([receipt]) }
            #expect(try Snapshot(old).differences(from: before) == [])
            try entries.write(to: old.evidenceLog.entries)
            #expect(try old.replay([receipt]).recordsDeleted == 2)
        }
    }
}
