import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// An export is the checkpoint's content, byte for byte, and a configuration that says what PEFT must know.
@Suite struct ExportTests {
    private func with(
        changing change: (inout Recipe) -> Void = { _ in }, _ body: (Workspace, URL) throws -> Void
    ) throws {
        try ToyWorld.with(changing: change) { world in
            try body(world.workspace("subject", ToyRecord.all()), world.folder.appending(path: "adapter"))
        }
    }

    private func configuration(_ folder: URL) throws -> [String: Any] {
        let data = try Data(contentsOf: folder.appending(path: "adapter_config.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test(arguments: Recipe.CheckpointPrecision.allCases)
    func everyStageIsTheContentThatTheLedgerHas(precision: Recipe.CheckpointPrecision) throws {
        try with(changing: { $0.checkpointPrecision = precision }) { subject, folder in
            var exported = 0
            for (shard, rows) in try subject.ledger.stages() {
                for row in rows {
                    let place = folder.appendingPathExtension("\(shard)-\(row.stage)")
                    let report = try subject.export(shard: shard, stage: row.stage, to: place)
                    let bytes = try Data(contentsOf: place.appending(path: "adapter_model.safetensors"))
                    #expect(Checkpoint.digest(of: Array(bytes)) == row.digest && report.digest == row.digest)
                    #expect(report.isForPEFT && report.files.count == 2 && report.stage == row.stage)
                    #expect(bytes.count == row.size)
                    exported += 1
                }
            }
            #expect(exported > 3)
        }
    }

    @Test func theNewestStageIsTheDefault() throws {
        try with { subject, folder in
            let last = try #require(try subject.plan().items(shard: 1).last)
            #expect(try subject.export(shard: 1, to: folder).stage == last.stage)
        }
    }

    @Test func aConfigurationSaysWhatWasTrained() throws {
        try with { subject, folder in
            _ = try subject.export(shard: 0, to: folder)
            let found = try configuration(folder)
            #expect(found["peft_type"] as? String == "LORA" && found["task_type"] as? String == "SEQ_CLS")
            #expect(found["r"] as? Int == 2 && found["lora_alpha"] as? Double == 4)
            #expect(found["target_modules"] as? [String] == ["query", "value"])
            #expect(found["modules_to_save"] as? [String] == ["classifier", "score"])
            #expect(found["bias"] as? String == "none" && found["lora_dropout"] as? Double == 0)
            for (name, value) in [
                "fan_in_fan_out": false, "use_rslora": false, "use_dora": false, "inference_mode": true
            ] {
                #expect(found[name] as? Bool == value)
            }
            #expect(found["base_model_name_or_path"] as? String == (try subject.backboneFolder().path))
            #expect(found["layers_to_transform"] == nil)
        }
    }

    @Test func someLayersAreNamed() throws {
        try with(
            changing: {
                var lora = Recipe.LoRA()
                lora.rank = 3
                lora.targetModules = [.key, .attentionOutput, .output]
                lora.layers = .top(1)
                $0.adapter = .lora(lora)
            },
            { subject, folder in
                _ = try subject.export(shard: 0, to: folder)
                let found = try configuration(folder)
                #expect(found["layers_to_transform"] as? [Int] == [1])
                #expect(
                    found["target_modules"] as? [String] == ["key", "attention.output.dense", "output.dense"])
            })
    }

    /// PEFT takes a module by the end of its name, or by a pattern for all of it. By its own rule, each configuration
    /// means the modules that were trained, and no others.
    @Test(arguments: [BackboneConfiguration.ModelType.bert, .llama, .gpt2])
    func everyChoiceOfModulesMeansThoseAlone(family: BackboneConfiguration.ModelType) throws {
        let all = TargetModule.all(of: family)
        for choice in 1..<(1 << all.count) {
            let targets = all.indices.filter { choice >> $0 & 1 == 1 }.map { all[$0] }
            for layers in [[0, 1, 2], [2], [0, 2]] {
                let lora = AdapterSpecification.LoRA(rank: 1, alpha: 1, targets: targets, layers: layers)
                let subject = PEFTConfiguration(lora, alpha: 1, layers: 3, family: family, backbone: "b")
                for layer in 0..<3 {
                    for module in all {
                        let name = family.layerPath(layer) + module.path
                        let isWanted = targets.contains(module) && layers.contains(layer)
                        #expect(try Self.takes(name, layer, subject) == isWanted, "\(targets) \(layers) \(name)")
                    }
                }
                for other in ["bert.pooler.dense", "lm_head"] {
                    #expect(try !Self.takes(other, nil, subject))
                }
            }
        }
    }

    /// What vLLM checks before it loads one: nothing but low-rank matrices, and the head is left alone.
    @Test(arguments: [BackboneConfiguration.ModelType.llama, .qwen2, .qwen3, .gpt2])
    func anAdapterOfACausalModelHasNoHead(family: BackboneConfiguration.ModelType) throws {
        let modules = TargetModule.all(of: family)
        let lora = AdapterSpecification.LoRA(rank: 4, alpha: 8, targets: modules, layers: [1, 2])
        let subject = PEFTConfiguration(lora, alpha: 8, layers: 3, family: family, backbone: "b")
        let found = try #require(
            try JSONSerialization.jsonObject(with: Data(subject.json)) as? [String: Any])
        #expect(found["task_type"] as? String == "CAUSAL_LM")
        #expect(found["modules_to_save"] is NSNull)
        #expect(found["fan_in_fan_out"] as? Bool == (family == .gpt2))
        #expect(found["target_modules"] as? [String] == modules.map(\.rawValue))
        #expect(found["layers_to_transform"] as? [Int] == [1, 2])
        #expect(found["bias"] as? String == "none")
        #expect(found["use_rslora"] as? Bool == false && found["use_dora"] as? Bool == false)
    }

    @Test func aGenerationIsExportedForPEFTAndForLlamaCpp() throws {
        try ToyWorld.$task.withValue(.generation) {
            try with { subject, folder in
                let report = try subject.export(shard: 1, to: folder)
                let rank = try subject.model(training: false).layout.specification.lora?.rank
                #expect(report.isForPEFT && report.pooling == nil && report.rank == rank && rank != nil)
                #expect(try configuration(folder)["task_type"] as? String == "CAUSAL_LM")
                let tensors = try SafeTensors(contentsOf: folder.appending(path: "adapter_model.safetensors"))
                #expect(!tensors.names.isEmpty)
                let ours = /base_model\.model\.model\.layers\.[01]\..*\.lora_[AB]\.weight/
                #expect(try tensors.names.allSatisfy { try ours.wholeMatch(in: $0) != nil })

                let other = folder.appendingPathExtension("gguf")
                let second = try subject.export(shard: 1, as: .gguf, to: other)
                #expect(second.digest == report.digest && !second.isForPEFT)
                #expect(second.files.map(\.lastPathComponent) == ["adapter.gguf"])
                #expect(try GGUF(contentsOf: second.files[0]).entries.count == tensors.names.count)
                #expect(throws: ExportError.occupied(path: second.files[0].path)) {
                    try subject.export(shard: 1, to: other)
                }
            }
        }
    }

