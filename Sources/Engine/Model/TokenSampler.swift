/// Draws tokens from next-token distributions, each draw by a seed and a position alone, so that it can be made again.
package struct TokenSampler: Sendable {
    private let temperature: Float
    private let share: Double
    private let random: Philox

    /// `temperature`: what logarithms are divided by, more than 0. `share`: how much of the probability stays (top-p),
    /// above 0 and at most 1.
    package init(temperature: Double, share: Double, seed: UInt64) {
        precondition(temperature > 0 && share > 0 && share <= 1)
        self.temperature = Float(temperature)
        self.share = share
        random = Philox(seed: seed, purpose: "sample", context: [])
    }

    /// The token drawn for a position of a text, from the logarithms of all tokens' probabilities.
    ///
    /// p = softmax(logarithms / temperature). Of the tokens by falling probability, the lower id first among equals, as
    /// few stay as have `share` of it together. Then u of [0, 1) is drawn: the token is the first in the order of ids
    /// at which the sum of what stays exceeds u times the whole of it. Sums are in binary64.
    package func token(_ logarithms: [Float], position: Int) -> Int32 {
        var p = logarithms
        Rows.softmax(&p, MatrixView(rows: 1, columns: p.count), scale: 1 / temperature)
        if share < 1 { keepMost(&p) }
        let whole = p.reduce(0.0) { $0 + Double($1) }
        let bound = Double(random.word(at: UInt64(position)) >> 11) * 0x1p-53 * whole
        var (sum, last) = (0.0, 0)
        for (id, value) in p.enumerated() where value > 0 {
            sum += Double(value)
            last = id
            if sum > bound { break }
        }
        return Int32(last)
    }

    /// Makes +0 of what does not stay. Only tokens above a bound are sorted, which falls until they are enough.
    private func keepMost(_ p: inout [Float]) {
        let wanted = share * p.reduce(0.0) { $0 + Double($1) }
        let most = p.max() ?? 0
        var (bound, likely): (Float, [Int]) = (most, [])
        repeat {
            bound *= 0x1p-4
            likely = p.indices.filter { p[$0] >= bound && p[$0] > 0 }
        } while bound > 0 && likely.reduce(0.0) { $0 + Double(p[$1]) } < wanted
        likely.sort { p[$0] > p[$1] || (p[$0] == p[$1] && $0 < $1) }
        var kept = [Float](repeating: 0, count: p.count)
        var sum = 0.0
        for id in likely {
            kept[id] = p[id]
            sum += Double(p[id])
            if sum >= wanted { break }
        }
        p = kept
    }
}
