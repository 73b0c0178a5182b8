internal import CKernels

/// Where the kernels' time goes, in seconds summed over threads.
///
/// Off at first, because every call then reads the clock twice. It counts for the whole process, so that only a
/// measurement that has the process to itself may use it.
package struct Profile: Sendable, Equatable {
    /// What a kernel does.
    package enum Kind: Int, CaseIterable, Sendable {
        case product, pack, softmax, layerNorm, activation, optimizer, other

        fileprivate var code: Int32 {
            switch self {
            case .product: Int32(SISA_PROFILE_PRODUCT)
            case .pack: Int32(SISA_PROFILE_PACK)
            case .softmax: Int32(SISA_PROFILE_SOFTMAX)
            case .layerNorm: Int32(SISA_PROFILE_LAYER_NORM)
            case .activation: Int32(SISA_PROFILE_ACTIVATION)
            case .optimizer: Int32(SISA_PROFILE_OPTIMIZER)
            case .other: Int32(SISA_PROFILE_OTHER)
            }
        }
    }

    /// Seconds by kind, summed over threads.
    package let seconds: [Kind: Double]

    /// Starts at zero, or stops and forgets.
    package static func record(_ on: Bool) { sisa_profile(on) }

    /// What has been summed since the last reading, which begins anew.
    package static func read() -> Profile {
        var sums = [Double](repeating: 0, count: Int(SISA_PROFILE_COUNT))
        unsafe sums.withUnsafeMutableBufferPointer {
            if let base = $0.baseAddress { unsafe sisa_profile_read(base) }
        }
        return Profile(seconds: Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, sums[Int($0.code)]) }))
    }
}
