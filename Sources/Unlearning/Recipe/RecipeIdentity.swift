/// One choice of a recipe in canonical form.
struct RecipeField: Equatable {
    /// The key's name, for example `adapter.rank`.
    let keyPath: String
    /// What another value can change.
    let effects: RecipeKey.Effects
    /// Injective: two choices have the same bytes only if they are the same.
    let value: [UInt8]

    /// A list of texts as bytes, each with its length, so that no two lists have the same.
    static func bytes(_ words: [String]) -> [UInt8] { words.flatMap { framed(Array($0.utf8)) } }

    /// The bytes with their count before them (8, little-endian), so that one value can never run into the next.
    static func framed(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt64(bytes.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + bytes
    }
}

extension RecipeKey {
    /// All keys in the order of the identity, in which later ones may follow others than in the table.
    private static let inIdentity = all.filter { $0.follows != nil }.reduce(into: all.filter { $0.follows == nil }) {
        let place = $0.firstIndex { [follows = $1.follows] key in key.name == follows }
        $0.insert($1, at: (place ?? $0.count - 1) + 1)
    }

    /// What every key is where a recipe leaves it out.
    private static let defaults = Recipe(name: "", backbone: "", data: Recipe.DataSource(train: []), labels: [])

    /// A recipe's choices in canonical form, in the order of the identity.
    static func fields(_ recipe: Recipe) -> [RecipeField] {
        inIdentity.compactMap { key in
            guard key.belongs(to: recipe.task) else { return nil }
            if key.needsLoRA, recipe.adapter == .head { return nil }
            let value = key.value(recipe)
            let isLeftOut = key.leftOut != .asAnyValue && value == key.value(defaults)
            if isLeftOut, key.leftOut == .isNoField { return nil }
            return RecipeField(keyPath: key.name, effects: isLeftOut ? .work : key.effects, value: value)
        }
    }
}

extension Recipe: Equatable {
    /// Every choice, each once, in an order that digests of the plan depend on.
    var fields: [RecipeField] { RecipeKey.fields(self) }

    /// Whether every choice is the same, texts compared by their bytes.
    package static func == (left: Recipe, right: Recipe) -> Bool {
        left.fields == right.fields
    }

    /// The choices that can change a trained weight, as canonical bytes.
    ///
    /// Equal bytes promise equal weights from equal records and an equal backbone, so this is what a checkpoint's key
    /// covers. What is left out changes no weight, or is in the key by its content: the digests of backbone and records
    /// stand there beside this.
    package var trainingIdentity: [UInt8] {
        var bytes = Array("sisa recipe 1\n".utf8)
        for field in fields where field.effects.contains(.weights) {
            bytes += RecipeField.framed(Array(field.keyPath.utf8))
            bytes += RecipeField.framed(field.value)
        }
        return bytes
    }

    /// The choices that differ, as they are here; those that only the other has, as they are there.
    func changes(from other: Recipe) -> [RecipeField] {
        let (mine, theirs) = (fields, other.fields)
        // Rank and the like exist on one side only where one adapter is a head and the other is not.
        let known = Set(mine.map(\.keyPath))
        return mine.filter { !theirs.contains($0) } + theirs.filter { !known.contains($0.keyPath) }
    }

    /// The names of the choices that differ, for example `adapter.rank`.
    package func differences(from other: Recipe) -> [String] { changes(from: other).map(\.keyPath) }
}
