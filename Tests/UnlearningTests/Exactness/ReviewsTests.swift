import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// The promise on real text with a real encoder; small, because the toy world is where every case is tried.
@Suite struct ReviewsTests {
    private struct Enough: Error {}

    private func reviews(_ count: Int, in folder: URL) throws -> [ToyRecord] {
        var records: [ToyRecord] = []
        let columns = Columns(id: "", text: "review", label: "rating")
        do {
            try RecordReader(columns: columns).forEach(file: folder.appending(path: "drugsComTrain.tsv")) { raw, _ in
                records.append(ToyRecord(id: raw.id.rawValue, text: raw.text, label: raw.label ?? ""))
                if records.count == count { throw Enough() }
            }
        } catch is Enough {}
        return records
    }

    @Test(
        .enabled(
            if: TestData.miniLM != nil && TestData.drugReviews != nil,
            "needs .downloads; run tools/fetch minilm drug-reviews"))
    func aReviewIsForgottenExactlyByMiniLM() throws {
        let miniLM = try #require(TestData.miniLM)
        let records = try reviews(60, in: #require(TestData.drugReviews))
        try ToyWorld.with(changing: {
            $0.labels = ["negative", "neutral", "positive"]
            $0.shards = 2
            $0.slices = 2
            $0.epochs = 2
            $0.batch = 8
            $0.maxTokens = 48
            $0.adapter = .lora(rank: 4, targets: [.query, .value], layers: .top(1))
        }) { world in
            var world = world
            world.backbone = miniLM
            let subject = try world.workspace("subject", records)
            let gone = try #require(records.first { world.cell($0) == Cell(shard: 1, slice: 1) })
            let report = try subject.delete([gone.recordID])
            #expect(report.shards.map(\.shard) == [1] && report.shards.map(\.slice) == [1])
            let truth = try Snapshot(world.workspace("truth", records.without([gone])))
            #expect(try Snapshot(subject).differences(from: truth) == [])
        }
    }
}
