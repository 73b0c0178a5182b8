import Foundation
import Unlearning

/// The factors behind the savings that the SISA paper names, beside the joint expectation.
struct PaperAnswer: Encodable {
    struct Row: Encodable {
        let dataset: String
        let records, shards, slices: Int
        let requests, shardingFactor, slicingFactor, product, joint, jointOfWholeRequests: Double
    }

    let rows: [Row]
    let explanation: String

    static var all: PaperAnswer {
        PaperAnswer(
            rows: PaperHeadline.all.map {
                Row(
                    dataset: $0.dataset, records: $0.records, shards: $0.shards, slices: $0.slices,
                    requests: $0.requests,
                    shardingFactor: $0.sharding, slicingFactor: $0.slicing, product: $0.product, joint: $0.joint(),
                    jointOfWholeRequests: $0.joint(requests: $0.requests.rounded(.up)))
            }, explanation: PaperHeadline.explanation)
    }

    static func tell() {
        let all = all
        var table = TextTable(header: [
            "data set", "N", "S", "R", "K", "sharding", "slicing", "product", "joint", "joint, K rounded up"
        ])
        for row in all.rows {
            table.rows.append(
                [row.dataset, "\(row.records)", "\(row.shards)", "\(row.slices)", row.requests.fixed(1)]
                    + [row.shardingFactor, row.slicingFactor, row.product, row.joint, row.jointOfWholeRequests]
                    .map { $0.fixed(3) })
        }
        table.print()
        Console.out("")
        Console.out(all.explanation)
    }
}
