import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// What a request covers: ids, owners, and records with the same text.
@Suite(.everyTask) struct DeletionRequestTests {
    /// The toy's records, and some that have the text of another.
    private func corpus() throws -> (records: [ToyRecord], twins: [ToyRecord]) {
        let records = try ToyRecord.all()
        let twins = (0..<5).map {
            ToyRecord(id: "twin-\($0)", owner: "eve", text: records[$0 % 2].text, label: records[$0 % 2].label)
        }
        return (records + twins, twins)
    }

    @Test(arguments: Recipe.AssignBy.allCases)
    func duplicatesAreToldAndTakenAlongWhereThatIsWanted(by: Recipe.AssignBy) throws {
        try ToyWorld.with(changing: { $0.assignBy = by }) { world in
            let (records, twins) = try corpus()
            let subject = try world.workspace("subject", records)
            let plan = try subject.planDeletion(DeletionRequest(ids: [records[0].recordID]))
            let left = twins.filter { $0.text == records[0].text }.recordIDs
            #expect(try Set(#require(plan.duplicates)) == Set(left))

            // Named together they are not left.
            let some = DeletionRequest(ids: [records[0].recordID, left[0]])
            #expect(try Set(#require(subject.planDeletion(some).duplicates)) == Set(left.dropFirst()))

            let request = DeletionRequest(ids: [records[0].recordID], takesDuplicates: true)
            let report = try subject.delete(request)
            #expect(report.recordsDeleted == 1 + left.count && report.duplicates == [])
            let gone = records.filter { $0.text == records[0].text }
            let truth = try Snapshot(world.workspace("truth", records.without(gone)))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    @Test(arguments: Recipe.AssignBy.allCases)
    func allRecordsOfAnOwnerGo(by: Recipe.AssignBy) throws {
        try ToyWorld.with(changing: { $0.assignBy = by }) { world in
            let (records, _) = try corpus()
            let subject = try world.workspace("subject", records)
            let owners = ["ada", "eve"]
            let report = try subject.delete(DeletionRequest(ids: [records[20].recordID], owners: owners))
            let gone = records.filter { owners.contains($0.owner ?? "") } + [records[20]]
            #expect(report.recordsDeleted == Set(gone).count)
            let truth = try Snapshot(world.workspace("truth", records.without(gone)))
            #expect(try Snapshot(subject).differences(from: truth) == [])
            #expect(throws: DeletionError.self) { try subject.delete(DeletionRequest(owners: ["ada"])) }
        }
    }

    @Test func anUnknownOwnerChangesNothing() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let before = try TestFolder.contents(subject.root)
            for owner in ["nobody", "", "Ada", "ada "] {
                #expect(throws: DeletionError.self) {
                    try subject.delete(DeletionRequest(ids: [RecordID("toy-01")], owners: [owner]))
                }
            }
            #expect(try TestFolder.contents(subject.root) == before)
        }
    }

    @Test func withoutAColumnThereAreNoOwners() throws {
        try ToyWorld.with(changing: { $0.data.columns.owner = nil }) { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let error = #expect(throws: DeletionError.self) { try subject.delete(DeletionRequest(owners: ["ada"])) }
            guard case .noOwners = error else {
                Issue.record("\(error.map { "\($0)" } ?? "none")")
                return
            }
        }
    }

    // All that are unknown are named at once, and without them the request is an ordinary one.
    @Test func unknownIdsAreNamedAllAndPassedOverWhereTheRequestSaysSo() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let before = try TestFolder.contents(subject.root)
            let unknown = ["nobody", "Nobody", "line\nbreak"].map { RecordID($0) }
            let named = [unknown[0], records[3].recordID, unknown[1], unknown[0], records[8].recordID, unknown[2]]
            let strict = #expect(throws: DeletionError.self) { try subject.delete(named) }
            #expect(strict?.description.contains(#""nobody", "Nobody", "line\nbreak""#) == true)
            #expect(strict?.description.contains("--ignore-unknown") == true)
            let none = #expect(throws: DeletionError.self) {
                try subject.delete(DeletionRequest(ids: unknown, ignoresUnknown: true))
            }
            #expect(none?.description.contains("--ignore-unknown") == false)
            #expect(try TestFolder.contents(subject.root) == before)

            var request = DeletionRequest(ids: named, ignoresUnknown: true, requestID: "r-1")
            #expect(try subject.planDeletion(request).unknown == unknown)
            let report = try subject.delete(request)
            #expect(report.recordsDeleted == 2 && report.unknown == unknown && report.duplicates == [])
            let left = records.without([records[3], records[8]])
            let truth = try Snapshot(world.workspace("truth", left))
            #expect(try Snapshot(subject).differences(from: truth) == [])
            #expect(try Receipt(contentsOf: #require(report.receipt)).commitments.count == 2)

            // Once more it is the same request, by its name and by its ids, and its receipt tells what it was about.
            try subject.delete([records[4].recordID])
            for name in ["r-1", nil] {
                request.requestID = name
                let again = try subject.delete(request)
                #expect(again.isRepeated && again.receipt == report.receipt && Set(again.unknown) == Set(unknown))
            }
            request.requestID = "r-1"
            request.ids.append(records[5].recordID)
            #expect(throws: ReceiptError.requestTaken(id: "r-1")) { try subject.delete(request) }
            #expect(
                try subject.delete(DeletionRequest(ids: unknown, owners: ["ben"], ignoresUnknown: true)).unknown
                    == unknown)
        }
    }

    // A killed request is finished by giving it again, unknown ids or not.
    @Test func aKilledRequestWithUnknownIdsIsFinished() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            try subject.acceptOnly([records[3].recordID])
            let request = DeletionRequest(ids: [RecordID("nobody"), records[3].recordID], ignoresUnknown: true)
            let report = try subject.delete(request)
            #expect(report.unknown == [RecordID("nobody")] && report.receipt != nil && !report.isRepeated)
            let truth = try Snapshot(world.workspace("truth", records.without([records[3]])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // Two ways to write one letter: Swift's strings are equal, the bytes are not, and bytes are who a person is here.
    @Test func namesAndTextsAreComparedByTheirBytes() throws {
        try ToyWorld.with { world in
            let (composed, split) = ("Ren\u{E9}", "Rene\u{301}")
            var records = try ToyRecord.all()
            for (number, name) in [composed, split].enumerated() {
                records.append(
                    ToyRecord(id: "r-\(number)", owner: name, text: "\(name) sails at noon.", label: "travel"))
            }
            let subject = try world.workspace("subject", records)
            let report = try subject.delete(DeletionRequest(owners: [split]))
            #expect(report.recordsDeleted == 1 && report.duplicates == [])
            let truth = try Snapshot(world.workspace("truth", records.filter { $0.id != "r-1" }))
            #expect(try Snapshot(subject).differences(from: truth) == [])
            try subject.delete(DeletionRequest(owners: [composed]))
        }
    }

    // What keeps a request from being answered whole is told; what is named goes all the same.
    @Test func aDamagedIndexKeepsNobodyFromForgetting() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let original = try world.workspace("original", records)
            let damages: [(URL) throws -> Void] = [
                { try FileManager.default.removeItem(at: $0) },
                { try Data().write(to: $0) },
                { url in
                    var bytes = try Data(contentsOf: url)
                    bytes[bytes.count / 2] ^= 1
                    try bytes.write(to: url)
                }
            ]
            for (number, damage) in damages.enumerated() {
                let subject = try world.copy(original, as: "subject-\(number)")
                for (path, _) in try TestFolder.contents(subject.layout().index.root) {
                    try damage(subject.layout().index.root.appending(path: path))
                }
                let error = #expect(throws: CorpusError.self) {
                    try subject.delete(DeletionRequest(owners: ["ada"]))
                }
                guard case .indexDamaged = error else {
                    Issue.record("\(error.map { "\($0)" } ?? "none")")
                    return
                }
                #expect(throws: CorpusError.self) {
                    try subject.delete(DeletionRequest(ids: [records[3].recordID], takesDuplicates: true))
                }
                #expect(try subject.delete([records[3].recordID]).duplicates == nil)
                try subject.resume()
                let truth = try Snapshot(world.workspace("truth-\(number)", records.without([records[3]])))
                #expect(try Snapshot(subject).differences(from: truth) == [])
                try subject.delete(DeletionRequest(owners: ["ada"]))
            }
        }
    }

    // Killed right after its commit: the same command again must find what it was about.
    @Test func theSameRequestAgainFinishesWhatWasKilled() throws {
        try ToyWorld.with { world in
            let (records, twins) = try corpus()
            let original = try world.workspace("original", records)
            let byOwner = try world.copy(original, as: "owner")
            try byOwner.acceptOnly(twins.recordIDs)
            #expect(try byOwner.delete(DeletionRequest(owners: ["eve"])).recordsDeleted == twins.count)
            let truth = try Snapshot(world.workspace("truth", records.without(twins)))
            #expect(try Snapshot(byOwner).differences(from: truth) == [])

            let byText = try world.copy(original, as: "text")
            try byText.acceptOnly([records[0].recordID])
            let request = DeletionRequest(ids: [records[0].recordID], takesDuplicates: true)
            let gone = records.filter { $0.text == records[0].text }
            #expect(try byText.delete(request).recordsDeleted == gone.count)
            let other = try Snapshot(world.workspace("other", records.without(gone)))
            #expect(try Snapshot(byText).differences(from: other) == [])
        }
    }

    // Once the text is gone nobody can say who had the same, and nothing must be claimed.
    @Test func whatIsNotKnownAnyMoreIsNotClaimed() throws {
        try ToyWorld.with { world in
            let (records, _) = try corpus()
            let subject = try world.workspace("subject", records)
            try subject.delete(DeletionRequest(ids: [records[0].recordID], owners: ["eve"], defersRepair: true))
            #expect(try subject.delete([records[0].recordID]).duplicates == nil)
            try subject.delete(DeletionRequest(ids: [records[5].recordID], defersRepair: true))
            let error = #expect(throws: DeletionError.self) { try subject.delete(DeletionRequest(owners: ["eve"])) }
            #expect(error?.description.contains("sisa repair") == true)
        }
    }

    @Test func aDamagedIndexOfIdsKeepsNobodyFromForgettingANamedRecord() throws {
        try ToyWorld.with(changing: { $0.assignBy = .owner }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            try FileManager.default.removeItem(at: subject.layout().index.folder(.ids))
            try subject.delete([records[3].recordID])
            #expect(throws: DeletionError.self) { try subject.delete([RecordID("nobody")]) }
            try subject.repair()
            let truth = try Snapshot(world.workspace("truth", records.without([records[3]])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }

    // A killed process may have left a bucket half written, and the bucket itself may be damaged: neither keeps a
    // digest of the record.
    @Test func noHalfWrittenBucketOutlivesItsRecord() throws {
        try ToyWorld.with { world in
            // Nobody else has its owner or its text, so nothing else may keep their digests.
            let canary = ToyRecord(id: "canary", owner: "only-one", text: "Eleven violet marbles.", label: "travel")
            let records = try ToyRecord.all() + [canary]
            for isDamaged in [false, true] {
                let subject = try world.workspace("subject-\(isDamaged)", records)
                let root = try subject.layout().index.root
                let stored = try #require(
                    try subject.records(shard: world.cell(canary).shard).first {
                        $0.record.id == canary.recordID
                    })
                let digests = try subject.layout().index.kinds.flatMap {
                    try subject.layout().index.entries([stored], $0)
                }
                .map { Data($0.digest) }
                for (path, data) in try TestFolder.contents(root) {
                    let url = root.appending(path: path)
                    let left = url.deletingLastPathComponent().appending(path: ".writing-" + url.lastPathComponent)
                    try data.write(to: left)
                    if isDamaged { try data.dropLast().write(to: url) }
                }
                func holding() throws -> [String] {
                    try TestFolder.contents(root).filter { file in digests.contains { file.value.range(of: $0) != nil }
                    }
                    .keys.sorted()
                }
                #expect(try !holding().isEmpty)
                try subject.delete([canary.recordID])
                #expect(try holding() == [])
                try subject.repair()
                let truth = try Snapshot(world.workspace("truth-\(isDamaged)", records.without([canary])))
                #expect(try Snapshot(subject).differences(from: truth) == [])
            }
        }
    }

    // An index is made of records that are what the ledger says, or not at all.
    @Test func noIndexIsMadeOfDamagedRecords() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let truth = try Snapshot(subject)
            let url = try subject.layout().corpus.url(world.cell(records[0]))
            let good = try Data(contentsOf: url)
            try Data(String(decoding: good, as: UTF8.self).replacing(records[0].text, with: "Another text.").utf8)
                .write(to: url)
            let bucket = try subject.layout().index.folder(.texts).appending(path: "bucket-1")
            try FileManager.default.removeItem(at: bucket)
            #expect(throws: CorpusError.self) { try subject.repair() }
            #expect(!FileManager.default.fileExists(atPath: bucket.path))
            try good.write(to: url)
            try subject.repair()
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }
}
