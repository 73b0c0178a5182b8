internal import Foundation

/// What repairs cost where requests are for different records, which matters where they are no small part of all.
///
/// A repair answers K requests after g that were answered before. Take a record y and a stage of m records that sees it: y outlives the g + K
/// requests with the chance (N - g - K) / N, and given that the K are any of the other N - 1 records, whatever went before. So the stage
/// takes y again with the chance 1 - C(N - m, K) / C(N - 1, K), and
///
///     cost = J(K) (N - g - K) / (N - K) - what slices that ran empty save,  J(K) = sum over stages c_j [1 - C(N - m_j, K) / C(N, K)] - K e'
///
/// A stage whose own slice is empty trains nothing, so it no longer visits the records before it. Exact for slices of whole records.
struct DistinctRequests {
    private let cost: SISACost
    /// K.
    private let requests: Double
    /// J(K).
    private let first: Double
    /// Records before the slices, summed over the stages of a shard.
    private let before: Double
    /// The same, of stages that K requests miss given that a record before them stays.
    private let missed: Double

    init(_ cost: SISACost, requests: Double) {
        (self.cost, self.requests) = (cost, requests)
        let (n, slice) = (cost.records, cost.records * cost.share(1))
        first =
            cost.overStages { Combinations.probabilityOfAny(marked: n * cost.share($0), of: n, drawn: requests) }
            - requests * cost.passesOfARecord
        let earlier = (1..<max(1, cost.slices)).map { slice * Double($0) }
        before = earlier.reduce(0, +)
        missed = earlier.reduce(0) {
            $0 + $1 * exp(Combinations.logOfNone(marked: $1 - 1, of: n - slice - 1, drawn: requests))
        }
    }

    /// Record-passes of the repair of K requests after `gone` others.
    func passes(after gone: Double = 0) -> Double {
        let left = cost.records - gone - requests
        guard requests > 0, left > 0 else { return 0 }
        return first * left / (cost.records - requests) - emptied(after: gone)
    }

    /// The same summed over `count` repairs, one after another.
    ///
    /// What empty slices save is summed over 1,024 blocks where there are more repairs, by the value in the middle of each.
    func passes(ofRepairs count: Double) -> Double {
        guard requests > 0, count > 0, cost.records > requests else { return 0 }
        let left = cost.records - requests
        let simple = first * (count - requests * count * (count - 1) / (2 * left))
        guard isSaving(after: count * requests) else { return simple }
        let blocks = min(1024, count.rounded(.up))
        let width = count / blocks
        return (0..<Int(blocks)).reduce(simple) {
            $0 - width * emptied(after: ((Double($1) + 0.5) * width - 0.5) * requests)
        }
    }

    private func emptied(after gone: Double) -> Double {
        guard isSaving(after: gone + requests) else { return 0 }
        let slice = cost.records * cost.share(1)
        return Double(cost.shards) * cost.weights.earlier * (cost.records - gone - requests) / (cost.records - slice)
            * (empty(after: gone + requests) * before - empty(after: gone) * missed)
    }

    private func isSaving(after gone: Double) -> Bool { before > 0 && empty(after: gone) > 1e-15 }

    /// P(all records of a slice are among so many that are gone) = P(none is among those that are left).
    private func empty(after gone: Double) -> Double {
        exp(
            Combinations.logOfNone(
                marked: cost.records - gone, of: cost.records, drawn: cost.records * cost.share(1)))
    }
}

extension SISACost {
    /// J, exact for K different records: (1 - j / SR)^K becomes C(N - jN / SR, K) / C(N, K).
    package func batchWithoutReplacement(requests: Double) -> Double {
        DistinctRequests(self, requests: requests).passes()
    }

    /// Q, exact for K different records: (the cost of the first) [K - K (K - 1) / (2 (N - 1))], less what empty slices save.
    package func sequentialWithoutReplacement(requests: Double) -> Double {
        DistinctRequests(self, requests: 1).passes(ofRepairs: requests)
    }
}
