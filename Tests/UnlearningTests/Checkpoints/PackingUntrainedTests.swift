import Engine
import Testing

@testable import Unlearning

/// Tensors that no stage has trained yet are left out of a file, and come back by themselves.
@Suite struct PackingUntrainedTests {
    private static let initial = InitialTensors(seed: 7, shard: 3)

    private static func layout(rank: Int = 4, layers: [Int] = [0, 1]) throws -> AdapterLayout {
        let backbone = try BackboneConfiguration(
            hiddenSize: 64, layers: 2, heads: 4, intermediateSize: 64, vocabularySize: 8)
        let lora = AdapterSpecification.LoRA(rank: rank, alpha: 8, targets: [.query], layers: layers)
        return AdapterLayout(AdapterSpecification(lora: lora, labels: 3, pooling: .mean), backbone: backbone)
    }

    private static func start(_ layout: AdapterLayout, _ precision: Recipe.CheckpointPrecision) -> AdapterState {
        var state = AdapterState(seed: initial.seed, shard: initial.shard, layout: layout)
        if precision == .bf16 { state.roundToBFloat16() }
        return state
    }

    @Test(arguments: Recipe.CheckpointPrecision.allCases)
    func anInitialStateTakesNoRoomButItsHeader(precision: Recipe.CheckpointPrecision) throws {
        let layout = try Self.layout(rank: 32)
        let content = Checkpoint(Self.start(layout, precision), layout: layout, precision: precision).content
        let file = try Packing.pack(content, initial: Self.initial)
        #expect(Packing.unpack(file, size: content.count) == content)
        #expect(file.count < 1000)
        let whole = try Packing.pack(content)
        #expect(whole.count > 5 * file.count)
        #expect(Packing.unpack(whole, size: content.count) == content)
    }

    /// Every way in which tensors can be as they began, zeros, or trained.
    @Test(arguments: Recipe.CheckpointPrecision.allCases)
    func everyMixtureComesBack(precision: Recipe.CheckpointPrecision) throws {
        let layout = try Self.layout()
        let start = Self.start(layout, precision)
        let tensors = layout.tensors
        var sizes: Set<Int> = []
        for mixture in 0..<Int.threeTo(tensors.count) {
            var state = start
            for (index, tensor) in tensors.enumerated() {
                switch mixture / Int.threeTo(index) % 3 {
                case 0: break
                case 1: for element in tensor.range { state.values[element] = 0 }
                default: for element in tensor.range { state.values[element] = 0.5 + Float(element % 3) }
                }
            }
            let content = Checkpoint(state, layout: layout, precision: precision).content
            let file = try Packing.pack(content, initial: Self.initial)
            #expect(Packing.unpack(file, size: content.count) == content, "mixture \(mixture)")
            sizes.insert(file.count)
        }
        #expect(sizes.count > 10)
    }

    /// One number that is not where it began, or whose sign is not: the tensor is stored.
    @Test func oneTrainedNumberIsKept() throws {
        let layout = try Self.layout()
        for element in [0, 1, layout.tensors[0].range.count - 1] {
            for change in [Float.ulpOfOne, -1] {
                var state = Self.start(layout, .f32)
                state.values[element] *= change == -1 ? -1 : 1 + change
                let content = Checkpoint(state, layout: layout, precision: .f32).content
                let file = try Packing.pack(content, initial: Self.initial)
                #expect(Packing.unpack(file, size: content.count) == content)
            }
        }
    }

    /// Another shard's or another seed's beginning is not this one's.
    @Test func whatBeganElsewhereIsStored() throws {
        let layout = try Self.layout()
        let content = Checkpoint(Self.start(layout, .f32), layout: layout, precision: .f32).content
        let plain = try Packing.pack(content)
        for other in [InitialTensors(seed: 8, shard: 3), InitialTensors(seed: 7, shard: 2)] {
            #expect(try Packing.pack(content, initial: other) == plain)
        }
        #expect(try Packing.pack(content, initial: Self.initial).count < plain.count)
    }

    /// A chain whose stages train a layer each: the file grows with what was trained, not with what there is.
    @Test func aStagePaysForWhatIsTrained() throws {
        let layout = try Self.layout(rank: 32)
        var state = Self.start(layout, .f32)
        var sizes: [Int] = []
        for layer in [1, 0] {
            for tensor in layout.tensors
            where tensor.name.contains("layer.\(layer).") || tensor.name.contains("classifier") {
                let numbers = PackingSupport.numbers(tensor.range.count, seed: UInt64(layer))
                state.values.replaceSubrange(tensor.range, with: numbers)
            }
            let content = Checkpoint(state, layout: layout, precision: .f32).content
            let file = try Packing.pack(content, initial: Self.initial)
            #expect(Packing.unpack(file, size: content.count) == content)
            sizes.append(file.count)
        }
        #expect(Double(sizes[0]) < 0.6 * Double(sizes[1]))
    }
}

extension Int {
    fileprivate static func threeTo(_ power: Int) -> Int { (0..<power).reduce(1) { product, _ in 3 * product } }
}