    @Test func anEncoderIsNoModelOfLlamaCpp() throws {
        try with { subject, folder in
            #expect(throws: ExportError.notForLlamaCpp(family: "bert")) {
                try subject.export(shard: 0, as: .gguf, to: folder)
            }
            #expect(!FileManager.default.fileExists(atPath: folder.path))
        }
    }

    private static func takes(_ name: String, _ layer: Int?, _ subject: PEFTConfiguration) throws -> Bool {
        switch subject.targetModules {
        case .pattern(let pattern):
            #expect(subject.layersToTransform == nil)
            return try Regex(pattern).wholeMatch(in: name) != nil
        case .ends(let ends):
            guard ends.contains(where: { name.hasSuffix("." + $0) }) else { return false }
            guard let layers = subject.layersToTransform else { return true }
            return layer.map(layers.contains) ?? false
        }
    }

    @Test func aHeadIsNoAdapterOfPEFT() throws {
        try with(changing: { $0.adapter = .head }) { subject, folder in
            let report = try subject.export(shard: 0, to: folder)
            #expect(!report.isForPEFT && report.files.map(\.lastPathComponent) == ["adapter_model.safetensors"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
        }
    }

    @Test func nothingIsOverwritten() throws {
        try with { subject, folder in
            for name in ["adapter_model.safetensors", "adapter_config.json"] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
                let file = folder.appending(path: name)
                try Data("mine".utf8).write(to: file)
                #expect(throws: ExportError.occupied(path: file.path)) { try subject.export(shard: 0, to: folder) }
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
                #expect(try Data(contentsOf: file) == Data("mine".utf8))
                try FileManager.default.removeItem(at: folder)
            }
            try Data("mine".utf8).write(to: folder)
            #expect(throws: ExportError.occupied(path: folder.path)) { try subject.export(shard: 0, to: folder) }
            let inside = subject.root.appending(path: "adapter")
            #expect(throws: WorkspaceError.insideWorkspace(path: inside.path)) {
                try subject.export(shard: 0, to: inside)
            }
        }
    }

    @Test func whatIsNotThereIsNamed() throws {
        try with { subject, folder in
            #expect(throws: WorkspaceError.noSuchShard(8, shards: 3)) { try subject.export(shard: 7, to: folder) }
            #expect(throws: WorkspaceError.noSuchShard(0, shards: 3)) { try subject.export(shard: -1, to: folder) }
            let rows = try subject.ledger.stages(shard: 0)
            #expect(throws: ExportError.noSuchStage(40, shard: 0, stages: rows.map(\.stage))) {
                try subject.export(shard: 0, stage: 40, to: folder)
            }
            let last = try #require(rows.last)
            try Data("damaged".utf8).write(to: subject.store.url(last.key, shard: 0))
            #expect(throws: ExportError.damaged(shard: 0, stage: last.stage)) {
                try subject.export(shard: 0, to: folder)
            }
            #expect(!FileManager.default.fileExists(atPath: folder.path))
        }
    }

    /// With several orders the shard answers from one of them, and stages that are not kept have no file to give.
    @Test func whatIsKeptCanBeExported() throws {
        try with(changing: {
            $0.sliceOptions.keep = 1
            $0.sliceOptions.orders = 2
        }) { subject, folder in
            var (kept, lost) = (0, 0)
            let contents = try subject.checkpointContents()
            let layout = try subject.model(training: false).layout
            for (shard, items) in try subject.plan().shards.enumerated() where !items.isEmpty {
                let stages = items.filter(\.isKept).map(\.stage)
                #expect(contents[shard].count == stages.count)
                for item in items {
                    let place = folder.appendingPathExtension("\(shard)-\(item.stage)")
                    if item.isKept {
                        #expect(try subject.export(shard: shard, stage: item.stage, to: place).stage == item.stage)
                        kept += 1
                    } else {
                        #expect(throws: ExportError.noSuchStage(item.stage, shard: shard, stages: stages)) {
                            try subject.export(shard: shard, stage: item.stage, to: place)
                        }
                        lost += 1
                    }
                }
                let rows = try subject.ledger.stages(shard: shard)
                let member = try Member.newest(shard: shard, items, rows: rows, subject.store, layout).member
                let answering = try subject.checkpoint(shard: shard)
                #expect(answering.checkpoint.state(layout: layout) == member?.state)
                #expect(answering.records == member?.records)
            }
            #expect(kept > 3 && lost > 3)
        }
    }

    /// After a deletion the stages that saw the record are asked for no more.
    @Test func noStageThatSawADeletedRecordIsExported() throws {
        try ToyWorld.with { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let record = try #require(records.first { world.cell($0).slice == 2 })
            let cell = world.cell(record)
            let before = try subject.ledger.stages(shard: cell.shard)
            try subject.delete(DeletionRequest(ids: [record.recordID], defersRepair: true))
            let left = before.filter { $0.stage < cell.slice }
            let report = try subject.export(shard: cell.shard, to: world.folder.appending(path: "adapter"))
            #expect(report.stage == left.last?.stage && report.digest == left.last?.digest)
            for stale in before where stale.stage >= cell.slice {
                #expect(throws: ExportError.noSuchStage(stale.stage, shard: cell.shard, stages: left.map(\.stage))) {
                    try subject.export(shard: cell.shard, stage: stale.stage, to: world.folder.appending(path: "other"))
                }
            }
        }
    }

    // PEFT finds no module of theirs by the names of a BERT, or answers without the head's other layer.
    @Test(arguments: ["bert", "electra"]) func whatPEFTWouldNotAnswerAsWeDoIsNotSaidToLoad(family: String) throws {
        try ToyWorld.with { world in
            var world = world
            world.backbone = try world.movableBackbone()
            let file = world.backbone.appending(path: "config.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data(text.replacing("\"bert\"", with: "\"\(family)\",\n  \"embedding_size\": 32").utf8).write(to: file)
            let subject = try world.workspace("subject", ToyRecord.all())
            // With a folder above it that is not there yet.
            let report = try subject.export(shard: 0, to: world.folder.appending(path: "new/exported"))
            #expect(report.isForPEFT == (family == "bert") && report.files.count == (family == "bert" ? 2 : 1))
        }
    }
}
