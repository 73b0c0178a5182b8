import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A training of the toy world that has frozen layers below what adapts, so that features are stored.
struct FeatureKind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout Recipe) -> Void

    init(_ description: String, _ change: @escaping @Sendable (inout Recipe) -> Void) {
        testDescription = description
        self.change = change
    }

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
