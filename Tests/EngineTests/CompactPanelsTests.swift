import Engine
import TestSupport
import Testing

extension KernelsTests {
    /// Matrices that stay in few bits give the products of the widened ones.
    @Suite struct CompactPanels {
        /// Any bytes at all; scales that are usual, or now and then any.
        static func rows(_ numbers: inout Numbers, _ kind: CompactKind, outputs: Int, inputs: Int) -> [UInt8] {
            let wild = numbers.integer(0...3) == 0
            var bytes: [UInt8] = []
            for _ in 0..<outputs * inputs / kind.blockElements {
                let start = bytes.count
                for _ in 0..<kind.blockBytes { bytes.append(UInt8(truncatingIfNeeded: numbers.bits())) }
                guard !wild else { continue }
                let scales: [Int] =
                    switch kind {
                    case .q6K: [208]
                    case .q4_1, .q5_1, .q4K, .q5K: [0, 2]
                    default: [0]
                    }
                // An exponent below that of 1, so that no chain runs over.
                for scale in scales { bytes[start + scale + 1] &= 0xB7 }
            }
            return bytes
        }

        /// (outputs, inputs), row-major.
        static func widened(_ kind: CompactKind, _ bytes: [UInt8]) -> [Float] {
            stride(from: 0, to: bytes.count, by: kind.blockBytes).flatMap { SlowTwins.widen(kind, bytes, at: $0) }
        }

        @Test(arguments: Variant.available, CompactKind.allCases)
        func productsEqualTheSlowTwinOfTheWidenedMatrix(_ variant: Variant, _ kind: CompactKind) {
            var numbers = Numbers(seed: 70)
            for m in [1, 1, 1, 2, 2, 3, 4, 7, 12, 16, 33, 40] {
                let n = numbers.integer(1...100)
                let k = kind.blockElements * numbers.integer(1...max(2, 300 / kind.blockElements))
                let bytes = Self.rows(&numbers, kind, outputs: n, inputs: k)
                let weights = Self.widened(kind, bytes)
                let turned = (0..<k * n).map { weights[$0 % n * k + $0 / n] }
                let panels = Panels(kind, bytes, outputs: n, inputs: k)
                let (stride, gap) = (k + numbers.integer(0...3), n + numbers.integer(0...3))
                let (a, c, bias) = (numbers.plain(m * stride), numbers.plain(m * gap), numbers.plain(n))
                let dense = (0..<m).flatMap { a[$0 * stride..<$0 * stride + k] }
                let starts: [(AccumulatorStart, (Int) -> [Float])] = [
                    (.zero, { _ in [Float](repeating: 0, count: n) }), (.bias(bias), { _ in bias }),
                    (.stored, { Array(c[$0 * gap..<$0 * gap + n]) })
                ]
                let (start, first) = starts[numbers.integer(0...2)]
                var expected = (0..<m).flatMap(first)
                SlowTwins.multiplyAdd(dense, turned, into: &expected, k: k, n: n)
                var found = c
                variant.run {
                    multiply(
                        a, MatrixView(rows: m, columns: k, rowStride: stride), panels, into: &found,
                        MatrixView(rows: m, columns: n, rowStride: gap), start: start)
                }
                var all = c
                for row in 0..<m {
                    all.replaceSubrange(row * gap..<row * gap + n, with: expected[row * n..<(row + 1) * n])
                }
                expectSameBits(found, all, "m \(m) n \(n) k \(k)")
            }
        }

        /// The columns of A side by side, which the kernel for few rows does not read.
        @Test(arguments: Variant.available)
        func aTurnedAHasTheSameProduct(_ variant: Variant) {
            var numbers = Numbers(seed: 71)
            for m in [1, 2, 5] {
                let bytes = Self.rows(&numbers, .q8_0, outputs: 20, inputs: 64)
                let panels = Panels(.q8_0, bytes, outputs: 20, inputs: 64)
                let a = numbers.plain(m * 64)
                let view = MatrixView(rows: m, columns: 64)
                let across = (0..<64 * m).map { a[$0 % m * 64 + $0 / m] }
                variant.run {
                    var (plain, turned) = ([Float](repeating: 0, count: m * 20), [Float](repeating: 0, count: m * 20))
                    multiply(a, view, panels, into: &plain, MatrixView(rows: m, columns: 20))
                    multiply(
                        across, MatrixView(rows: 64, columns: m).transposed, panels, into: &turned,
                        MatrixView(rows: m, columns: 20))
                    expectSameBits(turned, plain, "m \(m)")
                }
            }
        }

        @Test(arguments: [CompactKind.f16, .bf16])
        func anUnturnedMatrixOfHalvesIsThatOfItsNumbers(_ kind: CompactKind) {
            var numbers = Numbers(seed: 72)
            let (outputs, inputs) = (37, 21)
            let bytes = Self.rows(&numbers, kind, outputs: outputs, inputs: inputs)
            let a = numbers.plain(3 * outputs)
            var expected = [Float](repeating: 0, count: 3 * inputs)
            SlowTwins.multiplyAdd(a, Self.widened(kind, bytes), into: &expected, k: outputs, n: inputs)
            var found = expected.map { _ in Float.nan }
            multiply(
                a, MatrixView(rows: 3, columns: outputs),
                Panels(unturned: kind, bytes, outputs: outputs, inputs: inputs), into: &found,
                MatrixView(rows: 3, columns: inputs))
            expectSameBits(found, expected)
        }

        @Test func membersOfAPoolShareTheColumnsOfPackedBlocks() {
            var numbers = Numbers(seed: 73)
            for kind in CompactKind.allCases {
                let bytes = Self.rows(&numbers, kind, outputs: 150, inputs: 256)
                let panels = Panels(kind, bytes, outputs: 150, inputs: 256)
                let a = numbers.plain(256)
                let (row, result) = (MatrixView(rows: 1, columns: 256), MatrixView(rows: 1, columns: 150))
                var (alone, shared) = ([Float](repeating: 0, count: 150), [Float](repeating: 0, count: 150))
                multiply(a, row, panels, into: &alone, result)
                multiply(a, row, panels, into: &shared, result, ThreadPool(size: 3))
                expectSameBits(shared, alone, "\(kind)")
            }
        }

        /// A worked block: d = 1/2, and halves of bytes from 0 to 15 and back.
        @Test func aBlockHasTheNumbersThatItsBytesSay() {
            let block: [UInt8] = [
                0x00, 0x38, 0xf0, 0xe1, 0xd2, 0xc3, 0xb4, 0xa5, 0x96, 0x87, 0x78, 0x69, 0x5a, 0x4b, 0x3c, 0x2d, 0x1e,
                0x0f
            ]
            var row = [Float](repeating: 0, count: 32)
            let panels = Panels(.q4_0, block, outputs: 1, inputs: 32)
            for p in 0..<32 {
                var (one, result) = ([Float](repeating: 0, count: 32), [Float](repeating: 0, count: 1))
                one[p] = 1
                multiply(one, MatrixView(rows: 1, columns: 32), panels, into: &result, MatrixView(rows: 1, columns: 1))
                row[p] = result[0]
            }
            let rising: [Float] = (0..<16).map { Float($0 - 8) / 2 }
            #expect(row == rising + rising.reversed())
        }
    }
}
