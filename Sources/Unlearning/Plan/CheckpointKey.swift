internal import Engine

/// The name of a stage's checkpoint: a keyed digest of everything that its bytes depend on.
///
/// key(s, j) = HMAC(key(s, j-1), records of slice j), from a root that covers recipe, backbone, numerics version and
/// shard. So "is the model up to date" is "do all keys exist", and a deletion changes exactly the keys of its slice and
/// the later ones of its shard.
package struct CheckpointKey: Hashable, Sendable, CustomStringConvertible {
    /// The digest, 32 bytes.
    package let bytes: [UInt8]

    /// A key that was kept as bytes.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// In hexadecimal digits, as files are named.
    package var description: String { bytes.hexadecimal }
}

/// Computes digests of records and slices, and from them the chain of checkpoint keys.
package struct KeyChain: Sendable {
    private let key: DigestKey
    private let root: [UInt8]
    /// The stages that there are keys for.
    package let table: StageTable

    /// `table`: That of the recipe, where it was made already.
    package init(
        _ recipe: Recipe, key: WorkspaceKey, backbone: [UInt8], numerics: Int, table: StageTable? = nil
    ) {
        self.table = table ?? StageTable(recipe)
        self.key = key.subkey("plan")
        var digest = KeyedDigest(self.key)
        digest.add("root".utf8)
        digest.add(UInt64(numerics))
        digest.add(recipe.trainingIdentity)
        digest.add(backbone)
        root = digest.finish()
    }

    /// The keys of a shard's stages, given the digests of its slices; none where those are not as many as the recipe's.
    package func keys(shard: Int, slices: [[UInt8]]) -> [CheckpointKey] {
        guard slices.count == table.slices else { return [] }
        return (0..<table.orders).flatMap { keys(shard: shard, order: $0, slices: slices) }
    }

    private func keys(shard: Int, order: Int, slices: [[UInt8]]) -> [CheckpointKey] {
        var first = KeyedDigest(key)
        first.add("shard".utf8)
        first.add(root)
        first.add(UInt64(shard))
        if !table.isPlain(order: order) {
            first.add("order".utf8)
            first.add(UInt64(order))
            for slice in table.sequences[order] { first.add(UInt64(slice)) }
        }
        var previous = first.finish()
        return table.sequences[order].map { slice in
            var digest = KeyedDigest(key)
            digest.add("stage".utf8)
            digest.add(previous)
            digest.add(slices[slice])
            previous = digest.finish()
            return CheckpointKey(bytes: previous)
        }
    }
}

/// Keyed digests of records and of slices; independent of recipe and backbone, so they are computed once, at ingest.
package struct RecordDigest: Sendable {
    private let key: DigestKey

    /// Digests under the workspace's key.
    package init(_ key: WorkspaceKey) {
        self.key = key.subkey("records")
    }

    /// A record as a slice covers it: id, label and text; or id, every turn with who spoke, and the completion. Its
    /// owner decides its cell and nothing else.
    package func digest(_ record: Record) -> [UInt8] {
        var digest = KeyedDigest(key)
        switch record.content {
        case .labelled(let text, let label):
            digest.add("record".utf8)
            digest.add(record.id.rawValue.utf8)
            digest.add(UInt64(label))
            digest.add(text.utf8)
        case .dialogue(let dialogue):
            digest.add("dialogue".utf8)
            digest.add(record.id.rawValue.utf8)
            digest.add(UInt64(dialogue.prompt.count))
            for turn in dialogue.prompt {
                digest.add(turn.role.rawValue.utf8)
                digest.add(turn.content.utf8)
            }
            digest.add(dialogue.completion.utf8)
        }
        return digest.finish()
    }

    /// What changes no weight: the owner, date and group of every record of a slice, in its order. Requests go by them,
    /// so they are vouched for apart from `digest`, which names checkpoints.
    package func attributes(slice records: some Sequence<Record>) -> [UInt8] {
        var digest = KeyedDigest(key)
        digest.add("attributes".utf8)
        for record in records {
            digest.add(record.id.rawValue.utf8)
            for attribute in RecordAttribute.all {
                let value = record.attributes[keyPath: attribute.value]
                // None has no place of its own among texts: a part of another length.
                digest.add(UInt64(value == nil ? 0 : 1))
                digest.add((value ?? "").utf8)
            }
        }
        return digest.finish()
    }

    /// What the ledger calls a record.
    package func tag(_ id: RecordID) -> RecordTag {
        var digest = KeyedDigest(key)
        digest.add("tag".utf8)
        digest.add(id.rawValue.utf8)
        return RecordTag(bytes: digest.finish())
    }

    /// Every record of the slice, the last ones included, in the slice's canonical order: by rank, then id.
    package func digest(slice records: some Sequence<[UInt8]>) -> [UInt8] {
        var digest = KeyedDigest(key)
        digest.add("slice".utf8)
        for record in records { digest.add(record) }
        return digest.finish()
    }
}
