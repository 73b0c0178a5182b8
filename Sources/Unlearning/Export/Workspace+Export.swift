package import Engine
package import Foundation

/// What was exported.
package struct ExportReport: Sendable {
    /// The number of the shard, from 0.
    package let shard: Int
    /// The number of the stage, from 0.
    package let stage: Int
    /// Live records that the state was trained on.
    package let records: Int
    /// SHA-256 of the safetensors file: what the ledger holds of the checkpoint.
    package let digest: [UInt8]
    /// The files that were written.
    package let files: [URL]
    /// Whether PEFT can load it; it has no adapter that is a head alone.
    package let isForPEFT: Bool
    /// What the head reads of a text.
    package let pooling: Pooling
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

    /// Writes a shard's adapter as PEFT's two files into a folder, and overwrites nothing. No deletion reaches what was
    /// written.
    package func export(shard: Int, stage: Int? = nil, to folder: URL) throws -> ExportReport {
        let (checkpoint, stage, records) = try checkpoint(shard: shard, stage: stage)
        let layout = try model(training: false).layout
        guard checkpoint.state(layout: layout) != nil else { throw TrainingError.checkpointOfAnotherModel }
        var contents = [("adapter_model.safetensors", checkpoint.content)]
        // Of the encoders PEFT finds its modules by the names of a BERT alone; the others have heads of more layers too.
        let family = try BackboneConfiguration(ModelFolder(backboneFolder())).modelType
        if ![.distilbert, .electra].contains(family), let lora = layout.specification.lora,
            case .lora(let choice) = recipe.adapter
        {
            let configuration = PEFTConfiguration(
                lora, alpha: choice.alpha, layers: layout.layerCount, family: family,
                backbone: try backboneFolder().path)
            contents.append(("adapter_config.json", try configuration.json))
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
            isForPEFT: files.count > 1, pooling: recipe.pooling)
    }

    private func refuse(_ folder: URL) throws {
        let (inner, outer) = (folder.resolvingSymlinksInPath().path, root.resolvingSymlinksInPath().path)
        guard inner != outer, !inner.hasPrefix(outer + "/") else {
            throw WorkspaceError.insideWorkspace(path: folder.path)
        }
        let kind = try? FileManager.default.attributesOfItem(atPath: inner)[.type] as? FileAttributeType
        if let kind, kind != .typeDirectory { throw ExportError.occupied(path: folder.path) }
        // A file that another adapter left is as bad: the two would be taken for one.
        for name in ["adapter_model.safetensors", "adapter_config.json"] {
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
