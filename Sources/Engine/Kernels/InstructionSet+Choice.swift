/// A wish for an instruction set that cannot be met.
package enum InstructionSetError: Error, Equatable {
    case unknown(String)
    case unavailable(String)
}

extension InstructionSetError: CustomStringConvertible {
    package var description: String {
        let known = InstructionSet.allCases.filter(\.isAvailable).map(\.rawValue).joined(separator: ", ")
        return switch self {
        case .unknown(let name): "SISA_ISA is \"\(name)\", which is no instruction set; this machine can run: \(known)"
        case .unavailable(let name): "SISA_ISA is \"\(name)\", which this machine cannot run; it can run: \(known)"
        }
    }
}

extension InstructionSet {
    /// Makes the variant of this name the one in use; nil or empty: the best one stays.
    package static func choose(_ name: String?) throws(InstructionSetError) {
        guard let name, !name.isEmpty else { return }
        guard let set = InstructionSet(rawValue: name) else { throw .unknown(name) }
        guard set.select() else { throw .unavailable(name) }
    }
}
