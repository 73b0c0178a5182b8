import Crypto
import Foundation
import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// The bytes that version 1 of the arithmetic gave when it was first released, under the keys that it gave.
///
/// A faster kernel, another order of work or a new store must not change them. Where they have to change,
/// `numericsVersion` does too.
@Suite struct GoldenToyTests {
    private static let golden: [Int: [String: String]] = [
        1: [
            "all": "e95e41f59a660f163926b9693011a88124a8dec2e46a7ed74db5101eb875da3f",
            "top": "cb40db8876f517303556c45afe3a4776a233ed632f7545bddca177a3bbdc67f7",
            "head": "fad6a873098ac7db1b2ab99aa3a56b0abc2533a6bed30ed1d2f82d6b6fee8fed"
        ]
    ]

    private static let adapters: [String: Recipe.Adapter] = [
        "all": .lora(lora(.all)), "top": .lora(lora(.top(1))), "head": .head
    ]

    private static func lora(_ layers: Recipe.LayerSelection) -> Recipe.LoRA {
        var lora = Recipe.LoRA()
        (lora.rank, lora.alpha, lora.layers) = (2, 4, layers)
        lora.targetModules = [.query, .value]
        return lora
    }

    @Test(arguments: adapters.keys.sorted()) func theToyRecipeHasItsBytes(adapter: String) throws {
        try TestFolder.with { folder in
            var recipe = try Recipe.load(folder: ToyWorld.recipeFolder)
            recipe.adapter = try #require(Self.adapters[adapter])
            let sources = TrainingSources(
                backbone: ToyWorld.recipeFolder.appending(path: "backbone"),
                files: [ToyWorld.recipeFolder.appending(path: "records.csv")],
                key: try WorkspaceKey(hexadecimal: String(repeating: "5a17", count: 16)))
            let workspace = try Workspace.train(recipe, sources, at: folder.appending(path: "workspace"), threads: 2)
                .workspace
            let lines = try (0..<recipe.shards).flatMap { shard in
                try workspace.ledger.stages(shard: shard).map {
                    "shard-\(shard + 1) \($0.key) \($0.digest.hexadecimal)\n"
                }
            }
            let digest = SHA256.hash(data: Data(lines.sorted().joined().utf8)).map { String(format: "%02x", $0) }
                .joined()
            #expect(digest == Self.golden[numericsVersion]?[adapter])
        }
    }
}
