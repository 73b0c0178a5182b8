/// One choice of a recipe in canonical form: the one list from which identity, equality and differences are made.
struct RecipeField: Equatable {
    var keyPath: String
    var role: Role
    /// Injective: two choices have the same bytes only if they are the same.
    var value: [UInt8]

    enum Role {
        /// Can change a trained weight.
        case training
        /// Can only change which record is in which shard and slice.
        case assignment
        /// Where records and backbone come from; their content has digests of its own.
        case source
        /// Can change an answer or a display, but no weight.
        case serving
        /// Can change what is computed again, but no weight and no answer.
        case cache
    }
}

extension RecipeField {
    init(_ keyPath: String, _ role: Role, _ text: String) {
        self.init(keyPath: keyPath, role: role, value: Array(text.utf8))
    }

    init(_ keyPath: String, _ role: Role, list: [String]) {
        self.init(keyPath: keyPath, role: role, value: list.flatMap { Self.framed(Array($0.utf8)) })
    }

    /// The bytes with their count before them, so that one value can never run into the next.
    static func framed(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt64(bytes.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + bytes
    }
}
