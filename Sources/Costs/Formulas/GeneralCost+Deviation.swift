internal import Foundation

extension GeneralCost {
    /// Standard deviation of the cost of K different requests answered together: of H - V, passes of stages that are
    /// reached less those of removed rows.
    ///
    /// With P_j = P(stage j not reached):
    ///
    ///     in one order  Cov(i, j) = P_j (1 - P_i) for i before j: the sets that reach stages are nested
    ///     in two        Cov(i, j) = P(neither) - P_i P_j, from the size of the union
    ///     two shards    Cov(i, j) = P_i P_j [(1 - u_i u_j)^K - 1], u^2 = (m / (N - m))^2 N / (N - K), as a binomial
    ///                   series: its terms are products of sums over shards. Exact with replacement; K well below N is
    ///                   near to that
    ///     with V        Cov(j, V) = -P_j K (mean passes of a record that does not reach j - mean passes of a record)
    ///
    /// All but the third are exact; what slices that run empty do to the spread is left out. Cost: linear in cells with
    /// one order, with at most 40 terms; (B R)^2 a shard with B.
    func batchDeviation(_ requests: Double) -> Double {
        let (n, k) = (Double(records), requests)
        let mean = passesOfARecord
        var (variance, passSquares) = (0.0, 0.0)
        let stretch = n > k ? (n / (n - k)).squareRoot() : 1
        var series = Series(terms: min(Int(k), 40))
        for shard in orders.indices {
            let sets = orders[shard].map { order in
                order.stages.indices.map { exp(Combinations.logOfNone(marked: order.marked($0), of: n, drawn: k)) }
            }
            let passes = passesOfRecords(shard)
            for (size, each) in zip(slices[shard], passes) {
                passSquares += Double(size) * (each - mean) * (each - mean)
            }
            for (index, order) in orders[shard].enumerated() {
                var (below, next, markedPasses) = (0.0, 0, 0.0)
                for stage in order.stages.indices {
                    while next < order.reach[stage] {
                        markedPasses += Double(order.sizes[next]) * passes[order.sequence[next]]
                        next += 1
                    }
                    let (weight, missed, marked) = (order.stages[stage], sets[index][stage], order.marked(stage))
                    variance += weight * missed * (weight * (1 - missed) + 2 * below)
                    below += weight * (1 - missed)
                    guard missed > 0, n > marked else { continue }
                    series.add(weight * missed, marked / (n - marked) * stretch)
                    variance += 2 * weight * missed * k * ((n * mean - markedPasses) / (n - marked) - mean)
                }
                for other in orders[shard].indices where other > index {
                    variance += 2 * covariance(order, sets[index], orders[shard][other], sets[other], k)
                }
            }
            series.endShard()
        }
        variance += k * passSquares / n * (n - k) / max(1, n - 1)
        return max(0, variance + series.sum(k)).squareRoot()
    }

    /// Sum over pairs of stages of different shards of x y [(1 - u v)^K - 1], term by term of the binomial series.
    private struct Series {
        private var all: [Double]
        private var shard: [Double]
        private var squares: [Double]

        init(terms: Int) {
            all = [Double](repeating: 0, count: terms)
            shard = all
            squares = all
        }

        mutating func add(_ weight: Double, _ u: Double) {
            var product = weight
            for term in shard.indices {
                product *= u
                shard[term] += product
            }
        }

        mutating func endShard() {
            for term in shard.indices {
                all[term] += shard[term]
                squares[term] += shard[term] * shard[term]
                shard[term] = 0
            }
        }

        func sum(_ k: Double) -> Double {
            var (sum, coefficient) = (0.0, 1.0)
            for term in all.indices {
                coefficient *= -(k - Double(term)) / Double(term + 1)
                sum += coefficient * (all[term] * all[term] - squares[term])
            }
            return sum
        }
    }

    /// Passes of a record of each slice in all orders.
    func passesOfRecords(_ shard: Int) -> [Double] {
        var each = [Double](repeating: 0, count: slices[shard].count)
        for order in orders[shard] {
            for position in order.sequence.indices { each[order.sequence[position]] += order.passes[position] }
        }
        return each
    }

    private func covariance(_ one: Order, _ missed: [Double], _ other: Order, _ missedToo: [Double], _ k: Double)
        -> Double
    {
        var place = [Int](repeating: 0, count: other.sequence.count)
        for (position, slice) in other.sequence.enumerated() { place[slice] = position }
        var sum = 0.0
        for stage in one.stages.indices where one.stages[stage] > 0 {
            // Records that reach this stage too, by their position in the other order.
            var shared = [Int](repeating: 0, count: other.sequence.count)
            for position in 0..<one.reach[stage] { shared[place[one.sequence[position]]] = one.sizes[position] }
            var (common, next) = (0, 0)
            for partner in other.stages.indices where other.stages[partner] > 0 {
                while next < other.reach[partner] {
                    common += shared[next]
                    next += 1
                }
                let union = one.marked(stage) + other.marked(partner) - Double(common)
                let neither = exp(Combinations.logOfNone(marked: union, of: Double(records), drawn: k))
                sum += one.stages[stage] * other.stages[partner] * (neither - missed[stage] * missedToo[partner])
            }
        }
        return sum
    }
}
