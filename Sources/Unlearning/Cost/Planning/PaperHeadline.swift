/// How the headline of Bourtoule et al. 2021 comes about, computed: 4.63 times for Purchase, 2.45 times for SVHN.
///
/// It is the saving of sharding for K requests times the saving of slicing for a single one, the latter by the continuous moments of
/// Eq. 18. Requests that share a shard start again at the lowest of their slices, so the two do not multiply; J counts them together.
package struct PaperHeadline: Sendable {
    package let dataset: String
    package let records: Int
    package let shards: Int
    package let slices: Int
    package let requests: Double

    /// (N - K) over Eq. 3.
    package var sharding: Double {
        (Double(records) - requests)
            / SISACost.batchShards(records: Double(records), shards: shards, requests: requests)
    }

    /// D over Eq. 5 with the moments of Eq. 18, at K = 1.
    package var slicing: Double { 1 / SISACost.batchSlicesContinuous(records: 1, slices: slices, requests: 1) }

    package var product: Double { sharding * slicing }

    /// (N - K) / J, with another number of requests if one is given.
    package func joint(requests other: Double? = nil) -> Double {
        let cost = SISACost(records: records, shards: shards, slices: slices)
        return cost.full(requests: other ?? requests) / cost.batch(requests: other ?? requests)
    }

    /// The paper's settings: 0.003 % of the records of each data set ask, which of Purchase are 7.5.
    package static let all = [
        PaperHeadline(dataset: "Purchase", records: 250_000, shards: 20, slices: 50, requests: 7.5),
        PaperHeadline(dataset: "SVHN", records: 604_833, shards: 20, slices: 50, requests: 18)
    ]

    package static let explanation = """
        The paper multiplies two savings: that of sharding when K requests come together, and that of slicing when a single request \
        comes, the latter from moments that take slices for a continuum. Requests that share a shard start again at the lowest \
        of their slices, so slicing saves less the more come together, and the factors do not multiply. The joint figure is the exact expectation of both \
        at once; half a request more or less (Purchase: 7.5) moves it as well.
        """
}
