import Engine
import Testing

extension KernelsTests {
    /// A query over the keys so far has the bits of its row in the product over all keys.
    @Suite struct Decoding {
        /// Heads as one buffer of rows: query, key and value, a row a token.
        struct Head {
            let (tokens, size): (Int, Int)
            let rows: [Float]

            func view(_ part: Int, tokens: Int) -> MatrixView {
                MatrixView(offset: part * size, rows: tokens, columns: size, rowStride: 3 * size)
            }

            /// All rows at once: products over padded squares, as training has them.
            func full(scale: Float) -> [Float] {
                var scores = [Float](repeating: .nan, count: tokens * tokens)
                var context = [Float](repeating: .nan, count: tokens * size)
                let square = MatrixView(rows: tokens, columns: tokens)
                let result = MatrixView(rows: tokens, columns: size)
                multiply(
                    rows, view(0, tokens: tokens), Panels(rows, view(1, tokens: tokens).transposed), into: &scores,
                    square)
                CausalAttention.softmax(&scores, square, scale: scale)
                multiply(scores, square, Panels(rows, view(2, tokens: tokens)), into: &context, result)
                CausalAttention.finish(&context, result)
                return context
            }

            /// One row after the other, over a cache of the keys and values up to it, wider than it has to be.
            func oneByOne(scale: Float) -> [Float] {
                let capacity = tokens + 5
                var keys = [Float](repeating: .nan, count: size * capacity)
                var context = [Float](repeating: .nan, count: tokens * size)
                var scores = [Float](repeating: .nan, count: tokens)
                for token in 0..<tokens {
                    for c in 0..<size { keys[c * capacity + token] = rows[token * 3 * size + size + c] }
                    CausalAttention.attend(
                        rows, at: token * 3 * size, keys,
                        MatrixView(rows: size, columns: token + 1, rowStride: capacity), rows,
                        view(2, tokens: token + 1), scale: scale, scores: &scores, into: &context, at: token * size)
                }
                return context
            }
        }

        @Test(arguments: Variant.available)
        func givesTheBitsOfTheFullPass(_ variant: Variant) {
            var numbers = Numbers(seed: 50)
            for (tokens, size) in [(1, 4), (2, 64), (15, 8), (16, 20), (17, 16), (40, 64), (65, 33), (130, 64)] {
                let head = Head(tokens: tokens, size: size, rows: numbers.plain(tokens * 3 * size))
                variant.run {
                    expectSameBits(head.oneByOne(scale: 0.125), head.full(scale: 0.125), "\(tokens) tokens")
                }
            }
        }

        /// Values so small that their products vanish: a chain may stand at -0 when its last key is done, and the zeros
        /// that pad it would make that +0.
        @Test(arguments: Variant.available)
        func givesTheBitsOfTheFullPassWhereProductsVanish(_ variant: Variant) {
            var numbers = Numbers(seed: 51)
            for (tokens, size) in [(3, 16), (18, 24), (33, 64)] {
                var rows = numbers.plain(tokens * 3 * size)
                for index in rows.indices where index % (3 * size) >= 2 * size {
                    rows[index] = [.leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0, -0.0][numbers.integer(0...3)]
                }
                let head = Head(tokens: tokens, size: size, rows: rows)
                variant.run {
                    let full = head.full(scale: 0.125)
                    expectSameBits(head.oneByOne(scale: 0.125), full, "\(tokens) tokens")
                    #expect(full.contains(0) && full.allSatisfy { $0 != 0 || $0.sign == .plus })
                }
            }
        }
    }
}
