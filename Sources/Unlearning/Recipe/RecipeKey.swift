internal import Engine

/// One key of a recipe: where it stands, what it decides, and how it is read.
struct RecipeKey: Sendable {
    /// A property of a recipe.
    typealias Property<Value> = any WritableKeyPath<Recipe, Value> & Sendable
    /// Reads a value of the YAML into a recipe that has the keys of the table before this one.
    typealias Reading = @Sendable (_ node: RecipeNode, _ recipe: inout Recipe) throws(RecipeError) -> Void

    /// Where it stands, for example `adapter.rank`.
    let path: String
    /// What another value can change.
    let effects: Effects
    /// Its value in canonical form. Injective: two choices have the same bytes only if they are the same.
    let value: @Sendable (Recipe) -> [UInt8]
    /// Reads it from the YAML.
    let read: Reading
    /// A required key as a person would write it; nil: the key may be left out.
    var example: String?
    /// Whether its value alone may stand for its whole section, which then has all other defaults: `slices: 4`. Such a
    /// section may be left out, though the key is required in it.
    var standsAlone = false
    /// Whether it needs low-rank updates, and is refused where a head alone is trained.
    var needsLoRA = false
    /// The task that it is a key of; nil: of every one. With another it is refused, and no field of the identity.
    var task: Recipe.TaskKind?
    /// Whether it is read before all other keys, because it decides which there are.
    var isReadFirst = false
    /// Whether it is read after all keys of its section, because it depends on one that follows it in the table.
    var isReadLast = false
    /// How the default of a key that came later stands in the identity: recipes that leave the key out keep the
    /// identity they had.
    var leftOut = LeftOut.asAnyValue
    /// The key that it follows in the identity, where that is not the one before it in the table.
    var follows: String?

    /// How a key's default stands in the identity.
    enum LeftOut {
        /// As any other value.
        case asAnyValue
        /// It changes what is computed, but no weight.
        case changesNoWeight
        /// It is no field at all.
        case isNoField
    }

    /// What another value of a key can change.
    struct Effects: OptionSet, Sendable {
        let rawValue: Int
        /// A trained weight: the value is part of every checkpoint's key.
        static let weights = Effects(rawValue: 1)
        /// Which record is in which shard and slice: records are placed anew.
        static let cells = Effects(rawValue: 2)
        /// The orders in which slices are trained. The sequences themselves are in the keys of all orders but the plain
        /// one.
        static let orders = Effects(rawValue: 4)
        /// What is taken for a record. Files are read once, so a workspace cannot change it.
        static let records = Effects(rawValue: 8)
        /// Where something lies whose content has a digest of its own, or that is only asked about.
        static let places = Effects(rawValue: 16)
        /// An answer or a display, and no weight.
        static let answers = Effects(rawValue: 32)
        /// What is computed again, and no weight and no answer.
        static let work = Effects(rawValue: 64)
    }

    /// The name of its field in the identity.
    var name: String { standsAlone ? section : path }

    /// The path of the mapping that it stands in; empty at the top.
    var section: String { path.lastIndex(of: ".").map { String(path[..<$0]) } ?? "" }

    /// Itself, with something changed.
    func with(_ change: (inout RecipeKey) -> Void) -> RecipeKey {
        var key = self
        change(&key)
        return key
    }

    /// Whether recipes of a task have it.
    func belongs(to task: Recipe.TaskKind) -> Bool { self.task == nil || self.task == task }

    /// A key of one task.
    func only(_ task: Recipe.TaskKind) -> RecipeKey { with { $0.task = task } }

    /// A key that must be there.
    func required(_ example: String) -> RecipeKey { with { $0.example = example } }
}

// Keys of the usual kinds.
extension RecipeKey {
    /// A key of any kind.
    init(
        _ path: String, _ effects: Effects, words: @escaping @Sendable (Recipe) -> [String], read: @escaping Reading
    ) {
        self.init(path: path, effects: effects, value: { RecipeField.bytes(words($0)) }, read: read)
    }

    /// A text, in the words of what a person should write there.
    static func text(
        _ path: String, _ property: Property<String>, _ effects: Effects, _ expected: String,
        emptyAllowed: Bool = false
    ) -> RecipeKey {
        RecipeKey(
            path: path, effects: effects, value: { Array($0[keyPath: property].utf8) },
            read: { node, recipe throws(RecipeError) in
                recipe[keyPath: property] = try node.text(expected: expected, emptyAllowed: emptyAllowed)
            })
    }

    /// The name of a column that need not be there.
    static func column(_ path: String, _ property: Property<String?>) -> RecipeKey {
        RecipeKey(
            path, .records, words: { $0[keyPath: property].map { [$0] } ?? [] },
            read: { node, recipe throws(RecipeError) in
                recipe[keyPath: property] = try node.text(expected: "the name of a column")
            })
    }

    /// A list of paths.
    static func paths(_ path: String, _ property: Property<[String]>, _ effects: Effects) -> RecipeKey {
        RecipeKey(
            path, effects, words: { $0[keyPath: property] },
            read: { node, recipe throws(RecipeError) in
                recipe[keyPath: property] = try node.texts(expected: "a list of paths, [like/this.csv]")
            })
    }

    /// A whole number.
    static func integer<Value: FixedWidthInteger & Sendable>(
        _ path: String, _ property: Property<Value>, _ effects: Effects, _ range: ClosedRange<Value>
    ) -> RecipeKey {
        RecipeKey(
            path: path, effects: effects, value: { Array("\($0[keyPath: property])".utf8) },
            read: { node, recipe throws(RecipeError) in
                recipe[keyPath: property] = try node.integer(in: range)
            })
    }

    /// A number, printed in Swift's shortest form that reads back to the same value.
    static func number(
        _ path: String, _ property: Property<Double>, _ effects: Effects, _ range: RecipeNumberRange
    ) -> RecipeKey {
        RecipeKey(
            path: path, effects: effects, value: { Array("\($0[keyPath: property])".utf8) },
            read: { node, recipe throws(RecipeError) in
                recipe[keyPath: property] = try node.number(in: range)
            })
    }

    /// One of some words.
    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ path: String, _ property: Property<Choice>, _ effects: Effects
    ) -> RecipeKey {
        RecipeKey(
            path: path, effects: effects, value: { Array($0[keyPath: property].rawValue.utf8) },
            read: { node, recipe throws(RecipeError) in
                recipe[keyPath: property] = try node.choice()
            })
    }
}
