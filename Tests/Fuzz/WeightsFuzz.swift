@testable import Engine
@testable import Unlearning

/// Readers of tensors: a backbone's weights, and checkpoints.
enum WeightsFuzz {
    /// What is accepted accounts for every byte, and says the same when it is written and read again.
    static func safetensors(_ input: [UInt8]) {
        do {
            let file = try SafeTensors(bytes: input, name: "fuzz")
            var written: [SafeTensors.WrittenTensor] = []
            for name in file.names {
                let shape = file.shape(of: name) ?? []
                do {
                    let values = try file.floats(name, shape: shape)
                    let count = shape.reduce(1, *)
                    FuzzTarget.demand(values.count == count, "a tensor has another size than its shape")
                    written.append((name, shape, .f32, values))
                } catch {
                    FuzzTarget.refusal(error)
                }
            }
            let again = try SafeTensors(bytes: SafeTensors.encode(written, metadata: file.metadata), name: "again")
            FuzzTarget.demand(again.names == written.map(\.name), "names change when they are written")
            FuzzTarget.demand(again.metadata == file.metadata, "metadata change when they are written")
            for tensor in written {
                let values = try again.floats(tensor.name, shape: tensor.shape)
                FuzzTarget.demand(
                    values.map(\.bitPattern) == tensor.values.map(\.bitPattern), "values change when they are written")
            }
        } catch {
            FuzzTarget.refusal(error)
        }
    }

    /// What is accepted lies in the file without an overlap, and every value that it has can be asked for.
    static func gguf(_ input: [UInt8]) {
        do {
            let file = try GGUF(bytes: input, name: "fuzz.gguf")
            var end = 0
            for entry in file.entries {
                FuzzTarget.demand(entry.bytes.lowerBound >= end, "two tensors overlap")
                end = entry.bytes.upperBound
                FuzzTarget.demand(end <= input.count, "a tensor lies beyond the file")
                do {
                    let values = try file.rows(entry.name, shape: entry.shape).floats()
                    FuzzTarget.demand(
                        values.count == entry.shape.reduce(1, *), "a tensor has another size than its shape")
                    FuzzTarget.demand(values.allSatisfy(\.isFinite), "a weight is no number")
                } catch {
                    FuzzTarget.refusal(error)
                }
            }
            for key in file.header.values.keys {
                let count = try? file.count(key)
                if let texts = try? file.strings(key) { FuzzTarget.demand(texts.count == count, "texts are missing") }
                if let numbers = try? file.integers(key) {
                    FuzzTarget.demand(numbers.count == count, "numbers are missing")
                }
                _ = (try? file.string(key), try? file.integer(key), try? file.float(key), try? file.bool(key))
                _ = try? file.floats(key)
            }
            let configuration = try BackboneConfiguration(file)
            FuzzTarget.demand(configuration.isWhole, "heads of a decoder do not fit")
        } catch {
            FuzzTarget.refusal(error)
        }
    }

    /// No file that an index names lies outside its folder.
    static func index(_ input: [UInt8]) {
        do {
            let index = try WeightIndex(bytes: input, name: "fuzz")
            FuzzTarget.demand(!index.files.isEmpty && index.files.count <= index.fileOf.count, "files are missing")
            FuzzTarget.demand(
                index.files.allSatisfy { !$0.utf8.contains(UInt8(ascii: "/")) && !$0.utf8.contains(0) },
                "a file lies elsewhere")
        } catch {
            FuzzTarget.refusal(error)
        }
    }

    /// What the ledger would say that a checkpoint measures, and that no content may exceed.
    private static let limit = 1 << 16

    /// The first byte says whether the rest is a compressed file, what is in its frame, or what is stored: no fuzzer
    /// guesses a checksum.
    static func checkpoint(_ input: [UInt8]) {
        let rest = Array(input.dropFirst())
        do {
            switch (input.first ?? 0) & 3 {
            case 0: file(rest)
            case 2: file(try Zstd.compress(rest))
            default:
                let packed = try Packing.pack(rest, initial: InitialTensors(seed: 1, shard: 0))
                FuzzTarget.demand(
                    Packing.unpack(packed, size: rest.count) == rest, "content changes when it is stored")
                state(rest)
            }
        } catch {
            FuzzTarget.refusal(error)
        }
    }

    private static func file(_ bytes: [UInt8]) {
        let size = min(Zstd.contentSize(bytes) ?? limit, limit)
        if let content = Zstd.decompress(bytes, size: size) {
            FuzzTarget.demand(content.count == size, "more or less was read than the frame says")
        }
        for length in PackingForm.lengths {
            guard let content = Packing.unpack(bytes, size: size - length) else { continue }
            FuzzTarget.demand(content.count == size - length, "more or less was read than the ledger says")
            state(content)
        }
    }

    /// A state that is accepted is the one of this layout, and its own checkpoint holds the same.
    private static func state(_ content: [UInt8]) {
        guard let layout, let state = Checkpoint(content: content).state(layout: layout) else { return }
        FuzzTarget.demand(state.values.count == layout.count, "a state of another layout was accepted")
        let again = Checkpoint(state, layout: layout, precision: .f32).state(layout: layout)
        FuzzTarget.demand(
            again?.values.map(\.bitPattern) == state.values.map(\.bitPattern), "a state changes when it is stored")
    }

    /// Small, with both kinds of tensors.
    private static let layout: AdapterLayout? = {
        let backbone = try? BackboneConfiguration(
            hiddenSize: 4, layers: 1, heads: 1, intermediateSize: 4, vocabularySize: 8)
        let lora = AdapterSpecification.LoRA(rank: 1, alpha: 2, targets: [.query], layers: [0])
        return backbone.map {
            AdapterLayout(AdapterSpecification(lora: lora, labels: 2, pooling: .mean), backbone: $0)
        }
    }()
}
