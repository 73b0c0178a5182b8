import Crypto
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A receipt says what was done, to whoever holds the public key; and nothing else passes for one.
@Suite(.everyTask) struct ReceiptTests {
    private func with(_ body: (ToyWorld, Workspace, [ToyRecord]) throws -> Void) throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            try body(world, world.workspace("subject", records), records)
        }
    }

    @Test func everyDeletionHasAReceiptThatVerifies() throws {
        try with { world, subject, records in
            let before = try subject.ledger.stages(shard: world.cell(records[3]).shard)
            let report = try subject.delete([records[3].recordID])
            let file = try #require(report.receipt)
            let receipt = try Receipt(contentsOf: file)
            let key = try #require(try subject.verificationKeys().last)
            #expect(receipt.fault(key) == nil)
            let deletion = try #require(receipt.statement?.predicate)
            #expect(deletion.records == 1 && deletion.request == report.request)
            #expect(receipt.isAbout(records[3].recordID))
            #expect(!records.without([records[3]]).contains { receipt.isAbout($0.recordID) })

            // Its subjects are the checkpoints that took the place of those which saw the record, and it counts them.
            let (shard, first) = (world.cell(records[3]).shard, world.cell(records[3]).slice)
            let rows = try subject.ledger.stages(shard: shard).filter { $0.stage >= first }
            #expect(receipt.statement?.subject.map { $0.digest["sha256"] } == rows.map(\.digest.hexadecimal))
            let part = try #require(deletion.shards.first)
            #expect(part.oldGeneration == subject.digests.state(shard, before))
            #expect(part.newGeneration == subject.digests.state(shard, try subject.ledger.stages(shard: shard)))
            #expect(part.stagesRetrained == report.shards[0].stages && part.recordPasses == report.recordPasses)
            #expect(part.recordsRetrained == report.recordsRetrained)
            #expect(deletion.purged.first?.count == before.count { $0.stage >= first })
        }
    }

    // While the repair trains, a backup brings back what was destroyed: no receipt says that it is gone before it is.
    @Test(arguments: [true, false])
    func noReceiptIsWrittenWhileSomethingOfTheRecordLiesThere(isCheckpoint: Bool) throws {
        try with { world, subject, records in
            let gone = records[3]
            let cell = world.cell(gone)
            let row = try #require(try subject.ledger.stages(shard: cell.shard).first { $0.stage >= cell.slice })
            let file =
                try isCheckpoint ? subject.store.url(row.key, shard: cell.shard) : subject.layout().corpus.url(cell)
            let old = try Data(contentsOf: file)
            let error = #expect(throws: DeletionError.self) {
                try subject.delete([gone.recordID]) { event in
                    if case .finished = event { try? old.write(to: file) }
                }
            }
            guard case .repairPending(_, let cause) = error else {
                Issue.record("\(error.map { "\($0)" } ?? "none")")
                return
            }
            #expect(cause as? ReceiptError == .notPurged(path: file.path))
            #expect(try subject.receiptFiles().isEmpty)
            let receipts = try subject.repair().receipts
            #expect(try receipts.count == 1 && Receipt(contentsOf: receipts[0]).isAbout(gone.recordID))
            let truth = try Snapshot(world.workspace("truth", records.without([gone])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // The salts are in the receipt; where it is taken away, nothing that stays tells whose records went.
    @Test func withoutTheReceiptNoIDCanBeTriedOutAndDraftsAreGone() throws {
        try with { _, subject, records in
            let report = try subject.delete([records[3].recordID, records[9].recordID])
            let salts = try Receipt(contentsOf: #require(report.receipt)).salts
            try FileManager.default.removeItem(at: #require(report.receipt))
            #expect(salts.count == 2 && Set(salts).count == 2)
            for (path, data) in try TestFolder.contents(subject.root) {
                for salt in salts {
                    let raw = try #require([UInt8](hexadecimal: salt))
                    #expect(data.range(of: Data(salt.utf8)) == nil && data.range(of: Data(raw)) == nil, "\(path)")
                }
            }
            #expect(try DurableFile.names(in: subject.files[.requests]).isEmpty)
        }
    }

    @Test func aRequestThatIsRepeatedGivesTheSameReceiptAndChangesNothing() throws {
        try with { _, subject, records in
            let gone = Array(records[4..<7])
            let request = DeletionRequest(ids: gone.recordIDs, requestID: "dsr-1")
            let first = try #require(try subject.delete(request).receipt)
            let before = try TestFolder.contents(subject.root)
            #expect(try subject.delete(request).receipt == first)
            // Without its name too: the receipt knows which ids they were.
            let again = try subject.delete(DeletionRequest(ids: gone.recordIDs))
            #expect(again.isRepeated && again.receipt == first)
            #expect(throws: ReceiptError.requestTaken(id: "dsr-1")) {
                try subject.delete(DeletionRequest(ids: [records[0].recordID], requestID: "dsr-1"))
            }
            #expect(try subject.delete([gone[0].recordID]).receipt == first)
            #expect(throws: ReceiptError.requestTaken(id: "dsr-1")) {
                try subject.delete(DeletionRequest(owners: [#require(records[0].owner)], requestID: "dsr-1"))
            }
            #expect(try TestFolder.contents(subject.root) == before)
        }
    }

    @Test func aDeferredRequestHasItsReceiptAfterTheRepairAndTwoHaveTwo() throws {
        try with { _, subject, records in
            for record in records.prefix(2) {
                let report = try subject.delete(DeletionRequest(ids: [record.recordID], defersRepair: true))
                #expect(report.receipt == nil)
            }
            let receipts = try subject.repair().receipts
            let key = try #require(try subject.verificationKeys().last)
            #expect(receipts.count == 2)
            for (file, _) in zip(receipts, 0...) { #expect(try Receipt(contentsOf: file).fault(key) == nil) }
            for record in records.prefix(2) {
                #expect(try receipts.count { try Receipt(contentsOf: $0).isAbout(record.recordID) } == 1)
            }
        }
    }

    // One shard after the other: as long as one of them waits, the request is not complete, and the log does not say
    // that it is.
    @Test func aRequestOverSeveralShardsHasItsReceiptWhenTheLastOneIsRepaired() throws {
        try with { world, subject, records in
            let gone = try (0..<3).map { shard in
                try #require(records.first { world.cell($0).shard == shard })
            }
            try subject.delete(DeletionRequest(ids: gone.recordIDs, defersRepair: true, requestID: "a"))
            for left in [2, 1, 0] {
                #expect(try subject.receiptFiles().isEmpty)
                let report = try subject.repair(recordPasses: 1)
                #expect(report.shardsLeft == left && report.receipts.isEmpty == (left > 0))
                #expect(try subject.logEntries().contains { $0.event == .purge } == (left == 0))
            }
            let receipt = try Receipt(contentsOf: #require(try subject.receiptFiles().first))
            #expect(receipt.statement?.predicate.shards.map(\.shard) == [1, 2, 3])
            #expect(gone.map(\.recordID).allSatisfy(receipt.isAbout))
        }
    }

    @Test(arguments: ["", "a b", "../x", ".hidden", "-x", "ä", String(repeating: "a", count: 101)])
    func aRequestIDThatIsNoFilesNameIsRefused(name: String) throws {
        try with { _, subject, records in
            #expect(throws: ReceiptError.badRequestID(length: name.count)) {
                try subject.delete(DeletionRequest(ids: [records[0].recordID], requestID: name))
            }
        }
    }

    /// Ways to make a receipt say something else; `other` is a genuine one of another deletion.
    static let forgeries: [(String, @Sendable (Receipt, Receipt, inout SeededGenerator) throws -> Receipt)] = [
        ("a byte of the statement", { try $0.changing(payload: $2.flip($0.payload)) }),
        ("a byte of the signature", { try $0.changing(signature: $2.flip($0.signatures[0].sig)) }),
        ("another's signature", { receipt, other, _ in try receipt.changing(signature: other.signatures[0].sig) }),
        ("another's statement", { receipt, other, _ in try receipt.changing(payload: other.payload) }),
        ("a salt", { receipt, _, generator in try receipt.changing(salts: [generator.hexadecimal()]) }),
        ("no salts", { receipt, _, _ in try receipt.changing(salts: []) }),
        ("another's entry", { receipt, other, _ in try receipt.changing(entry: other.logEntry) }),
        ("another's proof", { receipt, other, _ in try receipt.changing(proof: other.logProof) }),
        (
            "another's entry and proof",
            { receipt, other, _ in
                try receipt.changing(entry: other.logEntry, proof: other.logProof)
            }
        ),
        (
            "a letter of the proof",
            { receipt, _, generator in
                try receipt.changing(proof: generator.changeLetter(of: receipt.logProof))
            }
        ),
        (
            "a letter of the entry",
            { receipt, _, generator in
                try receipt.changing(entry: generator.changeLetter(of: receipt.logEntry))
            }
        ),
        (
            "signed by another key",
            { receipt, _, _ in
                let body = Data(base64Encoded: receipt.payload) ?? Data()
                let key = SigningKey()
                let signature = try key.signature(of: Receipt.signed(receipt.payloadType, body))
                return try receipt.changing(signature: Data(signature).base64EncodedString())
            }
        ),
        ("another type", { receipt, _, _ in try receipt.changing(type: "text/plain") })
    ]

    @Test(arguments: forgeries.indices) func aForgeryIsFoundInEveryOfAHundredTrials(way: Int) throws {
        try with { _, subject, records in
            let receipt = try Receipt(contentsOf: #require(try subject.delete([records[3].recordID]).receipt))
            let other = try Receipt(contentsOf: #require(try subject.delete([records[8].recordID]).receipt))
            let key = try #require(try subject.verificationKeys().last)
            #expect(receipt.fault(key) == nil && other.fault(key) == nil)
            for seed in 0..<100 {
                var generator = SeededGenerator(seed: UInt64(seed))
                let forged = try Self.forgeries[way].1(receipt, other, &generator)
                #expect(forged.fault(key) != nil, "\(Self.forgeries[way].0), seed \(seed)")
            }
            #expect(receipt.fault(SigningKey().verification) != nil)
        }
    }

    // Signed, but not about what this software signs: read by nobody as a receipt.
    @Test func aGenuineSignatureUnderAnotherKindOfStatementIsNoReceipt() throws {
        try with { _, subject, records in
            let receipt = try Receipt(contentsOf: #require(try subject.delete([records[3].recordID]).receipt))
            let key = try #require(try SigningKey(contentsOf: subject.files[.signingKey]))
            let statement = try #require(
                Data(base64Encoded: receipt.payload).map { String(decoding: $0, as: UTF8.self) })
            let others = [
                statement.replacing(ReceiptStatement.predicateType, with: "urn:sisa:deletion:v2"),
                statement.replacing(ReceiptStatement.type, with: "https://in-toto.io/Statement/v2"), "{}", "null",
                // The same again, written in another way: its digest is not the log's.
                statement.replacing(",", with: ", ")
            ]
            for other in others {
                let signature = try key.signature(of: Receipt.signed(receipt.payloadType, Data(other.utf8)))
                let forged = try receipt.changing(
                    payload: Data(other.utf8).base64EncodedString(),
                    signature: Data(signature).base64EncodedString())
                #expect(forged.fault(key.verification) != nil)
            }
            // Without the type before it, the same bytes are no signature.
            let bare = try key.signature(of: Array(statement.utf8))
            #expect(try receipt.changing(signature: Data(bare).base64EncodedString()).fault(key.verification) != nil)
        }
    }

    @Test func aWithheldSaltHidesOneRecordAndTheRestStillVerifies() throws {
        try with { _, subject, records in
            let receipt = try Receipt(
                contentsOf: #require(try subject.delete([records[3].recordID, records[4].recordID]).receipt))
            let key = try #require(try subject.verificationKeys().last)
            let copy = try receipt.changing(salts: [receipt.salts[0], ""])
            #expect(copy.fault(key) == nil)
            #expect([records[3], records[4]].count { copy.isAbout($0.recordID) } == 1)
        }
    }

    /// The digest of the program that a receipt tells.
    private func program(_ subject: Workspace, deleting id: RecordID) throws -> String {
        let file = try #require(try subject.delete([id]).receipt)
        return try #require(try Receipt(contentsOf: file).statement).predicate.software.binary
    }

    // A receipt says which program made it; what is kept of that is believed only with the workspace's key under it.
    @Test func theProgramOfAReceiptIsTheOneThatRuns() throws {
        let bytes = try Data(contentsOf: URL(filePath: "/proc/self/exe"))
        let truth = Array(SHA256.hash(data: bytes)).hexadecimal
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let cache = subject.files[.program]
            let kept = try String(contentsOf: cache, encoding: .utf8)
            #expect(kept.contains(truth))
            let zeros = String(repeating: "0", count: 64)
            let lies = [kept.replacing(truth, with: zeros), kept.replacing("inode\":", with: "inode\":1"), "{", ""]
            for (lie, record) in zip(lies, records) {
                #expect(lie != kept)
                try Data(lie.utf8).write(to: cache)
                #expect(try program(subject, deleting: record.recordID) == truth)
                #expect(try String(contentsOf: cache, encoding: .utf8) == kept)
            }
        }
    }

    @Test func aFileThatIsNoReceiptIsRefusedAndNamed() throws {
        try TestFolder.with { folder in
            let file = folder.appending(path: "receipt.json")
            #expect(throws: LogError.noSuchFile(path: file.path)) { try Receipt(contentsOf: file) }
            for text in ["", "{}", "[]", "null", "{\"payload\": 3}", String(repeating: "[", count: 100_000)] {
                try Data(text.utf8).write(to: file)
                #expect(throws: ReceiptError.self) { try Receipt(contentsOf: file) }
            }
        }
    }
}

extension Receipt {
    fileprivate func changing(
        payload: String? = nil, type: String? = nil, signature: String? = nil, entry: String? = nil,
        proof: String? = nil,
        salts: [String]? = nil
    ) throws -> Receipt {
        var members = try JSONSerialization.jsonObject(with: JSONEncoder().encode(self)) as? [String: Any] ?? [:]
        if let payload { members["payload"] = payload }
        if let type { members["payloadType"] = type }
        if let signature { members["signatures"] = [["keyid": signatures[0].keyid, "sig": signature]] }
        if let entry { members["logEntry"] = entry }
        if let proof { members["logProof"] = proof }
        if let salts { members["salts"] = salts }
        return try JSONDecoder().decode(Receipt.self, from: JSONSerialization.data(withJSONObject: members))
    }
}

extension SeededGenerator {
    /// Base64 with one bit of what it stands for turned over.
    mutating func flip(_ base64: String) -> String {
        var bytes = Array(Data(base64Encoded: base64) ?? Data())
        bytes[Int.random(in: bytes.indices, using: &self)] ^= 1 << UInt8.random(in: 0..<8, using: &self)
        return Data(bytes).base64EncodedString()
    }

    mutating func hexadecimal() -> String { (0..<32).map { _ in UInt8.random(in: 0...255, using: &self) }.hexadecimal }

    /// Another letter or digit in the place of one.
    mutating func changeLetter(of text: String) -> String {
        var bytes = Array(text.utf8)
        let places = bytes.indices.filter { bytes[$0] < 0x80 && Character(Unicode.Scalar(bytes[$0])).isHexDigit }
        let place = places.randomElement(using: &self) ?? 0
        let letters = "0123456789abcdef".utf8.filter { $0 != bytes[place] }
        // The letter before the padding of base64 has bits that stand for nothing.
        if place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "=") { return changeLetter(of: text) }
        bytes[place] = letters.randomElement(using: &self) ?? 0
        return String(decoding: bytes, as: UTF8.self)
    }
}
