import CKernels
import TestSupport
import Testing

extension KernelsTests {
    @Suite struct MatrixProduct {
        /// A product as `sisa_gemm` sees it: A with any strides, B packed, C with gaps between its rows.
        struct Problem {
            var (m, n, k) = (0, 0, 0)
            var a: [Float] = []  // (m, k), or (k, m) if transposed
            var b: [Float] = []  // (k, n)
            var c: [Float] = []  // (m, row stride)
            var transposed = false
            var gap = 0
            var offset = 0

            var rowStride: Int { n + gap }

            func packed() -> [Float] {
                unsafe written([Float](repeating: 7, count: sisa_packed_count(k, n))) { packed in
                    unsafe sisa_pack(k, n, b, n, 1, packed)
                }
            }

            /// The product by the kernel, on top of `c`.
            func product(onto c: [Float], start: Int, bias: [Float] = []) -> [Float] {
                let packed = packed()
                return unsafe written(c, offset: offset) { c in
                    unsafe sisa_gemm(
                        m, n, k, a, transposed ? 1 : k, transposed ? m : 1, packed, c, rowStride, Int32(start), bias)
                }
            }

            /// What the slow twin makes of it.
            func expected(start: Int, bias: [Float] = []) -> [Float] {
                let row = { (i: Int) -> [Float] in
                    switch start {
                    case SISA_START_ZERO: [Float](repeating: 0, count: n)
                    case SISA_START_BIAS: bias
                    default: Array(c[i * rowStride..<i * rowStride + n])
                    }
                }
                var dense = (0..<m).flatMap(row)
                let plainA = transposed ? (0..<m * k).map { a[$0 % k * m + $0 / k] } : a
                SlowTwins.multiplyAdd(plainA, b, into: &dense, k: k, n: n)
                var all = c
                for i in 0..<m {
                    all.replaceSubrange(i * rowStride..<i * rowStride + n, with: dense[i * n..<(i + 1) * n])
                }
                return all
            }

            static func random(_ numbers: inout Numbers, _ m: Int, _ n: Int, _ k: Int, wild: Bool = false) -> Problem {
                var p = Problem(m: m, n: n, k: k)
                p.transposed = numbers.integer(0...1) == 1
                p.gap = numbers.integer(0...3)
                p.offset = numbers.integer(0...15)
                p.a = wild ? numbers.wild(m * k) : numbers.plain(m * k)
                p.b = wild ? numbers.wild(k * n) : numbers.plain(k * n)
                p.c = wild ? numbers.wild(m * p.rowStride) : numbers.plain(m * p.rowStride)
                return p
            }
        }

        static let starts = [SISA_START_ZERO, SISA_START_STORED, SISA_START_BIAS].map { Int($0) }

        @Test func packingFillsPanelsWithZeros() {
            var numbers = Numbers(seed: 1)
            for (k, n) in [(0, 5), (1, 1), (3, 16), (70, 17), (5, 40), (129, 31), (8, 8), (4, 13), (6, 63)] {
                let b = numbers.plain(k * n)
                let transposed = (0..<k * n).map { b[$0 % k * n + $0 / k] }
                let expected = SlowTwins.pack(b, k: k, n: n)
                let start = [Float](repeating: 7, count: sisa_packed_count(k, n))
                expectSameBits(unsafe written(start) { unsafe sisa_pack(k, n, b, n, 1, $0) }, expected)
                expectSameBits(unsafe written(start) { unsafe sisa_pack(k, n, transposed, 1, k, $0) }, expected)
            }
        }

        @Test(arguments: Variant.available)
        func equalsTheSlowTwinOnEverySmallShape(_ variant: Variant) {
            var numbers = Numbers(seed: 2)
            for m in [1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 25] {
                for n in [1, 3, 8, 15, 16, 17, 32, 33, 47] {
                    for k in [0, 1, 2, 8, 33] {
                        let problem = Problem.random(&numbers, m, n, k)
                        let bias = numbers.plain(n)
                        let start = Self.starts[numbers.integer(0...2)]
                        expectSameBits(
                            variant.run { problem.product(onto: problem.c, start: start, bias: bias) },
                            problem.expected(start: start, bias: bias), "m \(m) n \(n) k \(k) start \(start)")
                    }
                }
            }
        }

        @Test(arguments: Variant.available)
        func equalsTheSlowTwinAcrossBlocks(_ variant: Variant) {
            var numbers = Numbers(seed: 3)
            for (m, n, k) in [(75, 18, 385), (7, 50, 800), (146, 33, 40), (1, 16, 1200), (80, 5, 384)] {
                for start in Self.starts {
                    let problem = Problem.random(&numbers, m, n, k)
                    let bias = numbers.plain(n)
                    expectSameBits(
                        variant.run { problem.product(onto: problem.c, start: start, bias: bias) },
                        problem.expected(start: start, bias: bias), "m \(m) n \(n) k \(k) start \(start)")
                }
            }
        }

        /// Every number of rows up to three tiles: whole ones, the last two alike, few rows against several panels.
        @Test(arguments: Variant.available)
        func equalsTheSlowTwinForEveryNumberOfRows(_ variant: Variant) {
            var numbers = Numbers(seed: 8)
            for m in 1...40 {
                for n in [8, 16, 61, 120] {
                    let problem = Problem.random(&numbers, m, n, 9, wild: m % 4 == 0)
                    let (bias, start) = (numbers.plain(n), Self.starts[m % 3])
                    expectSameBits(
                        variant.run { problem.product(onto: problem.c, start: start, bias: bias) },
                        problem.expected(start: start, bias: bias), "m \(m) n \(n) start \(start)")
                }
            }
        }

