import ArgumentParser
import Engine
import Foundation
import Unlearning

struct Export: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a shard's adapter as files that PEFT, vLLM or llama.cpp loads.",
        discussion: """
            Writes adapter_model.safetensors, byte for byte what the ledger has the digest of, and adapter_config.json \
            into a folder. Nothing is overwritten. Where only the head is trained, PEFT has no such adapter, and the \
            first file is all.

            With --format gguf it writes adapter.gguf, which llama.cpp loads beside the file of the same model \
            (--lora). Causal models only.

            A copy is out of reach: a later deletion changes the workspace, and not what was exported before.

            EXAMPLES:
              sisa export 2 adapters/shard-2 --workspace workspaces/reviews
              sisa export 2 adapters/shard-2-stage-1 --stage 1 --workspace workspaces/reviews
              sisa export 1 adapters/people-1 --format gguf --workspace workspaces/people
            """)

    @OptionGroup var options: WorkspaceOptions

    @Argument(help: "The shard, counted from 1.")
    var shard: Int

    @Argument(help: "A folder; it is made where it is missing.", completion: .directory)
    var folder: String

    @Option(help: "The stage, counted from 1. Default: the newest, from which the shard answers.")
    var stage: Int?

    @Option(help: "The files to write.")
    var format = ExportFormat.peft

    func validate() throws {
        if shard < 1 { throw ValidationError("the shard is \(shard); shards are counted from 1") }
        if let stage, stage < 1 { throw ValidationError("--stage is \(stage); stages are counted from 1") }
    }

    func perform() throws {
        let report = try options.openToRead().export(
            shard: Ordinal(number: shard).index, stage: stage.map { Ordinal(number: $0).index }, as: format,
            to: URL(filePath: folder))
        let answer = ExportAnswer(report)
        if options.json { return try Console.json(answer) }
        Console.out("shard \(answer.shard), stage \(answer.stage), trained on \(answer.records) records")
        for file in answer.files { Console.out("  \(file)") }
        switch format {
        case .peft: Console.out("  SHA-256 \(answer.digest)")
        case .gguf: Console.out("  made of the checkpoint with SHA-256 \(answer.digest)")
        }
        for line in remarks(report) { Console.out(line) }
        Console.out("later deletions do not reach these files")
    }
    /// What whoever loads the files has to know.
    private func remarks(_ report: ExportReport) -> [String] {
        guard format == .peft else { return [] }
        guard report.isForPEFT else {
            return ["only the head is trained: PEFT has no such adapter, so there is no adapter_config.json"]
        }
        switch (report.pooling, report.rank) {
        case (.pooler?, _): return []
        case (let pooling?, _):
            return [
                "the head was trained on pooling: \(pooling.rawValue); PEFT's BERT classifier reads the pooler, so the "
                    + "tensors load and its answers are others"
            ]
        case (nil, let rank?) where rank > 16:
            return ["vLLM takes ranks of more than 16 only where it was started with --max-lora-rank \(rank) or more"]
        case (nil, _): return []
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}
