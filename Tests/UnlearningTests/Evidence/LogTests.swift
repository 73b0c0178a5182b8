import Crypto
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// The log only ever grows; what is older than it, or was changed behind its back, is found.
@Suite struct LogTests {
    private func with(_ body: (ToyWorld, Workspace, [ToyRecord]) throws -> Void) throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            try body(world, world.workspace("subject", records), records)
        }
    }

    @Test func everythingThatHappensIsInItInOrderAndItHoldsNoName() throws {
        try with { world, subject, records in
            try subject.delete([records[2].recordID])
            try subject.delete(DeletionRequest(ids: [records[5].recordID], defersRepair: true))
            try subject.repair()
            try subject.rotateKey()
            var other = world
            other.recipe.epochs = 2
            try other.retrain(subject)
            let events = try subject.logEntries().map(\.event)
            #expect(events == [.ingest, .train, .delete, .purge, .delete, .purge, .keyRotation, .replan, .train])
            #expect(try subject.checkLog().faults == [])
            let log = String(decoding: try Data(contentsOf: subject.evidenceLog.entries), as: UTF8.self)
            for record in records {
                #expect(!log.contains(record.id) && !log.contains(record.text))
                let tag = try subject.layout().corpus.tag(record.recordID).bytes.hexadecimal
                #expect(!log.contains(tag))
            }
            #expect(try Workspace(at: subject.root).audit().checks.flatMap(\.faults) == [])
        }
    }

    @Test func aRunThatDoesNothingAddsNothing() throws {
        try with { world, subject, _ in
            let before = try TestFolder.contents(subject.root)
            try subject.resume()
            try subject.repair()
            #expect(try TestFolder.contents(subject.root) == before)
            // Notes where the backbone lies now, in the ledger and nowhere else.
            try world.retrain(subject)
            func files(_ all: [String: Data]) -> [String: Data] { all.filter { $0.key != "ledger.sqlite" } }
            #expect(try files(TestFolder.contents(subject.root)) == files(before))
        }
    }

    // Everything is signed by the right key; but not what was accepted.
    @Test func aReceiptAboutOtherRecordsThanTheLogAcceptedIsFound() throws {
        try with { _, subject, records in
            try subject.delete(DeletionRequest(ids: [records[2].recordID], defersRepair: true, requestID: "a"))
            let file = subject.files.request("a")
            var draft = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            let other = Commitment(of: records[9].recordID)
            draft["records"] = [["value": other.value, "salt": other.salt]]
            try JSONSerialization.data(withJSONObject: draft).write(to: file)
            let receipt = try Receipt(contentsOf: #require(try subject.repair().receipts.first))
            let key = try #require(try subject.verificationKeys().last)
            #expect(receipt.fault(key) == nil && receipt.isAbout(records[9].recordID))
            #expect(try !subject.checkLog().isConsistent && !subject.audit(shards: [0]).holds)
        }
    }

    @Test func aLostDraftIsToldAndTheDeletionIsCompleteAllTheSame() throws {
        try with { world, subject, records in
            try subject.delete(DeletionRequest(ids: [records[2].recordID], defersRepair: true, requestID: "a"))
            let path = subject.files.request("a").path
            try FileManager.default.removeItem(atPath: path)
            #expect(throws: ReceiptError.draftDamaged(path: path)) { try subject.repair() }
            let truth = try Snapshot(world.workspace("truth", records.without([records[2]])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
            #expect(try subject.repair().stagesTrained == 0 && subject.checkLog().faults == [])
            #expect(try subject.audit().checks.flatMap(\.faults) == [])
        }
    }

    // Killed between the ledger's transaction and the receipt, with a draft that somebody changed meanwhile.
    @Test func noReceiptIsWrittenOfAStatementThatWasNotLogged() throws {
        try with { _, subject, records in
            try subject.delete(DeletionRequest(ids: [records[2].recordID], defersRepair: true, requestID: "a"))
            let evidence = try subject.write(1) { session in
                try session.bringUpToDate()
                return try session.evidence()
            }
            var draft = try #require(try evidence.draft("a"))
            let honest = String(decoding: try #require(draft.statement), as: UTF8.self)
            draft.statement = Data(honest.replacing("\"records\":1", with: "\"records\":2").utf8)
            #expect(draft.statement != Data(honest.utf8))
            try evidence.save(draft)
            let refusal = ReceiptError.draftDamaged(path: subject.files.request("a").path)
            #expect(throws: refusal) { try subject.repair() }
            #expect(try subject.receiptFiles().isEmpty)
            draft.statement = Data(honest.utf8)
            try evidence.save(draft)
            #expect(try subject.repair().receipts.count == 1 && subject.checkLog().faults == [])
        }
    }

    @Test func aChangeOfRecipeThatTrainsNothingLeavesNothingToContradict() throws {
        try with { world, subject, _ in
            var other = world
            other.recipe.aggregation = .majority
            other.recipe.name = "another"
            let (changed, report) = try other.retrain(subject)
            #expect(report.stagesTrained == 0)
            #expect(try changed.audit().checks.flatMap(\.faults) == [])
        }
    }

    // Kept elsewhere, an old head or receipt shows that entries were taken away.
    @Test func aWorkspaceThatWasSetBackAsAWholeIsShownByWhatWasKeptElsewhere() throws {
        try with { world, subject, records in
            let old = try world.copy(subject, as: "old")
            let receipt = try #require(try subject.delete([records[2].recordID]).receipt)
            let kept = world.root("kept.json")
            try FileManager.default.copyItem(at: receipt, to: kept)
            #expect(try subject.checkLog(since: [kept, old.evidenceLog.checkpoint]).faults == [])
            #expect(try old.checkLog().faults == [])
            #expect(try old.checkLog(since: [kept]).faults.count == 1)
            // Another history from there on does not hold it either.
            try old.delete([records[3].recordID])
            try old.delete([records[4].recordID])
            #expect(try old.checkLog().faults == [])
            #expect(try old.checkLog(since: [kept]).faults.count == 1)
            #expect(try !old.audit(shards: [0], evidence: [kept]).holds)
        }
    }

    @Test func aWorkspaceThatIsOlderThanItsLogServesNothingUntilTheDeletionsAreMadeAgain() throws {
        try with { world, subject, records in
            let old = try world.copy(subject, as: "old")
            let gone = Array(records[2..<5])
            try subject.delete([gone[0].recordID])
            try subject.rotateKey()
            try subject.delete(gone.dropFirst().map(\.recordID))
            // The newest log and key, and the records of yesterday.
            for name in ["log", "signing-key.pem"] {
                try FileManager.default.removeItem(at: old.root.appending(path: name))
                try FileManager.default.copyItem(
                    at: subject.root.appending(path: name), to: old.root.appending(path: name))
            }
            let refusal = LogError.restored(known: 2, logged: 7)
            #expect(throws: refusal) { try Workspace(at: old.root, .read) }
            #expect(throws: refusal) { try old.resume() }
            #expect(throws: refusal) { try old.repair() }
            #expect(throws: refusal) { try old.delete([records[9].recordID]) }
            #expect(throws: refusal) { try world.retrain(old) }
            #expect(try !old.checkLog().isConsistent)
            #expect(throws: ReceiptError.self) { try old.replay() }

            let report = try old.replay(subject.receiptFiles())
            #expect(report.entries == 5 && report.recordsDeleted == 3 && report.receipts.count == 1)
            let truth = try Snapshot(world.workspace("truth", records.without(gone)))
            #expect(try Snapshot(old).differences(from: truth) == [])
            #expect(try old.checkLog(since: [subject.evidenceLog.checkpoint]).faults == [])
            #expect(try old.audit().checks.flatMap(\.faults) == [])
            #expect(try old.replay().entries == 0)
        }
    }

    // A log that is gone, cut, changed or signed by another keeps nobody from forgetting; and nothing is written into
    // what is left of it.
    @Test(arguments: [
        "removed", "cut", "replaced", "no key", "another key", "no head", "head of another size", "no entries",
        "no nodes",
        "a line less", "a byte less", "a byte of the last line", "a node less", "nodes changed"
    ])
    func aDamagedLogKeepsNobodyFromForgetting(damage: String) throws {
        try with { world, subject, records in
            let first = world.root("first-log")
            try FileManager.default.copyItem(at: subject.files[.log], to: first)
            for record in [records[0], records[2]] { try subject.delete([record.recordID]) }
            let saved = world.root("saved")
            try FileManager.default.copyItem(at: subject.root, to: saved)
            switch damage {
            case "removed": try FileManager.default.removeItem(at: subject.files[.log])
            case "cut":
                try FileManager.default.removeItem(at: subject.files[.log])
                try FileManager.default.copyItem(at: first, to: subject.files[.log])
            case "replaced":
                let other = try world.workspace("other", Array(records.prefix(9)))
                try FileManager.default.removeItem(at: subject.files[.log])
                try FileManager.default.copyItem(at: other.files[.log], to: subject.files[.log])
            case "no head": try FileManager.default.removeItem(at: subject.evidenceLog.checkpoint)
            case "no entries": try FileManager.default.removeItem(at: subject.evidenceLog.entries)
            case "no nodes": try FileManager.default.removeItem(at: subject.evidenceLog.nodes)
            case "head of another size":
                let note = try #require(try subject.evidenceLog.note())
                let head = try #require(try subject.evidenceLog.head())
                try Data(note.replacing("\n\(head.size)\n", with: "\n\(head.size - 1)\n").utf8).write(
                    to: subject.evidenceLog.checkpoint)
            case "a line less", "a byte less", "a byte of the last line":
                var bytes = try Data(contentsOf: subject.evidenceLog.entries)
                switch damage {
                case "a line less":
                    let end = try #require(bytes.dropLast().lastIndex(of: 0x0A))
                    bytes = bytes[...end]
                case "a byte less": bytes.removeLast()
                default: bytes[bytes.count - 9] ^= 1
                }
                try bytes.write(to: subject.evidenceLog.entries)
            case "a node less", "nodes changed":
                var bytes = try Data(contentsOf: subject.evidenceLog.nodes)
                if damage == "a node less" { bytes.removeLast(40) } else { bytes[bytes.count - 40] ^= 1 }
                try bytes.write(to: subject.evidenceLog.nodes)
            case "no key": try FileManager.default.removeItem(at: subject.files[.signingKey])
            default: try SigningKey().write(to: subject.files[.signingKey])
            }
            let gone = records[1]
            func left() -> [String: Data]? { try? TestFolder.contents(subject.files[.log]) }
            let before = left()
            #expect(throws: DeletionError.self) { try subject.delete([gone.recordID]) }
            #expect(left() == before)
            let truth = try Snapshot(world.workspace("truth", Array(records.dropFirst(3))))
            #expect(try Snapshot(subject).differences(from: truth) == [])
            #expect(try !subject.checkLog().isConsistent || damage == "no key" || damage == "another key")

            // With the log, or the key, back in its place, the receipt is written.
            for name in ["log", "signing-key.pem"] {
                try? FileManager.default.removeItem(at: subject.root.appending(path: name))
                try FileManager.default.copyItem(
                    at: saved.appending(path: name), to: subject.root.appending(path: name))
            }
            let receipts = try subject.repair().receipts
            let key = try #require(try subject.verificationKeys().last)
            #expect(try receipts.count == 1 && Receipt(contentsOf: receipts[0]).fault(key) == nil)
            #expect(try Receipt(contentsOf: receipts[0]).isAbout(gone.recordID))
            #expect(try subject.checkLog().faults == [])
        }
    }

    // Entries, tree and ledger agree; only the head, which needs the key that signs, is of the old ones.
    @Test func anEntryThatIsRewrittenTogetherWithTreeAndLedgerIsFoundByTheSignedHead() throws {
        try with { _, subject, _ in
            let log = subject.evidenceLog
            var entries = try log.allEntries(2)
            let time = Array(#""time":"2"#.utf8)
            let place = try #require(entries[0].firstRange(of: time)?.upperBound)
            entries[0][place] ^= 1
            // RFC 6962, section 2.1, of two entries.
            let leaves = entries.map { Array(SHA256.hash(data: [0] + $0)) }
            let root = Array(SHA256.hash(data: [1] + leaves[0] + leaves[1]))
            let ends = [entries[0].count + 1, entries[0].count + entries[1].count + 2]
            let nodes = zip(leaves + [root], ends + [0]).map { hash, end in
                hash + (0..<8).map { UInt8(end >> (56 - 8 * $0) & 0xFF) }
            }
            #expect(try subject.checkLog().faults == [])
            try Data(entries.flatMap { $0 + [0x0A] }).write(to: log.entries)
            try Data(nodes.joined()).write(to: log.nodes)
            try LedgerSurgeon.execute(
                "UPDATE facts SET value = ? WHERE name = 'log_root'", workspace: subject.root, [root])
            try LedgerSurgeon.execute("DELETE FROM outbox", workspace: subject.root)
            #expect(try subject.checkLog().faults.contains("the entries do not hash to the head's root"))
        }
    }

    @Test func aChangedByteOfEntriesOrTreeIsFoundWhereverItIs() throws {
        try with { _, subject, records in
            try subject.delete([records[2].recordID])
            let log = subject.evidenceLog
            for (file, step) in [(log.entries, 13), (log.nodes, 1)] {
                let good = try Data(contentsOf: file)
                for place in stride(from: 0, to: good.count, by: step) {
                    var bytes = good
                    bytes[place] ^= 1
                    try bytes.write(to: file)
                    #expect(try !subject.checkLog().isConsistent, "\(file.lastPathComponent), byte \(place)")
                }
                try good.write(to: file)
            }
            #expect(try subject.checkLog().faults == [])
        }
    }

    @Test func noHoleIsMadeInAFileThatWasCut() throws {
        try TestFolder.with { folder in
            let file = folder.appending(path: "entries.jsonl")
            #expect(throws: StorageError.self) { try DurableFile.splice([1, 2], into: file, at: 4) }
            #expect(!FileManager.default.fileExists(atPath: file.path))
            try DurableFile.splice([1, 2, 3], into: file, at: 0)
            #expect(throws: StorageError.self) { try DurableFile.splice([9], into: file, at: 4) }
            #expect(try Data(contentsOf: file) == Data([1, 2, 3]))
            try DurableFile.splice([7], into: file, at: 1)
            #expect(try Data(contentsOf: file) == Data([1, 7]))
        }
    }

    // A key that nobody's log names would sign nothing.
    @Test func aKeyIsNotRotatedWhileTheLogIsDamaged() throws {
        try with { _, subject, records in
            try subject.delete([records[0].recordID])
            let entries = try Data(contentsOf: subject.evidenceLog.entries)
            try entries.dropLast(2).write(to: subject.evidenceLog.entries)
            let before = try TestFolder.contents(subject.root)
            let refusal = LogError.logDamaged(path: subject.evidenceLog.entries.path)
            #expect(throws: refusal) { try subject.rotateKey() }
            #expect(throws: refusal) { try subject.rotateKey(isLost: true) }
            #expect(try TestFolder.contents(subject.root) == before)
            try entries.write(to: subject.evidenceLog.entries)
            try subject.rotateKey()
            #expect(try subject.checkLog().faults == [])
        }
    }

    // Whoever holds the key can sign and log a receipt that says anything; log and training contradict it.
    @Test(arguments: ["nothing", "checkpoints", "records", "subject"])
    func aSignedReceiptThatSaysAnotherThingIsFound(lie: String) throws {
        try with { world, subject, records in
            let shard = world.cell(records[2]).shard
            try subject.delete(DeletionRequest(ids: [records[2].recordID], defersRepair: true, requestID: "a"))
            try subject.write(1) { session in
                let plan = try session.destroy([shard])
                try session.repair(plan, [shard])
            }
            let (rows, digests) = (try subject.ledger.stages(shard: shard), subject.digests)
            let generation = digests.state(shard, rows)
            let truth = [
                "checkpoints": generation, "records": digests.records(shard, try subject.ledger.slices(shard: shard)),
                "subject": try #require(rows.last).digest.hexadecimal
            ]
            let (evidence, told) = try subject.write(1) { session in
                let evidence = try session.evidence()
                return (evidence, try evidence.draft("a").map(session.statement))
            }
            var draft = try #require(try evidence.draft("a"))
            let honest = String(decoding: try #require(told), as: UTF8.self)
            let statement = truth[lie].map { honest.replacing($0, with: String(repeating: "0", count: 64)) } ?? honest
            #expect((statement != honest) == (lie != "nothing"))
            draft.statement = Data(statement.utf8)
            try evidence.save(draft)
            var entry = LogEntry(.purge)
            entry.request = "a"
            entry.statement = Array(SHA256.hash(data: Data(statement.utf8))).hexadecimal
            entry.shards = [LogEntry.Shard(shard: shard + 1, generation: generation, rows: digests.rows(shard, rows))]
            var settlement = Ledger.Settlement(shards: [shard], worked: try subject.ledger.slices())
            settlement.notes = [try evidence.log.note(entry)]
            settlement.completed = [("a", settlement.notes[0].index)]
            settlement.generations[shard] = digests.rows(shard, rows)
            try subject.ledger.settle(settlement)
            try evidence.publish()
            let key = try #require(try subject.verificationKeys().last)
            #expect(try Receipt(contentsOf: subject.files.receipt("a")).fault(key) == nil)
            let found = try subject.audit().checks.flatMap(\.faults)
            #expect(found.isEmpty == (lie == "nothing"), "\(found)")
        }
    }

    // The origin stands as a name in the lines of signatures, so that such a head could not be written again.
    @Test(arguments: [("a", true), ("a b", false), ("a\u{2014} 1", false)])
    func anOriginWithABlankIsNoHead(origin: String, isHead: Bool) throws {
        let root = Data(repeating: 1, count: 32).base64EncodedString()
        let head = LogHead(note: "\(origin)\n9\n\(root)\n\n\u{2014} a AAAA\n")
        #expect((head != nil) == isHead)
        if let head { #expect(try LogHead(note: head.note(signedBy: [SigningKey()])) == head) }
    }

    @Test func aLostKeyIsReplacedAndTheWorkspaceSignsAgain() throws {
        try with { _, subject, records in
            try subject.delete([records[0].recordID])
            let old = try #require(try subject.verificationKeys().last)
            try FileManager.default.removeItem(at: subject.files[.signingKey])
            let new = try subject.rotateKey(isLost: true)
            #expect(try subject.verificationKeys() == [old, new])
            let receipt = try #require(try subject.delete([records[1].recordID]).receipt)
            #expect(try Receipt(contentsOf: receipt).fault(new) == nil)
            #expect(try subject.checkLog().faults == [])
        }
    }

    @Test func keysAreReadableByTheirOwnerOnlyAndReadBack() throws {
        try with { world, subject, _ in
            var status = stat()
            #expect(unsafe stat(subject.files[.signingKey].path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            let key = try #require(try subject.verificationKeys().last)
            let file = world.root("key.pem")
            for text in [key.pem, key.line(name: "some.example/log")] {
                try Data(text.utf8).write(to: file)
                #expect(try VerificationKey(InputFile(file)) == key)
            }
            for text in ["", "x", key.pem.dropFirst(3).description, "name+00000000+AAAA"] {
                try Data(text.utf8).write(to: file)
                #expect(throws: LogError.noKey(path: file.path)) { try VerificationKey(InputFile(file)) }
            }
        }
    }
}
