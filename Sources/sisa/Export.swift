import ArgumentParser
import Engine
import Foundation
import Unlearning

struct Export: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a shard's adapter as files that PEFT loads.",
        discussion: """
            Writes adapter_model.safetensors, byte for byte what the ledger has the digest of, and adapter_config.json \
            into a folder. Nothing is overwritten. Where only the head is trained, PEFT has no such adapter, and the \
            first file is all.

            A copy is out of reach: a later deletion changes the workspace, and not what was exported before.

            EXAMPLES:
              sisa export 2 adapters/shard-2 --workspace workspaces/reviews
              sisa export 2 adapters/shard-2-stage-1 --stage 1 --workspace workspaces/reviews
            """)

    @OptionGroup var options: WorkspaceOptions

    @Argument(help: "The shard, counted from 1.")
    var shard: Int

    @Argument(help: "A folder; it is made where it is missing.", completion: .directory)
    var folder: String

    @Option(help: "The stage, counted from 1. Default: the newest, from which the shard answers.")
    var stage: Int?

    func validate() throws {
        if shard < 1 { throw ValidationError("the shard is \(shard); shards are counted from 1") }
        if let stage, stage < 1 { throw ValidationError("--stage is \(stage); stages are counted from 1") }
    }

    func perform() throws {
        let report = try options.openToRead().export(
            shard: Ordinal(number: shard).index, stage: stage.map { Ordinal(number: $0).index },
            to: URL(filePath: folder))
        let answer = ExportAnswer(report)
        if options.json { return try Console.json(answer) }
        Console.out("shard \(answer.shard), stage \(answer.stage), trained on \(answer.records) records")
        for file in answer.files { Console.out("  \(file)") }
        Console.out("  SHA-256 \(answer.digest)")
        if !report.isForPEFT {
            Console.out("only the head is trained: PEFT has no such adapter, so there is no adapter_config.json")
        } else if report.pooling != .pooler {
            Console.out(
                "the head was trained on pooling: \(report.pooling.rawValue); PEFT's BERT classifier reads the pooler, "
                    + "so the tensors load "
                    + "and its answers are others")
        }
        Console.out("later deletions do not reach these files")
    }
}
