package import Engine

/// Everything that a person chooses: which model, which records, cut how, trained how.
///
/// | key | default | allowed |
/// |---|---|---|
/// | `name` | the folder's name | one line, at most 100 bytes |
/// | `backbone` | (required) | path of a model folder |
/// | `data.train` | (required) | one or more paths |
/// | `data.test` | none | paths |
/// | `data.format` | by each file's extension | `csv`, `tsv`, `jsonl` |
/// | `data.quoting` | `quotes` | `quotes`, `none`: whether quotes enclose fields of CSV and TSV |
/// | `data.columns.id` | `id` | a column, or `$row` for the row number |
/// | `data.columns.text` | `text` | a column |
/// | `data.columns.label` | `label` | a column |
/// | `data.columns.owner` | none | a column |
/// | `data.columns.date` | none | a column of ISO 8601 dates |
/// | `data.columns.group` | none | a column that decides a record's band |
/// | `labels` | (required) | at least 2 different names |
/// | `shards` | 4 | 1...10000 |
/// | `slices` | 4 | 1...10000, or the keys below |
/// | `slices.count` | 4 | 1...10000 |
/// | `slices.keep` | `all` | `all`, 0...10000: checkpoints that each order keeps beside its last |
/// | `slices.orders` | 1 | 1...64, at most the orders there are |
/// | `slices.probabilities` | none | one a slice, 0...1: how likely each is to lose a record next |
/// | `epochs` | 4 | above 0, at most 10000; may be fractional |
/// | `adapter.kind` | `lora` | `lora`, `head` |
/// | `adapter.rank` | 8 | 1...1024 |
/// | `adapter.alpha` | 16 | above 0, at most 1e6 |
/// | `adapter.target_modules` | `[query, value]` | `query`, `key`, `value`, `attention.output`, `intermediate`, `output` |
/// | `adapter.layers` | `all` | `all`, `{top: n}`, a list of indices from 0 |
/// | `adapter.stages` | `whole` | `whole`, `layers`: each stage trains its own block of layers, the top ones first |
/// | `pooling` | `mean` | `mean`, `cls`, `pooler` |
/// | `optimizer.name` | `adamw` | `adamw` |
/// | `optimizer.learning_rate` | 2e-3 | above 0, at most 10 |
/// | `optimizer.head_learning_rate` | 1e-2 | above 0, at most 10 |
/// | `optimizer.weight_decay` | 0.01 | 0...1 |
/// | `optimizer.beta1` | 0.9 | 0 to below 1 |
/// | `optimizer.beta2` | 0.999 | 0 to below 1 |
/// | `optimizer.epsilon` | 1e-8 | above 0, at most 1 |
/// | `optimizer.schedule` | `constant` | `constant`, `linear` |
/// | `optimizer.warmup` | 0 | 0...1, a fraction of a stage's steps |
/// | `batch` | 16 | 1...65536 |
/// | `max_tokens` | 128 | 3...65536 |
/// | `seed` | 42 | 0...2^64 - 1 |
/// | `checkpoint_precision` | `f32` | `f32`, `bf16` |
/// | `features.budget` | `2GiB` | `0`, or bytes with `KiB`, `MiB`, `GiB` or `TiB` |
/// | `features.precision` | `f32` | `f32`, `bf16` |
/// | `aggregation` | `mean` | `mean`, `majority`, `weighted` |
/// | `deleted_ids` | `allow` | `allow`, `refuse` |
/// | `assign_by` | `id` | `id`, `owner` (needs `data.columns.owner`) |
/// | `placement` | none | bands: `{groups, shards, slices, probability}` (needs `data.columns.group`) |
/// | `splits` | none | shards that were split, each into itself and a new last one |
package struct Recipe: Sendable, Codable {
    package var name: String
    /// As written; see `resolve(_:relativeTo:)`.
    package var backbone: String
    package var data: DataSource
    package var labels: [String]
    package var shards = 4
    package var slices = 4
    package var sliceOptions = SliceOptions()
    /// The e' of Bourtoule and others, 2021: the passes over all records that the stages of a shard amount to.
    package var epochs = 4.0
    package var adapter = Adapter.lora(LoRA())
    package var pooling = Pooling.mean
    package var optimizer = Optimizer()
    package var batch = 16
    package var maxTokens = 128
    package var seed: UInt64 = 42
    package var checkpointPrecision = CheckpointPrecision.f32
    package var features = FeatureOptions()
    package var aggregation = Aggregation.mean
    package var assignBy = AssignBy.id
    package var deletedIDs = DeletedIDs.allow
    /// Empty: every record may stand in every cell. Else the last band is for all that no other names.
    package var placement: [Band] = []
    /// Shards that were split, in turn, counted from 0: the i-th split sends half of its records to shard `baseShards` + i.
    package var splits: [Int] = []

    package init(name: String, backbone: String, data: DataSource, labels: [String]) {
        self.name = name
        self.backbone = backbone
        self.data = data
        self.labels = labels
    }
}

extension Recipe {
    package struct DataSource: Sendable, Codable {
        package var train: [String]
        package var test: [String]
        /// Nil: by each file's extension.
        package var format: DataFormat?
        package var quoting = Quoting.quotes
        package var columns: Columns

        package init(
            train: [String], test: [String] = [], format: DataFormat? = nil,
            columns: Columns = Columns()
        ) {
            self.train = train
            self.test = test
            self.format = format
            self.columns = columns
        }
    }

    package enum CheckpointPrecision: String, Sendable, Codable, CaseIterable {
        case f32
        case bf16
    }

    /// How the shards' answers become one.
    package enum Aggregation: String, Sendable, Codable, CaseIterable {
        /// Mean of the shards' probabilities.
        case mean
        /// One vote for each shard.
        case majority
        /// Mean of probabilities, weighted by the records each shard still has.
        case weighted
    }

    /// Whether an id that was deleted may be added again.
    package enum DeletedIDs: String, Sendable, Codable, CaseIterable {
        case allow
        /// Its keyed digest stays in the ledger: whoever has the workspace's key can tell that it was there.
        case refuse
    }

    /// What decides a record's shard and slice.
    package enum AssignBy: String, Sendable, Codable, CaseIterable {
        case id
        /// All records of one owner stand together, so that a deletion of a person touches one shard.
        case owner
    }
}

extension KeyedDecodingContainer {
    /// A recipe that was kept before there was this choice reads as one that left it out.
    func decode(_ type: Quoting.Type, forKey key: Key) throws -> Quoting {
        try decodeIfPresent(type, forKey: key) ?? .quotes
    }
}
