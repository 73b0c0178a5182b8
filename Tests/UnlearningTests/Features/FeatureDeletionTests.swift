import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A deletion leaves the files of features that a run without the record would have written, and nothing else of it.
@Suite struct FeatureDeletionTests {
    @Test(arguments: FeatureKind.all)
    func everyFileIsThatOfARunThatNeverSawTheRecord(kind: FeatureKind) throws {
        for budget in [2 << 30, 12 * 2 * kind.recordBytes] {
            try kind.with(changing: { $0.features.budget = budget }) { world in
                let records = try ToyRecord.all()
                let original = try world.workspace("original", records)
                for index in stride(from: 0, to: 24, by: 2) {
                    let gone = records[index]
                    let subject = try world.copy(original, as: "subject-\(index)")
                    try subject.delete([gone.recordID])
                    let truth = try Snapshot(world.workspace("truth-\(index)", records.without([gone])))
                    #expect(try Snapshot(subject).differences(from: truth) == [], "\(gone.id)")
                }
            }
        }
    }

    @Test(arguments: FeatureKind.all)
    func setsAndWholeSlicesAndAllRecordsGo(kind: FeatureKind) throws {
        try kind.with { world in
            let records = try ToyRecord.all()
            let original = try world.workspace("original", records)
            let cell = world.cell(records[0])
            let sets = [
                records.filter { world.cell($0) == cell },
                records.filter { world.cell($0).shard == cell.shard },
                Array(records[3..<14]), records
            ]
            for (index, gone) in sets.enumerated() {
                let subject = try world.copy(original, as: "subject-\(index)")
                for id in gone.recordIDs { try subject.delete([id]) }
                if gone.count == records.count {
                    #expect(try subject.featureFiles().isEmpty)
                    continue
                }
                let truth = try Snapshot(world.workspace("truth-\(index)", records.without(gone)))
                #expect(try Snapshot(subject).differences(from: truth) == [], "set \(index)")
            }
        }
    }

    /// A record's features as they lie in a file, and the name of their entry.
    private func traces(_ record: ToyRecord, _ subject: Workspace, _ world: ToyWorld) throws -> [Data] {
        let model = try Model(world.recipe, backbone: world.backbone, training: false)
        let stored = record.stored
        let features = try model.features(of: [stored], threads: 1)[0]
        let width = model.layout.hidden
        var exact = world.recipe
        exact.features.precision = .f32
        let unrounded = try Model(exact, backbone: world.backbone, training: false).features(of: [stored], threads: 1)[
            0]
        // The first and last token's are the same in many texts that begin and end alike only with one layer of no
        // attention.
        let row = features.rows / 2
        func one(_ features: Features, _ precision: FeaturePrecision) -> Data {
            Data(features.encoded(precision)[row * width * precision.bytes..<(row + 1) * width * precision.bytes])
        }
        let rounded = features.rounded(to: .bf16)
        return [
            one(unrounded, .f32), one(rounded, .bf16), one(rounded, .f32),
            Data(try subject.layout().features.key.name(stored))
        ]
    }

    private func holders(_ workspace: Workspace, _ needles: [Data]) throws -> [String] {
        try TestFolder.contents(workspace.root).filter { file in
            needles.contains { file.value.range(of: $0) != nil }
        }.keys.sorted()
    }

    @Test(arguments: FeatureKind.all)
    func nothingOfARecordsFeaturesIsLeft(kind: FeatureKind) throws {
        try kind.with { world in
            var world = world
            world.backbone = try world.movableBackbone()
            let records = try ToyRecord.all()
            let original = try world.workspace("original", records)
            for index in [0, 7, 12, 23] {
                let canary = records[index]
                let needles = try traces(canary, original, world)
                let cell = world.cell(canary)
                let home = "features/shard-\(cell.shard + 1)/slice-\(cell.slice + 1).features"
                #expect(try holders(original, needles) == [home])
                let subject = try world.copy(original, as: "subject-\(index)")
                // Off the disk with the text, before any repair; a writer that was killed left it a second time.
                let leftover = home.replacing("slice-", with: ".writing-slice-")
                try FileManager.default.copyItem(
                    at: subject.root.appending(path: home), to: subject.root.appending(path: leftover))
                try subject.acceptOnly([canary.recordID])
                try subject.destroyRecordsOnly()
                #expect(try holders(subject, needles) == [])
                try subject.resume()
                #expect(try holders(subject, needles) == [])
                let truth = try Snapshot(world.workspace("truth-\(index)", records.without([canary])))
                #expect(try Snapshot(subject).differences(from: truth) == [])
            }
        }
    }

    @Test func aFileThatCannotBeTrustedGoesWithTheRecord() throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let url = try subject.layout().features.url(world.cell(records[0]))
            var bytes = try Data(contentsOf: url)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: url)
            try subject.acceptOnly([records[0].recordID])
            try subject.destroyRecordsOnly()
            #expect(!FileManager.default.fileExists(atPath: url.path))
            try subject.resume()
            let truth = try Snapshot(world.workspace("truth", records.without([records[0]])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }
}
