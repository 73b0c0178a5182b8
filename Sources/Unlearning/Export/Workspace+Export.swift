package import Engine
package import Foundation

/// The files that an adapter can be written as.
package enum ExportFormat: String, Sendable, CaseIterable {
    /// A safetensors file and its configuration, as PEFT and vLLM load them.
    case peft
    /// One GGUF file, as llama.cpp loads it.
    case gguf
}

/// What was exported.
package struct ExportReport: Sendable {
    /// The number of the shard, from 0.
    package let shard: Int
    /// The number of the stage, from 0.
    package let stage: Int
    /// Live records that the state was trained on.
    package let records: Int
    /// SHA-256 of the checkpoint's content, which is PEFT's safetensors file: what the ledger holds of it.
    package let digest: [UInt8]
    /// The files that were written.
    package let files: [URL]
    /// Whether PEFT can load it; it has no adapter that is a head alone.
    package let isForPEFT: Bool
    /// What the head reads of a text; nil where it reads each token's vector by itself.
    package let pooling: Pooling?
    /// The length of the vectors between the two matrices of a LoRA; nil where only the head is trained.
    package let rank: Int?
}

extension Workspace {
    /// A checkpoint that is kept as a file, read and compared with the ledger. `stage`: nil is the one from which the
    /// shard answers.
    package func checkpoint(
        shard: Int, stage: Int? = nil
    ) throws -> (checkpoint: Checkpoint, stage: Int, records: Int) {
        let plan = try plan()
        guard plan.shards.indices.contains(shard) else {
            throw WorkspaceError.noSuchShard(shard + 1, shards: plan.shards.count)
        }
        let rows = try ledger.stages(shard: shard)
        let stored = CheckpointPlan.answering(plan.items(shard: shard)).filter { item in
            rows.contains { $0.key == item.key && $0.stored > 0 }
        }
        guard let newest = stored.first else { throw ExportError.nothingTrained(shard: shard) }
        let wanted = stage ?? newest.stage
        guard let item = stored.first(where: { $0.stage == wanted }),
            let row = rows.first(where: { $0.key == item.key })
        else { throw ExportError.noSuchStage(wanted, shard: shard, stages: stored.map(\.stage).sorted()) }
        guard let checkpoint = try store.read(item.key, shard: shard, size: row.size, digest: row.digest) else {
            throw ExportError.damaged(shard: shard, stage: wanted)
        }
        return (checkpoint, wanted, item.records)
    }

    /// Writes a shard's adapter into a folder, as PEFT's two files or as llama.cpp's one, and overwrites nothing. No
    /// deletion reaches what was written.
    package func export(
        shard: Int, stage: Int? = nil, as format: ExportFormat = .peft, to folder: URL
    ) throws -> ExportReport {
        let (checkpoint, stage, records) = try checkpoint(shard: shard, stage: stage)
        let layout = try model(training: false).layout
        guard let state = checkpoint.state(layout: layout) else { throw TrainingError.checkpointOfAnotherModel }
        let backbone = try BackboneConfiguration(ModelFolder(backboneFolder()))
        let contents =
            switch format {
            case .peft: try filesForPEFT(checkpoint, layout, backbone.modelType)
            case .gguf: [("adapter.gguf", try fileForLlamaCpp(state, layout, backbone))]
            }
        let files = contents.map { folder.appending(path: $0.0) }
        try refuse(folder)
        try FileManager.default.createDirectory(
            at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
        try DurableFile.makeFolder(folder)
        // The configuration last: without it, nothing is there to be loaded.
        for (file, (_, bytes)) in zip(files, contents) { try DurableFile.write(bytes, to: file) }
        return ExportReport(
            shard: shard, stage: stage, records: records, digest: checkpoint.digest, files: files,
            isForPEFT: files.count > 1, pooling: layout.specification.pooling,
            rank: layout.specification.lora?.rank)
    }

    /// The tensors, and the configuration where PEFT can load them: of the encoders it finds the modules by the names
    /// of a BERT alone, and the heads of the others have more layers.
    private func filesForPEFT(
        _ checkpoint: Checkpoint, _ layout: AdapterLayout, _ family: BackboneConfiguration.ModelType
    ) throws -> [(String, [UInt8])] {
        let tensors = ("adapter_model.safetensors", checkpoint.content)
        guard ![.distilbert, .electra].contains(family), let lora = layout.specification.lora,
            case .lora(let choice) = recipe.adapter
        else { return [tensors] }
        let configuration = PEFTConfiguration(
            lora, alpha: choice.alpha, layers: layout.layerCount, family: family, backbone: try backboneFolder().path)
        return [tensors, ("adapter_config.json", try configuration.json)]
    }

    private func fileForLlamaCpp(
        _ state: AdapterState, _ layout: AdapterLayout, _ backbone: BackboneConfiguration
    ) throws -> [UInt8] {
        guard let file = GGUFAdapter.encode(state, layout: layout, model: backbone) else {
            throw ExportError.notForLlamaCpp(family: backbone.modelType.rawValue)
        }
        return file
    }

    private func refuse(_ folder: URL) throws {
        let (inner, outer) = (folder.resolvingSymlinksInPath().path, root.resolvingSymlinksInPath().path)
        guard inner != outer, !inner.hasPrefix(outer + "/") else {
            throw WorkspaceError.insideWorkspace(path: folder.path)
        }
        let kind = try? FileManager.default.attributesOfItem(atPath: inner)[.type] as? FileAttributeType
        if let kind, kind != .typeDirectory { throw ExportError.occupied(path: folder.path) }
        // A file that another adapter left is as bad: the two would be taken for one.
        for name in ["adapter_model.safetensors", "adapter_config.json", "adapter.gguf"] {
            let file = folder.appending(path: name)
            if try DurableFile.size(file) != nil { throw ExportError.occupied(path: file.path) }
        }
    }
}

extension Workspace {
    /// The contents of all checkpoints that there are, by shard, and stage after stage.
    package func checkpointContents() throws -> [[[UInt8]]] {
        let rows = try ledger.stages()
        return try plan().shards.enumerated().map { shard, items in
            try items.compactMap { item in
                guard let row = rows[shard]?.first(where: { $0.key == item.key && $0.stored > 0 }) else { return nil }
                guard let found = try store.read(item.key, shard: shard, size: row.size, digest: row.digest) else {
                    throw ExportError.damaged(shard: shard, stage: item.stage)
                }
                return found.content
            }
        }
    }
}
