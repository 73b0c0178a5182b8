import Foundation

/// A reader that is given hostile bytes: it may refuse them in words, and must neither trap, nor hang, nor take much
/// memory.
///
/// `tools/fuzz` builds this folder and names the target and a folder for files in the environment. Whoever adds a
/// target adds a folder of the same name below Tests/FuzzCorpus.
enum FuzzTarget: String, CaseIterable {
    case safetensors, gguf, index, checkpoint, tokenizer, config, recipe, receipt, csv, tsv, jsonl

    static let chosen: FuzzTarget = {
        guard let target = FuzzTarget(rawValue: variable("SISA_FUZZ_TARGET")) else {
            fatalError("SISA_FUZZ_TARGET names none of \(allCases.map(\.rawValue)); start this with tools/fuzz")
        }
        return target
    }()

    static let folder = URL(filePath: variable("SISA_FUZZ_FOLDER"))

    private static func variable(_ name: String) -> String { ProcessInfo.processInfo.environment[name] ?? "" }

    func read(_ input: [UInt8]) {
        switch self {
        case .safetensors: WeightsFuzz.safetensors(input)
        case .gguf: WeightsFuzz.gguf(input)
        case .index: WeightsFuzz.index(input)
        case .checkpoint: WeightsFuzz.checkpoint(input)
        case .tokenizer: ModelFuzz.tokenizer(input)
        case .config: ModelFuzz.configuration(input)
        case .recipe: ModelFuzz.recipe(input)
        case .receipt: EvidenceFuzz.receipt(input)
        case .csv, .tsv, .jsonl: RecordsFuzz.records(input, self)
        }
    }

    /// Writes the input where a reader that takes files finds it.
    static func file(_ name: String, _ input: [UInt8]) -> URL {
        let url = folder.appending(path: name)
        let descriptor = unsafe open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let written = unsafe input.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
        demand(written == input.count, "SISA_FUZZ_FOLDER cannot be written")
        return url
    }

    /// An error that a reader of ours may throw: told, and telling what to do.
    static func refusal(_ error: any Error) {
        demand(!"\(error)".isEmpty, "an error without a word")
    }

    /// What holds for every input; where it does not, libFuzzer keeps the input.
    static func demand(_ holds: Bool, _ message: StaticString) {
        guard holds else { fatalError("\(message)") }
    }
}
