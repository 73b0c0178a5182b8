package import Engine
package import Foundation
internal import Synchronization

/// Everything that turns text into answers but the trained numbers: tokenizer, backbone, and what trains on it.
///
/// The recipe is checked against the backbone's sizes at once. Everything else is read when it is first asked for: the
/// adapted layers by whoever trains or answers, the tokenizer and the part below only where a text has no stored
/// features.
package final class Model: Sendable {
    /// What trains, and where its numbers lie.
    package let layout: AdapterLayout
    private let folder: ModelFolder
    private let seal: BackboneSeal?
    private let recipe: Recipe
    private let precision: FeaturePrecision
    private let vocabularySize: Int
    private let isForTraining: Bool
    private let upper = Mutex<Network?>(nil)
    private let all = Mutex<Network?>(nil)
    private let lower = Mutex<Trunk?>(nil)
    private let encoder = Mutex<RecordEncoder?>(nil)

    /// Checks the recipe against the backbone's sizes.
    ///
    /// - Parameters:
    ///   - recipe: What trains, and how long texts may be.
    ///   - folder: The backbone's, or its GGUF file.
    ///   - training: Whether gradients will be asked for; without, the backbone takes less memory.
    ///   - seal: What every file is compared with as it is read; nil: they were compared already.
    /// - Throws: An error of the configuration, or of a recipe that asks for more than the backbone has.
    package init(_ recipe: Recipe, backbone folder: URL, training: Bool, seal: BackboneSeal? = nil) throws {
        self.folder = try ModelFolder(folder)
        self.seal = seal
        isForTraining = training
        self.recipe = recipe
        precision = recipe.features.precision
        try Self.check(self.folder.decidingFiles, seal, self.folder)
        let configuration = try Self.compared(seal, self.folder) { [folder = self.folder] in
            try BackboneConfiguration(folder, blocks: seal?.blocks)
        }
        let specification = try AdapterSpecification(recipe, backbone: configuration)
        layout = AdapterLayout(specification, backbone: configuration)
        vocabularySize = configuration.vocabularySize
        guard recipe.maxTokens <= configuration.maximumPositions else {
            throw NetworkError.tooManyTokens(
                found: recipe.maxTokens, positions: configuration.maximumPositions)
        }
    }

    /// The adapted layers and what trains on them; head only, no weight is read for it.
    package var network: Network {
        get throws {
            try upper.withLock { network in
                if let network { return network }
                let read = try part(.adapted(from: layout.firstLayer), gradients: isForTraining)
                network = read
                return read
            }
        }
    }

    /// The whole backbone and what trains on it, as who feeds a text token by token needs it; without gradients.
    package var whole: Network {
        get throws {
            try all.withLock { network in
                if let network { return network }
                let read = try part(.whole, gradients: false)
                network = read
                return read
            }
        }
    }

    /// What writes conversations for the model, by the recipe's template; nil where nothing is generated.
    package var prompts: PromptEncoder? {
        get throws { try records.prompts }
    }

    /// Reads everything now, so that whatever is wrong with a backbone is said early.
    package func load() throws {
        _ = try records
        _ = try trunk
        _ = try network
    }

    /// The fixed features of texts that are asked about, the part that all shards share.
    package func features(_ texts: [String], threads: Int) throws -> [Features] {
        try features(tokens: tokens(texts, threads: threads), threads: threads)
    }

    /// The same of records that are learned from: of their text, or of prompt and completion.
    func features(of records: [Record], threads: Int) throws -> [Features] {
        try features(tokens: tokens(of: records, threads: threads), threads: threads)
    }

    /// The same, given the token ids of each text.
    func features(tokens: [[Int32]], threads: Int) throws -> [Features] {
        try trunk.features(of: tokens, threads: threads).map { $0.rounded(to: precision) }
    }

    /// The token ids of each text, special ones included, at most as many as the recipe says.
    func tokens(_ texts: [String], threads: Int) throws -> [[Int32]] {
        let encoder = try records
        return try Self.map(texts, threads) { try encoder.inputs(.labelled(text: $0, label: 0)) }
    }

    /// The token ids that the network reads of each record: those that features have rows for.
    func tokens(of records: [Record], threads: Int) throws -> [[Int32]] {
        let encoder = try self.records
        return try Self.map(records, threads) { try encoder.inputs($0.content) }
    }

    /// What the network should answer to each record.
    func targets(of records: [Record], threads: Int) throws -> [Target] {
        // A label is its own answer, and asks for no tokenizer.
        guard recipe.task == .generation else { return records.map { .label($0.content.label ?? 0) } }
        let encoder = try self.records
        return try Self.map(records, threads) { try encoder.target($0.content) }
    }

    /// Whether the features of a text have a row for each of its tokens; head only they are one row.
    var hasRowPerToken: Bool { layout.specification.lora != nil }

    private static func map<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ threads: Int, _ body: @Sendable (Item) throws -> Result
    ) throws -> [Result] {
        try Parallel.map(items.count, threads: threads) { index in Swift.Result { try body(items[index]) } }
            .map { try $0.get() }
    }

    /// What makes tokens of records; it needs the tokenizer and no weight.
    var records: RecordEncoder {
        get throws {
            try encoder.withLock { encoder in
                if let encoder { return encoder }
                try Self.check(folder.tokenizerFiles, seal, folder)
                let tokenizer = try Self.compared(seal, folder) {
                    try Tokenizer(folder: folder.url, blocks: seal?.blocks)
                }
                guard tokenizer.vocabularySize <= vocabularySize else {
                    throw NetworkError.tokenOutOfVocabulary(
                        id: tokenizer.vocabularySize - 1, vocabulary: vocabularySize)
                }
                guard recipe.task == .generation || tokenizer.specialTokens < recipe.maxTokens else {
                    throw NetworkError.noRoomForText(special: tokenizer.specialTokens, limit: recipe.maxTokens)
                }
                let read = try RecordEncoder(recipe, tokenizer)
                encoder = read
                return read
            }
        }
    }

    private var trunk: Trunk {
        get throws {
            try lower.withLock { lower in
                if let lower { return lower }
                let read = Trunk(try part(.trunk(below: layout.firstLayer), gradients: false))
                lower = read
                return read
            }
        }
    }

    private func part(_ part: Backbone.Part, gradients: Bool) throws -> Network {
        try Self.compared(seal, folder) {
            let backbone = try Backbone(
                folder: folder.url, gradientsFrom: gradients ? layout.firstLayer : nil, part: part,
                blocks: seal?.blocks)
            return try Network(backbone: backbone, layout: layout)
        }
    }

    /// Says of a part of a file that it is not what was sealed as of a whole file.
    private static func compared<Result>(
        _ seal: BackboneSeal?, _ folder: ModelFolder, _ read: () throws -> Result
    ) throws -> Result {
        do {
            return try read()
        } catch let error as SafeTensorsError where error.problem == .file(.otherContent) {
            throw try changed(seal, folder)
        } catch let error as GGUFError where error.problem == .file(.otherContent) {
            throw try changed(seal, folder)
        } catch let error as TokenizerError where error.problem == .gguf(.file(.otherContent)) {
            throw try changed(seal, folder)
        }
    }

    private static func check(_ names: [String], _ seal: BackboneSeal?, _ folder: ModelFolder) throws {
        guard let seal else { return }
        guard names.allSatisfy({ seal.holds($0, in: folder) }) else { throw try changed(seal, folder) }
    }

    private static func changed(_ seal: BackboneSeal?, _ folder: ModelFolder) throws -> ModelError {
        .backboneChanged(
            path: folder.url.path, expected: (seal?.digest ?? []).hexadecimal,
            found: try BackboneSeal(folder).digest.hexadecimal)
    }
}
