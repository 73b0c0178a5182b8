import Foundation

@testable import Engine
@testable import Unlearning

/// Readers of the small files of a model folder and of a recipe's folder.
enum ModelFuzz {
    private static let longest = 16

    /// A tokenizer that is accepted turns every text into ids that have a row, and no more of them than it may.
    static func tokenizer(_ input: [UInt8]) {
        do {
            _ = FuzzTarget.file("tokenizer.json", input)
            let tokenizer = try Tokenizer(folder: FuzzTarget.folder)
            guard tokenizer.specialTokens <= longest else { return }
            let own = String(decoding: input.suffix(200), as: UTF8.self)
            for text in ["", "a b [CLS]\u{301} \u{4e00}", own] {
                let ids = tokenizer.encode(text, maximumTokens: longest)
                FuzzTarget.demand(ids.count <= longest, "a text has more tokens than it may")
                FuzzTarget.demand(
                    ids.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularySize }, "a token has no row in the weights")
            }
        } catch {
            FuzzTarget.refusal(error)
        }
    }

    static func configuration(_ input: [UInt8]) {
        do {
            let configuration = try BackboneConfiguration(bytes: input, name: "config.json")
            FuzzTarget.demand(configuration.isWhole, "heads do not fit the other sizes")
        } catch {
            FuzzTarget.refusal(error)
        }
    }

    /// A recipe that is accepted comes back from the form in which a workspace keeps it.
    static func recipe(_ input: [UInt8]) {
        do {
            let recipe = try Recipe.parse(input, file: "recipe.yaml", defaultName: "fuzz")
            let stored = try JSONDecoder().decode(Recipe.self, from: try JSONEncoder().encode(recipe))
            FuzzTarget.demand(stored.trainingIdentity == recipe.trainingIdentity, "a recipe changes when it is kept")
        } catch {
            FuzzTarget.refusal(error)
        }
    }
}

extension BackboneConfiguration {
    /// Whether the sizes that are divided by one another have no remainder.
    var isWhole: Bool {
        switch family {
        case .encoder: hiddenSize.isMultiple(of: heads)
        case .decoder(let decoder):
            heads.isMultiple(of: decoder.keyValueHeads)
                && (decoder.positions == .learned || decoder.headSize.isMultiple(of: 2))
        }
    }
}
