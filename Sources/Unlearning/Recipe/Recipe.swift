package import Engine

/// Everything that a person chooses: which model, which records, cut how, trained how.
///
/// `RecipeKey.all` is the one table of its keys; docs/recipes.md says what they mean. A new choice is a property here,
/// with its default, and a row there. Where recipes that were kept before it must still be read, it is optional or of a
/// type that is a `LaterChoice`.
package struct Recipe: Sendable, Codable {
    /// What people call it: `name`, else the name of its folder.
    package var name: String
    /// The path of the model's folder as written; see `resolve(_:relativeTo:)`.
    package var backbone: String
    /// Which records are learned from, and how their files are read.
    package var data: DataSource
    /// The names of the classes; a record's label is an index into them. None where texts are generated.
    package var labels: [String]
    /// What a recipe says whose task is a generation; nil: it is a classification. See `task`.
    package var generation: Generation?
    /// Parts of the records that are trained apart from each other, splits included.
    package var shards = 4
    /// Parts of each shard that are trained one after another.
    package var slices = 4
    /// The orders of slices, and what is kept of their states.
    package var sliceOptions = SliceOptions()
    /// The e' of Bourtoule and others, 2021: the passes over all records that the stages of a shard amount to.
    package var epochs = 4.0
    /// What is trained.
    package var adapter = Adapter.lora(LoRA())
    /// How a text's token vectors become one, below the head.
    package var pooling = Pooling.mean
    /// How it is trained.
    package var optimizer = Optimizer()
    /// Records of one training step.
    package var batch = 16
    /// Tokens of a text, special ones included, or of a prompt and its completion; what is longer is cut.
    package var maxTokens = 128
    /// Of all random draws that are not keyed by the workspace.
    package var seed: UInt64 = 42
    /// What trained numbers are rounded to after every stage.
    package var checkpointPrecision = CheckpointPrecision.f32
    /// How the outputs of the frozen layers are rounded and kept.
    package var features = FeatureOptions()
    /// How the shards' answers become one.
    package var aggregation = Aggregation.mean
    /// What decides a record's shard and slice.
    package var assignBy = AssignBy.id
    /// Whether an id that was deleted may be added again.
    package var deletedIDs = DeletedIDs.allow
    /// The bands, under the name that they have in the file and in kept recipes.
    private var placement: [Band] = []
    /// Shards that were split, in turn, counted from 0: the i-th split sends half of its records to shard `baseShards`
    /// + i.
    package var splits: [Int] = []

    /// A recipe with the default of every key that may be left out.
    package init(name: String, backbone: String, data: DataSource, labels: [String]) {
        self.name = name
        self.backbone = backbone
        self.data = data
        self.labels = labels
    }

    /// Empty: every record may stand in every cell. Else the last band is for all groups that no other names.
    package var bands: [Band] {
        get { placement }
        set { placement = newValue }
    }

    /// Shards before any was split.
    package var baseShards: Int { shards - splits.count }

    /// Whether a record's cell depends on more than its id.
    package var placesByMoreThanID: Bool { assignBy == .owner || !bands.isEmpty }
}

extension Recipe {
    /// What trained numbers are rounded to after every stage.
    package enum CheckpointPrecision: String, Sendable, Codable, CaseIterable {
        /// IEEE binary32: nothing is rounded.
        case f32
        /// bfloat16.
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
        /// It may, and nothing of it is kept.
        case allow
        /// Its keyed digest stays in the ledger: whoever has the workspace's key can tell that it was there.
        case refuse
    }

    /// What decides a record's shard and slice.
    package enum AssignBy: String, Sendable, Codable, CaseIterable {
        /// Its own id.
        case id
        /// All records of one owner stand together, so that a deletion of a person touches one shard.
        case owner
    }

    /// In what orders a shard visits its slices, and how many of their states are kept.
    package struct SliceOptions: Sendable, Equatable, Codable {
        /// Checkpoints that each order keeps to start from, beside its last one, which answers; nil: one after every
        /// slice. Changes no bit, only what a deletion costs.
        package var keep: Int?
        /// Sequences of all slices that each shard is trained along.
        package var orders = 1
        /// How likely each slice is to lose a record next; empty: nobody knows. The orders are matched to it.
        package var probabilities: [Double] = []

        /// One order, of which every state is kept.
        package init() {}

        /// The most orders of so many slices. There are no more of few; more than 64 would train each record 64 times.
        package static func maxOrders(slices: Int) -> Int {
            var orders = 1
            for slices in 1...slices where orders < 64 { orders *= slices }
            return min(orders, 64)
        }

        /// Matching takes the fourth power of the slices, at every start of a command.
        static let maxMatchedSlices = 64
    }

    /// How the outputs of the frozen layers are kept between trainings.
    package struct FeatureOptions: Sendable, Equatable, LaterChoice {
        /// Bytes that all files of features together may have; 0: none are written. Changes no bit.
        package var budget = 2 << 30
        /// What features are rounded to, stored or not.
        package var precision = FeaturePrecision.f32

        /// Exact features, up to 2 GiB of them on disk.
        package init() {}

        static var leftOut: Self { Self() }
    }
}

/// A choice that came later: a recipe that was kept before it reads as one that left it out.
protocol LaterChoice: Codable {
    /// What it is where a recipe does not say.
    static var leftOut: Self { get }
}

extension KeyedDecodingContainer {
    /// A choice, or its default where the kept recipe does not know it.
    func decode<Choice: LaterChoice>(_ type: Choice.Type, forKey key: Key) throws -> Choice {
        try decodeIfPresent(type, forKey: key) ?? Choice.leftOut
    }
}
