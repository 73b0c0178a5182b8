/// What can be wrong with the pretrained model of a workspace.
package enum ModelError: Error, Equatable {
    /// The folder is not there, or holds no model, or there is no such GGUF file.
    case noBackbone(path: String)
    /// A file of the model cannot be read.
    case backboneUnreadable(path: String, reason: String)
    /// The model is not the one that the workspace was trained on.
    case backboneChanged(path: String, expected: String, found: String)
    /// The model is of a kind that the recipe's task cannot use.
    case otherTask(modelType: String, isCausal: Bool)
    /// The recipe adapts a matrix that the model has not.
    case noSuchModule(String, modelType: String, has: [String])
}

extension ModelError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .noBackbone(let path):
            path.lowercased().hasSuffix(".gguf")
                ? "there is no model file \(path); fetch the model with `tools/fetch`, or name its file with "
                    + "`sisa train <recipe folder> --backbone FILE`"
                : "\(path) is no model folder (config.json is missing); fetch the model with `tools/fetch`, "
                    + "or name its folder with `sisa train <recipe folder> --backbone DIR`"
        case .backboneUnreadable(let path, let reason):
            "\(path) of the backbone cannot be read: \(reason); a model folder holds files or links to files: fetch "
                + "the model again"
        case .otherTask(let type, isCausal: true):
            "the backbone is a causal model (`\(type)`), which learns to continue texts and not to label them; set "
                + "`task: generation` in the recipe, or choose a backbone of type bert, distilbert or electra"
        case .otherTask(let type, isCausal: false):
            "the backbone is an encoder (`\(type)`), and the recipe's task is a generation; choose a backbone of type "
                + "llama, qwen2, qwen3 or gpt2, or set `task: classification`"
        case .noSuchModule(let module, let type, let has):
            "adapter.target_modules names `\(module)`, which a backbone of type `\(type)` has not; it has "
                + "\(has.joined(separator: ", "))"
        case .backboneChanged(let path, let expected, let found):
            "the backbone in \(path) is not the one that this workspace was trained on (expected "
                + "\(expected.prefix(16))..., found \(found.prefix(16))...); put the old one back, name it with `sisa "
                + "train --backbone DIR`, or train "
                + "again with `sisa train <recipe folder>`"
        }
    }
}
