import CKernels
import TestSupport
import Testing

extension KernelsTests {
    @Suite struct Elementwise {
        /// The functions of one number.
        enum Function: CaseIterable {
            case exp, log, tanh, gelu, geluTanh, relu, silu, scale

            func kernel(_ n: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
                switch self {
                case .exp: unsafe sisa_exp(n, x, y)
                case .log: unsafe sisa_log(n, x, y)
                case .tanh: unsafe sisa_tanh(n, x, y)
                case .gelu: unsafe sisa_activation_forward(Int32(SISA_GELU), n, x, y)
                case .geluTanh: unsafe sisa_activation_forward(Int32(SISA_GELU_TANH), n, x, y)
                case .relu: unsafe sisa_activation_forward(Int32(SISA_RELU), n, x, y)
                case .silu: unsafe sisa_activation_forward(Int32(SISA_SILU), n, x, y)
                case .scale: unsafe sisa_scale(n, -0.3, x, y)
                }
            }

            func twin(_ x: Float) -> Float {
                switch self {
                case .exp: SlowTwins.exp(x)
                case .log: SlowTwins.log(x)
                case .tanh: SlowTwins.tanh(x)
                case .gelu: SlowTwins.gelu(x)
                case .geluTanh: SlowTwins.geluTanh(x)
                case .relu: SlowTwins.relu(x)
                case .silu: SlowTwins.silu(x)
                case .scale: -0.3 * x
                }
            }
        }

        @Test(arguments: Variant.available, Function.allCases)
        func equalsItsSlowTwin(_ variant: Variant, _ function: Function) {
            var numbers = Numbers(seed: 10)
            variant.run {
                for count in Array(0...40) + [1000] {
                    let x = count % 2 == 0 ? numbers.plain(count, bound: 12) : numbers.wild(count)
                    let expected = x.map(function.twin)
                    let offset = numbers.integer(0...15)
                    let apart = unsafe written(x.map { _ in 7 }, offset: offset) {
                        unsafe function.kernel(count, x, $0)
                    }
                    expectSameBits(apart, expected, "count \(count)")
                    let inPlace = unsafe written(x, offset: offset) { unsafe function.kernel(count, $0, $0) }
                    expectSameBits(inPlace, expected, "in place, count \(count)")
                }
            }
        }

        /// Every 8,191st of all bit patterns, so that exponents, signs and borders all have their turn.
        @Test(arguments: Function.allCases)
        func equalsItsSlowTwinAllOverTheNumberLine(_ function: Function) {
            let x = stride(from: UInt64(0), to: 1 << 32, by: 8_191).map { Float(bitPattern: UInt32($0)) }
            let expected = x.map(function.twin)
            for variant in Variant.available {
                let found = variant.run { unsafe written(x) { unsafe function.kernel(x.count, x, $0) } }
                expectSameBits(found, expected, variant.testDescription)
            }
        }

        @Test(arguments: Variant.available)
        func slopesEqualTheirSlowTwins(_ variant: Variant) {
            let slopes: [(Int, (Float) -> Float)] = [
                (Int(SISA_GELU), SlowTwins.geluSlope), (Int(SISA_GELU_TANH), SlowTwins.geluTanhSlope),
                (Int(SISA_RELU), SlowTwins.reluSlope), (Int(SISA_SILU), SlowTwins.siluSlope)
            ]
            var numbers = Numbers(seed: 11)
            for (kind, slope) in slopes {
                for count in Array(0...40) + [20_000] {
                    let x = count % 2 == 0 ? numbers.plain(count, bound: 12) : numbers.wild(count)
                    let dy = count % 3 == 0 ? numbers.wild(count) : numbers.plain(count)
                    let expected = x.indices.map { dy[$0] * slope(x[$0]) }
                    let found = variant.run {
                        unsafe written(dy, offset: numbers.integer(0...15)) {
                            unsafe sisa_activation_backward(Int32(kind), count, x, $0, $0)
                        }
                    }
                    expectSameBits(found, expected, "kind \(kind), count \(count)")
                }
            }
        }

