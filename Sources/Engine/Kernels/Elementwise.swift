internal import CKernels

/// The functions between two matrix products, element by element, over the first `count` elements of their buffers.
package enum Elementwise {
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

    package static func scale(_ factor: Float, _ range: Range<Int>, of values: inout [Float]) {
        precondition(range.lowerBound >= 0 && range.upperBound <= values.count)
        unsafe values.withUnsafeMutableBufferPointer {
            guard let base = $0.baseAddress else { return }
            unsafe sisa_scale(range.count, factor, base + range.lowerBound, base + range.lowerBound)
        }
    }

    package static func tanh(_ values: inout [Float]) {
        let count = values.count
        unsafe values.withUnsafeMutableBufferPointer {
            guard let base = $0.baseAddress else { return }
            unsafe sisa_tanh(count, base, base)
        }
    }

    package static func log(_ value: Float) -> Float {
        var result: Float = 0
        unsafe withUnsafePointer(to: value) { from in
            unsafe withUnsafeMutablePointer(to: &result) { unsafe sisa_log(1, from, $0) }
        }
        return result
    }

    package static func allFinite(_ values: [Float]) -> Bool {
        unsafe values.withUnsafeBufferPointer {
            guard let base = $0.baseAddress else { return true }
            return unsafe sisa_all_finite($0.count, base)
        }
    }

    /// One AdamW step on a range of flat buffers: weights, gradient, first and second moment.
    package static func adamW(
        _ range: Range<Int>, weights: inout [Float], gradient: [Float], first: inout [Float],
        second: inout [Float], constants: AdamWConstants
    ) {
        let end = range.upperBound
        precondition(range.lowerBound >= 0 && end <= weights.count && end <= gradient.count)
        precondition(end <= first.count && end <= second.count)
        var c = sisa_adamw_constants(
            lr_decay: constants.learningRateTimesDecay, beta1: constants.beta1,
            one_minus_beta1: constants.oneMinusBeta1, beta2: constants.beta2,
            one_minus_beta2: constants.oneMinusBeta2, step: constants.step,
            inverse_sqrt_correction2: constants.inverseRootOfCorrection2, epsilon: constants.epsilon)
        let at = range.lowerBound
        unsafe weights.withUnsafeMutableBufferPointer { weights in
            unsafe gradient.withUnsafeBufferPointer { gradient in
                unsafe first.withUnsafeMutableBufferPointer { first in
                    unsafe second.withUnsafeMutableBufferPointer { second in
                        guard let w = weights.baseAddress, let g = gradient.baseAddress,
                            let m = first.baseAddress, let v = second.baseAddress
                        else { return }
                        unsafe sisa_adamw(range.count, w + at, g + at, m + at, v + at, &c)
                    }
                }
            }
        }
    }
}

/// The numbers of one AdamW step, each already rounded to binary32.
package struct AdamWConstants: Sendable {
    package var learningRateTimesDecay: Float
    package var beta1: Float
    package var oneMinusBeta1: Float
    package var beta2: Float
    package var oneMinusBeta2: Float
    /// Learning rate over 1 - beta1^t.
    package var step: Float
    /// 1 / sqrt(1 - beta2^t).
    package var inverseRootOfCorrection2: Float
    package var epsilon: Float
}

package typealias Activation = BackboneConfiguration.Activation

extension Activation {
    fileprivate var code: Int32 {
        switch self {
        case .gelu: Int32(SISA_GELU)
        case .geluTanh: Int32(SISA_GELU_TANH)
        case .relu: Int32(SISA_RELU)
        }
    }
}
