internal import CKernels

/// A form in which a frozen matrix is kept in few bits: 16-bit numbers, and the block formats of GGUF files.
///
/// A product widens each number to binary32 when it meets it (docs/numerics.md); its bits are the widened matrix's.
package enum CompactKind: Sendable, CaseIterable {
    case f16, bf16, q4_0, q4_1, q5_0, q5_1, q8_0, q4K, q5K, q6K

    /// The numbers of a row that share one block; 1 where each is by itself.
    package var blockElements: Int { sisa_compact_depth(code) }

    /// The bytes of a block.
    package var blockBytes: Int { sisa_compact_block(code) }

    var code: Int32 {
        switch self {
        case .f16: Int32(SISA_F16)
        case .bf16: Int32(SISA_BF16)
        case .q4_0: Int32(SISA_Q4_0)
        case .q4_1: Int32(SISA_Q4_1)
        case .q5_0: Int32(SISA_Q5_0)
        case .q5_1: Int32(SISA_Q5_1)
        case .q8_0: Int32(SISA_Q8_0)
        case .q4K: Int32(SISA_Q4_K)
        case .q5K: Int32(SISA_Q5_K)
        case .q6K: Int32(SISA_Q6_K)
        }
    }
}
