import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A request that searches files which are not what the ledger says finds nothing and deletes nothing: it ends with an
/// error that names one.
@Suite(.everyTask) struct UnreadRecordsTests {
    enum Damage: String, CaseIterable, Sendable {
        case missing, emptied, cut, fromAnotherSlice, fromAnotherDay, folderMissing, allMissing, link, linkedFolder,
            linkedRoot
        case owner, date, label, order
    }

    private static func with(_ body: (ToyWorld, Workspace, [ToyRecord]) throws -> Void) throws {
        try ToyWorld.with(changing: { $0.data.columns.date = "date" }) { world in
            let records = try ToyRecord.all()
            let dates = records.map {
                "{\"id\":\"\($0.id)\",\"owner\":\"\($0.owner ?? "")\","
                    + "\"date\":\"2024-05-3\($0.label == "food" ? 1 : 0)\","
            }
            let lines = zip(dates, records).map { "\($0)\"text\":\"\($1.text)\",\"label\":\"\($1.label)\"}\n" }
            let file = world.folder.appending(path: "dated.jsonl")
            try Data(lines.joined().utf8).write(to: file)
            let workspace = try Workspace.train(
                world.recipe, TrainingSources(backbone: world.backbone, files: [file], key: world.key),
                at: world.root("subject")
            ).workspace
            try body(world, workspace, records)
        }
    }

    private func apply(_ damage: Damage, to url: URL, of subject: Workspace, other: URL, in world: ToyWorld) throws {
        let manager = FileManager.default
        let (bytes, elsewhere) = (try Data(contentsOf: url), world.folder.appending(path: "elsewhere"))
        func link(_ place: URL) throws {
            try manager.moveItem(at: place, to: elsewhere)
            try manager.createSymbolicLink(at: place, withDestinationURL: elsewhere)
        }
        func replace(_ old: String, _ new: String) throws {
            let text = String(decoding: bytes, as: UTF8.self)
            let changed = text.replacing(old, with: new, maxReplacements: 1)
            try #require(changed != text)
            try Data(changed.utf8).write(to: url)
        }
        switch damage {
        case .missing: try manager.removeItem(at: url)
        case .emptied: try Data().write(to: url)
        case .cut:
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            try Data(lines.dropLast().flatMap { $0 + [UInt8(ascii: "\n")] }).write(to: url)
        case .fromAnotherSlice: try Data(contentsOf: other).write(to: url)
        case .fromAnotherDay: try (bytes + Data(contentsOf: other)).write(to: url)
        case .folderMissing: try manager.removeItem(at: url.deletingLastPathComponent())
        case .allMissing: try manager.removeItem(at: subject.root.appending(path: "records"))
        case .link: try link(url)
        case .linkedFolder: try link(url.deletingLastPathComponent())
        case .linkedRoot: try link(subject.root.appending(path: "records"))
        case .owner: try replace("\"owner\":\"", "\"owner\":\"x")
        case .date: try replace("\"date\":\"2024", "\"date\":\"2025")
        case .label where ToyWorld.task == .generation: try replace("\"assistant\"", "\"user\"")
        case .label:
            let label = try #require(String(decoding: bytes, as: UTF8.self).firstMatch(of: #/"label":(\d)/#)?.output.1)
            try replace("\"label\":\(label)", "\"label\":\(label == "0" ? 1 : 0)")
        case .order:
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            try Data(lines.reversed().flatMap { $0 + [UInt8(ascii: "\n")] }).write(to: url)
        }
    }

    // A slice that is read as empty would leave its records behind, and the receipt would be signed all the same.
    @Test(arguments: Damage.allCases) func noRequestIsAnsweredFromWhatCouldNotBeRead(damage: Damage) throws {
        try Self.with { world, original, records in
            let cells = try Set(records.map(world.cell)).sorted().filter {
                try original.layout().corpus.stored($0).count > 1
            }
            // The first record of a slice, who has an owner: the one that edits are made to.
            let (cell, gone) = try #require(
                cells.lazy.compactMap { cell in
                    try? original.layout().corpus.stored(cell).first.flatMap {
                        $0.record.owner == nil ? nil : (cell, $0.record)
                    }
                }.first)
            let subject = try world.copy(original, as: "damaged")
            let other = try subject.layout().corpus.url(try #require(cells.first { $0.shard != cell.shard }))
            try apply(damage, to: subject.layout().corpus.url(cell), of: subject, other: other, in: world)
            let before = try TestFolder.contents(subject.root)
            var requests: [DeletionRequest] = try [
                DeletionRequest(ids: [gone.id]), DeletionRequest(owners: [try #require(gone.owner)]),
                DeletionRequest(filters: [RecordFilter("date<2024-06-30", subject.recipe)])
            ]
            if let label = gone.content.label {
                let filter = try RecordFilter("label=\(subject.recipe.labels[label])", subject.recipe)
                requests.append(DeletionRequest(filters: [filter]))
            }
            for request in requests {
                let errors = [
                    #expect(throws: (any Error).self) { try Workspace(at: subject.root, .read).planDeletion(request) },
                    #expect(throws: (any Error).self) { try Workspace(at: subject.root).delete(request) }
                ]
                for error in errors {
                    let text = "\(error.map { "\($0)" } ?? "")"
                    // Named by what is wrong: the file, its folder, or all records.
                    #expect(text.contains("/records"), "\(damage): \(text)")
                    #expect(!(error is DeletionError), "\(damage): \(text)")
                }
            }
            let after = try TestFolder.contents(subject.root)
            #expect(
                Set(after.filter { before[$0.key] != $0.value }.keys)
                    .isSubset(of: ["lock", "costs.jsonl", "program.json", "reserve"]),
                "\(damage)")
            let checkup = try? Workspace(at: subject.root, .read).checkup()
            #expect(checkup?.isSound != true, "\(damage)")
        }
    }

    @Test func statusSaysWhereRecordsAreMissing() throws {
        try Self.with { world, subject, records in
            let cell = world.cell(records[0])
            #expect(try subject.status().shards.allSatisfy { $0.state == .retrainEquivalent })
            try FileManager.default.removeItem(at: subject.layout().corpus.url(cell))
            #expect(try subject.status().shards.filter { $0.state == .damaged }.map(\.shard) == [cell.shard])
            try FileManager.default.removeItem(at: subject.root.appending(path: "records"))
            let occupied = Set(records.map { world.cell($0).shard })
            #expect(try Set(subject.status().shards.filter { $0.state == .damaged }.map(\.shard)) == occupied)
        }
    }

    @Test func aShardThatCannotBeReadIsNoSilentVoteLess() throws {
        try Self.with { world, subject, _ in
            let folder = subject.root.appending(path: "checkpoints/shard-2")
            for name in try DurableFile.names(in: folder) { try Data("x".utf8).write(to: folder.appending(path: name)) }
            let error = #expect(throws: PredictionError.self) { try subject.voters() }
            #expect(error == .voteLost(shard: 2))
            try subject.resume()
            #expect(try subject.voters().contains(1))
        }
    }
}
