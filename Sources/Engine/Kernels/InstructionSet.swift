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

    /// Makes the variant of this name the one in use; nil or empty: the best one stays.
    package static func choose(_ name: String?) throws(InstructionSetError) {
        guard let name, !name.isEmpty else { return }
        guard let set = InstructionSet(rawValue: name) else { throw .unknown(name) }
        guard set.select() else { throw .unavailable(name) }
    }

    private var code: Int32 {
        switch self {
        case .portable: Int32(SISA_ISA_PORTABLE)
        case .avx2: Int32(SISA_ISA_AVX2)
        case .avx512: Int32(SISA_ISA_AVX512)
        case .neon: Int32(SISA_ISA_NEON)
        }
    }
}

/// A wish for an instruction set that cannot be met.
package enum InstructionSetError: Error, Equatable {
    case unknown(String)
    case unavailable(String)
}

extension InstructionSetError: CustomStringConvertible {
    /// The message for a person: what was found, what was expected, what to do.
    package var description: String {
        let known = InstructionSet.allCases.filter(\.isAvailable).map(\.rawValue).joined(separator: ", ")
        return switch self {
        case .unknown(let name): "SISA_ISA is \"\(name)\", which is no instruction set; this machine can run: \(known)"
        case .unavailable(let name): "SISA_ISA is \"\(name)\", which this machine cannot run; it can run: \(known)"
        }
    }
}

/// What a loop says to the processor it runs on.
enum Processor {
    /// This thread watches a memory location: its core may do something else for a moment.
    static func relax() { sisa_relax() }
}
