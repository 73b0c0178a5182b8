internal import Crypto
internal import Engine

/// Names trunks and entries, and vouches for files: keyed digests, so that a file of features tells nothing to who has
/// no key.
struct FeatureKey: Sendable {
    private let key: DigestKey
    /// What features depend on beside their text: backbone, first adapted layer, pooling where the trunk pools,
    /// lengths, numerics and precision, and how prompts are written. Everything else of a recipe may change, and they
    /// stay valid.
    let trunk: [UInt8]

    init(_ recipe: Recipe, _ key: WorkspaceKey, backbone: [UInt8]) {
        self.key = key.subkey("features")
        var digest = KeyedDigest(self.key)
        digest.add("trunk".utf8)
        digest.add(UInt64(numericsVersion))
        digest.add(backbone)
        for word in Self.height(recipe) { digest.add(word.utf8) }
        digest.add(UInt64(recipe.maxTokens))
        digest.add(recipe.features.precision.rawValue.utf8)
        if let generation = recipe.generation {
            digest.add("generation".utf8)
            for word in generation.template.words { digest.add(word.utf8) }
        }
        trunk = digest.finish()
    }

    /// Up to where the trunk reaches, in the recipe's own words.
    private static func height(_ recipe: Recipe) -> [String] {
        guard case .lora(let lora) = recipe.adapter else { return ["head", recipe.pooling.rawValue] }
        return switch lora.layers {
        case .all: ["from", "0"]
        case .top(let count): ["top", "\(count)"]
        case .indices(let indices): ["from", "\(indices.min() ?? 0)"]
        }
    }

    /// What a file begins with: its trunk and its cell, so that one which was moved is no file of the other cell.
    func place(_ cell: Cell) -> [UInt8] {
        var digest = KeyedDigest(key)
        digest.add("place".utf8)
        digest.add(trunk)
        digest.add(UInt64(cell.shard))
        digest.add(UInt64(cell.slice))
        return digest.finish()
    }

    /// What an entry is called: a function of the trunk and of the record's id and all its words.
    func name(_ record: Record) -> [UInt8] {
        var digest = KeyedDigest(key)
        digest.add("record".utf8)
        digest.add(trunk)
        digest.add(record.id.rawValue.utf8)
        digest.add(record.content.words.utf8)
        return digest.finish()
    }

    /// What stands at the end of a file, given the SHA-256 of all before it.
    func seal(_ content: SHA256.Digest) -> [UInt8] {
        var digest = KeyedDigest(key)
        digest.add("file".utf8)
        digest.add(Array(content))
        return digest.finish()
    }
}
