import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A training of the toy world that has frozen layers below what adapts, so that features are stored.
struct FeatureKind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let task: Recipe.TaskKind
    private let change: @Sendable (inout Recipe) -> Void

    init(
        _ description: String, task: Recipe.TaskKind = .classification,
        _ change: @escaping @Sendable (inout Recipe) -> Void
    ) {
        testDescription = description
        self.task = task
        self.change = change
    }

    /// Calls `body` with a toy world of this kind; `more`: what else is changed in its recipe.
    func with(changing more: (inout Recipe) -> Void = { _ in }, _ body: (ToyWorld) throws -> Void) throws {
        try ToyWorld.$task.withValue(task) {
            try ToyWorld.with(
                changing: {
                    change(&$0)
                    more(&$0)
                }, body)
        }
    }

    /// About how many bytes a record's features have, in the kinds where they are small.
    var recordBytes: Int { task == .generation ? 4000 : 700 }

    static let all = [
        FeatureKind("head") { $0.adapter = .head },
        FeatureKind("head on the pooler, bf16") {
            $0.adapter = .head
            $0.pooling = .pooler
            $0.features.precision = .bf16
        },
        FeatureKind("LoRA on top") { $0.adapter = .lora(rank: 2, targets: [.query, .value], layers: .top(1)) },
        FeatureKind("LoRA on layer 1, bf16, half an epoch") {
            $0.adapter = .lora(rank: 2, targets: TargetModule.all(of: .bert), layers: .indices([1]))
            $0.features.precision = .bf16
            $0.epochs = 0.5
        },
        FeatureKind("generation, top layer", task: .generation) {
            $0.adapter = .lora(rank: 2, targets: [.queryProjection, .valueProjection], layers: .top(1))
        },
        FeatureKind("generation, layer 1, bf16, cut to 26 tokens, half an epoch", task: .generation) {
            $0.adapter = .lora(rank: 2, targets: TargetModule.all(of: .llama), layers: .indices([1]))
            $0.features.precision = .bf16
            $0.epochs = 0.5
            $0.maxTokens = 26
        }
    ]
}

extension Workspace {
    /// Contents of the files of features, by path below their folder.
    func featureFiles() throws -> [String: Data] {
        let root = try layout().features.root
        return FileManager.default.fileExists(atPath: root.path) ? try TestFolder.contents(root) : [:]
    }

    /// The bytes of all checkpoints and answers: what no cache may change.
    func results() throws -> [String: [UInt8]] {
        let snapshot = try Snapshot(self)
        return snapshot.parts.filter { $0.key.hasSuffix("content") || $0.key.hasPrefix("answer") }
    }

    /// Trains again with whatever files of features there are.
    func trainAgain(threads: Int = 1) throws {
        try FileManager.default.removeItem(at: root.appending(path: "checkpoints"))
        try resume(threads: threads)
    }
}