        /// The last panel alone and behind others, narrow and wide, against A along its rows and down its columns.
        @Test(arguments: Variant.available, [false, true])
        func equalsTheSlowTwinForEveryWidthOfTheLastPanel(_ variant: Variant, transposed: Bool) {
            var numbers = Numbers(seed: 9)
            for n in Array(1...17) + [33, 40, 41, 56] {
                for (m, k) in [(1, 3), (15, 20), (16, 1), (35, 40), (90, 7)] {
                    for wild in [false, true] {
                        var problem = Problem.random(&numbers, m, n, k, wild: wild)
                        problem.transposed = transposed
                        let (bias, start) = (numbers.plain(n), Self.starts[numbers.integer(0...2)])
                        expectSameBits(
                            variant.run { problem.product(onto: problem.c, start: start, bias: bias) },
                            problem.expected(start: start, bias: bias), "m \(m) n \(n) k \(k) start \(start)")
                    }
                }
            }
        }

        /// B small enough to take all panels for each tile of rows, and just too large; more rows than a block has.
        @Test(arguments: Variant.available)
        func equalsTheSlowTwinAroundTheSizeAtWhichTheOrderOfTilesChanges(_ variant: Variant) {
            var numbers = Numbers(seed: 15)
            for (m, n, k) in [(20, 4096, 8), (5, 4112, 8), (2, 4100, 8), (3, 4112, 8), (1, 4112, 8), (150, 24, 16)] {
                let problem = Problem.random(&numbers, m, n, k)
                let bias = numbers.plain(n)
                for start in Self.starts {
                    expectSameBits(
                        variant.run { problem.product(onto: problem.c, start: start, bias: bias) },
                        problem.expected(start: start, bias: bias), "m \(m) n \(n) k \(k) start \(start)")
                }
            }
        }

        /// Rows 512 elements apart, or an A that is read down its columns: the kernel may work from a copy.
        @Test(arguments: Variant.available, [false, true])
        func equalsTheSlowTwinWhereTheMatrixIsAwkward(_ variant: Variant, transposed: Bool) {
            var numbers = Numbers(seed: 7)
            for (m, n, k) in [(75, 70, 512), (145, 64, 130), (300, 64, 130), (13, 97, 400), (30, 8, 1024), (50, 5, 500)]
            {
                var problem = Problem.random(&numbers, m, n, k)
                problem.transposed = transposed
                expectSameBits(
                    variant.run { problem.product(onto: problem.c, start: Int(SISA_START_STORED)) },
                    problem.expected(start: Int(SISA_START_STORED)), "m \(m) n \(n) k \(k)")
            }
        }

        @Test(arguments: Variant.available)
        func keepsTheBitsOfSpecialValues(_ variant: Variant) {
            var numbers = Numbers(seed: 4)
            for _ in 0..<60 {
                let (m, n, k) = (numbers.integer(1...20), numbers.integer(1...40), numbers.integer(0...5))
                let problem = Problem.random(&numbers, m, n, k, wild: true)
                let bias = numbers.wild(n)
                for start in Self.starts {
                    expectSameBits(
                        variant.run { problem.product(onto: problem.c, start: start, bias: bias) },
                        problem.expected(start: start, bias: bias))
                }
            }
        }

        @Test(arguments: Variant.available)
        func aRowDoesNotDependOnOtherRows(_ variant: Variant) {
            var numbers = Numbers(seed: 5)
            var whole = Problem.random(&numbers, 40, 35, 70)
            whole.transposed = false
            whole.gap = 0
            let all = variant.run { whole.product(onto: whole.c, start: Int(SISA_START_ZERO)) }
            for first in [0, 1, 5, 6, 13, 39] {
                for count in [1, 2, 6, 7, 12, 40] where first + count <= 40 {
                    var part = whole
                    part.m = count
                    part.a = Array(whole.a[first * 70..<(first + count) * 70])
                    let start = [Float](repeating: 0, count: count * 35)
                    expectSameBits(
                        variant.run { part.product(onto: start, start: Int(SISA_START_ZERO)) },
                        Array(all[first * 35..<(first + count) * 35]))
                }
            }
        }

        @Test(arguments: Variant.available)
        func splittingColumnsOrTheInnerAxisKeepsTheBits(_ variant: Variant) {
            var numbers = Numbers(seed: 6)
            let (m, n, k) = (13, 50, 90)
            let (a, b) = (numbers.plain(m * k), numbers.plain(k * n))
            let whole = Problem(m: m, n: n, k: k, a: a, b: b)
            let zeros = [Float](repeating: 0, count: m * n)
            variant.run {
                let all = whole.product(onto: zeros, start: Int(SISA_START_ZERO))
                for cut in [1, 16, 31, 89] {
                    var (left, right) = (whole, whole)
                    (left.k, right.k) = (cut, k - cut)
                    left.a = (0..<m).flatMap { a[$0 * k..<$0 * k + cut] }
                    right.a = (0..<m).flatMap { a[$0 * k + cut..<($0 + 1) * k] }
                    (left.b, right.b) = (Array(b[..<(cut * n)]), Array(b[(cut * n)...]))
                    let half = left.product(onto: zeros, start: Int(SISA_START_ZERO))
                    expectSameBits(right.product(onto: half, start: Int(SISA_START_STORED)), all, "k cut at \(cut)")
                }
                for cut in [1, 16, 31, 49] {
                    var left = whole
                    left.n = cut
                    left.b = (0..<k).flatMap { b[$0 * n..<$0 * n + cut] }
                    let start = [Float](repeating: 0, count: m * cut)
                    expectSameBits(
                        left.product(onto: start, start: Int(SISA_START_ZERO)),
                        (0..<m).flatMap { all[$0 * n..<$0 * n + cut] }, "n cut at \(cut)")
                }
            }
        }
    }
}
