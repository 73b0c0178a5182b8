/// Why no adapter was exported. Shards and stages are counted from 0.
package enum ExportError: Error, Equatable {
    case nothingTrained(shard: Int)
    case noSuchStage(Int, shard: Int, stages: [Int])
    case damaged(shard: Int, stage: Int)
    case occupied(path: String)
    /// An adapter of another model than a causal one, as GGUF.
    case notForLlamaCpp(family: String)
}

extension ExportError: CustomStringConvertible {
    /// The sentence for people: what was found, what was expected, and what to do.
    package var description: String {
        switch self {
        case .nothingTrained(let shard):
            "shard \(shard + 1) has no trained checkpoint; run `sisa train` on this workspace, or name another shard "
                + "(`sisa status`)"
        case .noSuchStage(let stage, let shard, let stages):
            "shard \(shard + 1) has no checkpoint of stage \(stage + 1); name one of "
                + stages.map { "\($0 + 1)" }.joined(separator: ", ")
        case .damaged(let shard, let stage):
            "the checkpoint of shard \(shard + 1), stage \(stage + 1) is missing or damaged; `sisa train` on this "
                + "workspace makes it again"
        case .occupied(let path):
            "\(path) is there already, and nothing is overwritten; remove it, or name another folder"
        case .notForLlamaCpp(let family):
            "llama.cpp loads adapters of causal models, and the backbone is of type \"\(family)\"; leave "
                + "`--format gguf` out"
        }
    }
}
