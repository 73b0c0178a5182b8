import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A changed byte is found in every file, named, and mended where that can be.
@Suite(.everyTask) struct CheckupTests {
    private func kind(_ path: String) -> Checkup.Kind? {
        let kinds: [(String, Checkup.Kind)] = [
            ("records/", .records), ("checkpoints/", .checkpoint), ("features/", .features), ("index/", .index)
        ]
        return kinds.first { path.hasPrefix($0.0) }?.1
    }

    @Test(arguments: ["flip", "cut", "empty"]) func everyDamagedFileIsNamedAndMadeAgain(damage: String) throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let original = try world.workspace("original", ToyRecord.all())
            let truth = try Snapshot(original)
            #expect(try original.checkup().isSound)
            let subject = try world.copy(original, as: "subject")
            var seen: Set<String> = []
            for (path, data) in try TestFolder.contents(original.root) {
                guard let kind = kind(path) else { continue }
                seen.insert(kind.rawValue)
                var bytes = data
                switch damage {
                case "flip": bytes[bytes.count / 2] ^= 4
                case "cut": bytes.removeLast()
                default: bytes = Data()
                }
                let url = subject.root.appending(path: path)
                try bytes.write(to: url)
                let checkup = try subject.checkup(threads: 2)
                // A file of records without a record is as good as none.
                let fault: StoredFault = damage == "empty" && kind == .records ? .missing : .damaged
                #expect(checkup.damages == [Checkup.Damage(kind: kind, path: path, fault: fault)], "\(path)")
                try subject.mend(kind, url, data)
                #expect(try Snapshot(subject).differences(from: truth) == [], "\(path)")
            }
            #expect(seen == ["records", "checkpoint", "features", "index"])
        }
    }

    @Test func aMissingFileIsDamageAndAnUntrainedStageIsNone() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let url = try subject.layout().corpus.url(world.cell(records[0]))
            let bytes = try Data(contentsOf: url)
            try FileManager.default.removeItem(at: url)
            #expect(try subject.checkup().damages.map(\.kind) == [.records])
            try bytes.write(to: url)
            try subject.delete(DeletionRequest(ids: [records[0].recordID], defersRepair: true))
            #expect(try subject.checkup().isSound)
        }
    }

    @Test func anotherBackboneIsDamage() throws {
        try ToyWorld.with { world in
            var world = world
            world.backbone = try world.movableBackbone()
            let subject = try world.workspace("subject", ToyRecord.all())
            let name = world.recipe.task == .generation ? "tokenizer.json" : "vocab.txt"
            let file = world.backbone.appending(path: name)
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 1] ^= 1
            try bytes.write(to: file)
            #expect(try subject.checkup().damages.map(\.kind) == [.backbone])
        }
    }
}

extension Workspace {
    /// What an operator does. Features are made again when their shard trains next, so here its checkpoints go too.
    fileprivate func mend(_ kind: Checkup.Kind, _ url: URL, _ backup: Data) throws {
        switch kind {
        case .records: try backup.write(to: url)
        case .features:
            try FileManager.default.removeItem(at: root.appending(path: "checkpoints"))
            try resume()
        default: try resume()
        }
    }
}
