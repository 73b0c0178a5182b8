internal import CKernels

/// An instruction set that the kernels have a variant for.
///
/// All variants give the same bits; choosing one changes speed only.
package enum InstructionSet: String, CaseIterable, Sendable {
    case portable, avx2, avx512, neon

    /// Whether this build and this processor can run the variant.
    package var isAvailable: Bool { sisa_isa_available(code) }

    /// The variant in use, for the whole process.
    package static var current: InstructionSet {
        allCases.first { $0.code == sisa_isa_current() } ?? .portable
    }

    /// Makes this variant the one in use; false, and no change, where it is not available.
    @discardableResult
    package func select() -> Bool { sisa_isa_select(code) }

    private var code: Int32 {
        switch self {
        case .portable: Int32(SISA_ISA_PORTABLE)
        case .avx2: Int32(SISA_ISA_AVX2)
        case .avx512: Int32(SISA_ISA_AVX512)
        case .neon: Int32(SISA_ISA_NEON)
        }
    }
}