        @Test(arguments: Variant.available)
        func swigluEqualsItsSlowTwinForwardAndBackward(_ variant: Variant) {
            var numbers = Numbers(seed: 14)
            for count in Array(0...40) + [999] {
                let wild = count % 2 == 1
                let some = { (numbers: inout Numbers) in
                    wild ? numbers.wild(count) : numbers.plain(count, bound: 100)
                }
                let (gate, up, dy) = (some(&numbers), some(&numbers), some(&numbers))
                variant.run {
                    let y = unsafe written(dy, offset: count % 16) {
                        unsafe sisa_swiglu_forward(count, gate, up, $0)
                    }
                    expectSameBits(y, gate.indices.map { SlowTwins.silu(gate[$0]) * up[$0] }, "y, count \(count)")
                    let inPlace = unsafe written(gate) { unsafe sisa_swiglu_forward(count, $0, up, $0) }
                    expectSameBits(inPlace, y, "in place, count \(count)")
                    let expected = gate.indices.map { SlowTwins.swigluBackward(dy[$0], gate: gate[$0], up: up[$0]) }
                    var dUp = up
                    let dGate = unsafe written(gate, offset: count % 16) { gate in
                        unsafe dUp.withUnsafeMutableBufferPointer { up in
                            if let up = up.baseAddress {
                                unsafe sisa_swiglu_backward(count, dy, gate, up, gate, up)
                            }
                        }
                    }
                    expectSameBits(dGate, expected.map(\.gate), "gate, count \(count)")
                    expectSameBits(dUp, expected.map(\.up), "up, count \(count)")
                }
            }
        }

        @Test func swigluGivesNumbersForEveryGateThatIsOne() {
            let gate = stride(from: UInt64(0), to: 1 << 32, by: 40_009).map { Float(bitPattern: UInt32($0)) }
                .filter(\.isFinite)
            let ones = [Float](repeating: 1, count: gate.count)
            var (dGate, dUp) = (ones, ones)
            let y = unsafe written(ones) { unsafe sisa_swiglu_forward(gate.count, gate, ones, $0) }
            unsafe sisa_swiglu_backward(gate.count, ones, gate, ones, &dGate, &dUp)
            #expect((y + dGate + dUp).allSatisfy { $0.isFinite })
        }

        @Test(arguments: Variant.available)
        func addEqualsItsSlowTwin(_ variant: Variant) {
            var numbers = Numbers(seed: 12)
            for count in Array(0...40) + [999] {
                let (x, y) = (numbers.wild(count), numbers.wild(count))
                let found = variant.run { unsafe written(y, offset: count % 16) { unsafe sisa_add(count, x, $0) } }
                expectSameBits(found, x.indices.map { y[$0] + x[$0] })
            }
        }

        @Test(arguments: Variant.available)
        func oneValueThatIsNotFiniteIsFoundAnywhere(_ variant: Variant) {
            variant.run {
                for count in [0, 1, 15, 16, 17, 40, 4096, 5000] {
                    var x = [Float](repeating: -Float.greatestFiniteMagnitude, count: count)
                    #expect(unsafe sisa_all_finite(count, x))
                    for index in [0, 7, 16, 39, 4095, 4999] where index < count {
                        for fault in [Float.infinity, -.infinity, .nan, .signalingNaN] {
                            x[index] = fault
                            #expect(unsafe !sisa_all_finite(count, x))
                        }
                        x[index] = -0.0
                        #expect(unsafe sisa_all_finite(count, x))
                    }
                }
            }
        }

        @Test(arguments: Variant.available)
        func adamWEqualsItsSlowTwin(_ variant: Variant) {
            var numbers = Numbers(seed: 13)
            var c = sisa_adamw_constants()
            (c.lr_decay, c.step, c.inverse_sqrt_correction2, c.epsilon) = (0.3, 3e-3, 1.7, 1e-8)
            (c.beta1, c.one_minus_beta1, c.beta2, c.one_minus_beta2) = (0.9, 0.1, 0.999, 1e-3)
            for count in Array(0...40) + [500] {
                let wild = count % 2 == 1
                let (w, g) =
                    wild ? (numbers.wild(count), numbers.wild(count)) : (numbers.plain(count), numbers.plain(count))
                let (m, v) = (numbers.plain(count), numbers.plain(count).map(\.magnitude))
                var (expectedW, expectedM, expectedV) = (w, m, v)
                for i in w.indices {
                    SlowTwins.adamW(
                        w: &expectedW[i], g: g[i], m: &expectedM[i], v: &expectedV[i], lrDecay: c.lr_decay,
                        beta1: c.beta1, oneMinusBeta1: c.one_minus_beta1, beta2: c.beta2,
                        oneMinusBeta2: c.one_minus_beta2, step: c.step,
                        inverseSqrtCorrection2: c.inverse_sqrt_correction2, epsilon: c.epsilon)
                }
                variant.run {
                    var (newM, newV) = (m, v)
                    let newW = unsafe written(w, offset: count % 16) {
                        unsafe sisa_adamw(count, $0, g, &newM, &newV, &c)
                    }
                    expectSameBits(newW, expectedW, "w, count \(count)")
                    expectSameBits(newM, expectedM, "m, count \(count)")
                    expectSameBits(newV, expectedV, "v, count \(count)")
                }
            }
        }
    }
}
