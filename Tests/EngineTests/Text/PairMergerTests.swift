import Testing

@testable import Engine

/// Both ways of merging against the definition, step by step.
@Suite struct PairMergerTests {
    /// Looks for the pair of lowest rank, the leftmost of equal ones, as long as there is one.
    private func merged(_ symbols: [Int32], _ pairs: PairTable) -> [Int32] {
        var symbols = symbols
        while true {
            let merges = zip(symbols, symbols.dropFirst()).map { pairs[$0, $1] }
            guard let lowest = merges.map(\.rank).min(), lowest < .max,
                let place = merges.firstIndex(where: { $0.rank == lowest })
            else { return symbols }
            symbols.replaceSubrange(place...place + 1, with: [merges[place].token])
        }
    }

    /// Words over few letters merge deeply; equal ranks come up wherever `ranks` is small.
    @Test(arguments: [1, 3, 1000])
    func shortAndLongWordsMergeAsDefined(ranks: Int32) {
        func draw(_ count: Int, _ limit: Int32, _ context: String...) -> [Int32] {
            Philox(seed: UInt64(ranks), purpose: "merges", context: context).uniforms(count, bound: 1)
                .map { min(limit - 1, Int32(($0 + 1) / 2 * Float(limit))) }
        }
        for trial in 0..<40 {
            var pairs = PairTable()
            // Tokens are texts over two letters, so that a pair has one token and a token one text.
            var texts = ["a", "b"]
            for (index, both) in zip(draw(30, 1 << 20, "left", "\(trial)"), draw(30, 1 << 20, "right", "\(trial)"))
                .enumerated()
            {
                let (left, right) = (Int(both.0) % texts.count, Int(both.1) % texts.count)
                let text = texts[left] + texts[right]
                guard text.count < 12 else { continue }
                let known = texts.firstIndex(of: text)
                if known == nil { texts.append(text) }
                let merge = PairTable.Merge(rank: Int32(index) % ranks, token: Int32(known ?? texts.count - 1))
                _ = pairs.insert(Int32(left), Int32(right), merge)
            }
            for length in [0, 1, 2, 7, 47, 48, 49, 200] {
                let symbols = draw(length, 2, "symbols", "\(trial)")
                var merger = PairMerger()
                merger.symbols = symbols
                merger.merge(pairs)
                #expect(merger.symbols == merged(symbols, pairs))
            }
        }
    }
}
