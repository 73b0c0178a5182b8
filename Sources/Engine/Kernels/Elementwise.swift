internal import CKernels

/// The functions between two matrix products, element by element, over the first `count` elements of their buffers.
package enum Elementwise {
    /// y = f(x) of an activation f.
    package static func activate(_ kind: Activation, count: Int, _ x: [Float], into y: inout [Float]) {
        precondition(count <= x.count && count <= y.count)
        unsafe x.withUnsafeBufferPointer { x in
            unsafe y.withUnsafeMutableBufferPointer { y in
                guard let from = x.baseAddress, let to = y.baseAddress else { return }
                unsafe sisa_activation_forward(kind.code, count, from, to)
            }
        }
    }

    /// Turns the gradient of an activation's result into that of its argument `x`, in place.
    package static func activateBackward(_ kind: Activation, count: Int, _ x: [Float], gradient: inout [Float]) {
        precondition(count <= x.count && count <= gradient.count)
        unsafe x.withUnsafeBufferPointer { x in
            unsafe gradient.withUnsafeMutableBufferPointer { gradient in
                guard let from = x.baseAddress, let to = gradient.baseAddress else { return }
                unsafe sisa_activation_backward(kind.code, count, from, to, to)
            }
        }
    }

    /// y = y + x, over the first `count` elements.
    package static func add(count: Int, _ x: [Float], to y: inout [Float]) {
        precondition(count <= x.count && count <= y.count)
        unsafe x.withUnsafeBufferPointer { x in
            unsafe y.withUnsafeMutableBufferPointer { y in
                guard let from = x.baseAddress, let to = y.baseAddress else { return }
                unsafe sisa_add(count, from, to)
            }
        }
    }

    /// Multiplies the values of a range with a factor, in place.
    package static func scale(_ factor: Float, _ range: Range<Int>, of values: inout [Float]) {
        precondition(range.lowerBound >= 0 && range.upperBound <= values.count)
        unsafe values.withUnsafeMutableBufferPointer {
            guard let base = $0.baseAddress else { return }
            unsafe sisa_scale(range.count, factor, base + range.lowerBound, base + range.lowerBound)
        }
    }

    /// Replaces each value with its hyperbolic tangent.
    package static func tanh(_ values: inout [Float]) {
        let count = values.count
        unsafe values.withUnsafeMutableBufferPointer {
            guard let base = $0.baseAddress else { return }
            unsafe sisa_tanh(count, base, base)
        }
    }

    /// The natural logarithm, as docs/numerics.md defines it.
    package static func log(_ value: Float) -> Float {
        var result: Float = 0
        unsafe withUnsafePointer(to: value) { from in
            unsafe withUnsafeMutablePointer(to: &result) { unsafe sisa_log(1, from, $0) }
        }
        return result
    }

    /// Whether no value is infinite or a NaN.
    package static func allFinite(_ values: [Float]) -> Bool {
        unsafe values.withUnsafeBufferPointer {
            guard let base = $0.baseAddress else { return true }
            return unsafe sisa_all_finite($0.count, base)
        }
    }

    /// One AdamW step on ranges that do not overlap, each with constants of its own.
    package static func adamW(
        _ parts: [Optimizer.Part], _ constants: [AdamWConstants], weights: inout [Float], first: inout [Float],
        second: inout [Float], _ pool: ThreadPool
    ) {
        precondition(parts.count == constants.count && first.count == weights.count && second.count == weights.count)
        for part in parts {
            precondition(part.range.lowerBound >= 0 && part.range.upperBound <= weights.count)
            precondition(part.offset >= 0 && part.offset + part.range.count <= part.gradient.count)
        }
        unsafe weights.withUnsafeMutableBufferPointer { weights in
            unsafe first.withUnsafeMutableBufferPointer { first in
                unsafe second.withUnsafeMutableBufferPointer { second in
                    guard let w = weights.baseAddress, let m = first.baseAddress, let v = second.baseAddress
                    else { return }
                    // Safe: no two parts share an element.
                    _ = pool.map(parts.count) { _, index in
                        let part = parts[index]
                        let at = part.range.lowerBound
                        var c = constants[index].forKernel
                        unsafe part.gradient.withUnsafeBufferPointer { gradient in
                            guard let g = gradient.baseAddress else { return }
                            unsafe sisa_adamw(part.range.count, w + at, g + part.offset, m + at, v + at, &c)
                        }
                    }
                }
            }
        }
    }
}

/// The numbers of one AdamW step, each already rounded to binary32.
package struct AdamWConstants: Sendable {
    /// The share of a weight that the step takes away.
    package var learningRateTimesDecay: Float
    /// The share of the first moment that the step keeps, and the gradient's share of it.
    package var beta1, oneMinusBeta1: Float
    /// The share of the second moment that the step keeps, and the squared gradient's share of it.
    package var beta2, oneMinusBeta2: Float
    /// Learning rate over 1 - beta1^t.
    package var step: Float
    /// 1 / sqrt(1 - beta2^t).
    package var inverseRootOfCorrection2: Float
    /// What is added to the root of the second moment.
    package var epsilon: Float

    fileprivate var forKernel: sisa_adamw_constants {
        sisa_adamw_constants(
            lr_decay: learningRateTimesDecay, beta1: beta1, one_minus_beta1: oneMinusBeta1, beta2: beta2,
            one_minus_beta2: oneMinusBeta2, step: step, inverse_sqrt_correction2: inverseRootOfCorrection2,
            epsilon: epsilon)
    }
}

/// The function between the two halves of a feed-forward block.
package typealias Activation = BackboneConfiguration.Activation

extension Activation {
    fileprivate var code: Int32 {
        switch self {
        case .gelu: Int32(SISA_GELU)
        case .geluTanh: Int32(SISA_GELU_TANH)
        case .relu: Int32(SISA_RELU)
        case .silu: Int32(SISA_SILU)
        }
    }
}
