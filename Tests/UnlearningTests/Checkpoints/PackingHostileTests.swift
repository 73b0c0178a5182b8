import Engine
import Testing

@testable import Unlearning

/// Files that `Packing.pack` did not write give nil, or at most the content that they hold; nothing traps.
@Suite struct PackingHostileTests {
    private static let content = PackingSupport.file([
        ("a", .f32, [40], PackingSupport.bytes(PackingSupport.numbers(40, seed: 1), .f32)),
        ("b", .bf16, [31], PackingSupport.bytes(PackingSupport.numbers(31, seed: 2), .bf16))
    ])
    private static let initial = InitialTensors(seed: 1, shard: 2)
    /// A tensor as it began.
    private static let left: [UInt8] = {
        var content = PackingSupport.file([("a", .f32, [4, 10], [UInt8](repeating: 0, count: 160))])
        for tensor in SafeTensors.entries(in: content) ?? [] {
            content.replaceSubrange(tensor.bytes, with: initial.bytes(of: tensor))
        }
        return content
    }()

    /// One file of each form.
    private static func files() throws -> [(file: [UInt8], content: [UInt8])] {
        [
            (try Packing.pack(content), content),
            (try Packing.pack(left, initial: initial), left),
            (try Packing.pack([1, 2, 3]), [1, 2, 3])
        ]
    }

    @Test func everyTruncationIsRefused() throws {
        for (file, content) in try Self.files() {
            #expect(Packing.unpack(file, size: content.count) == content)
            for count in 0..<file.count {
                #expect(Packing.unpack(Array(file.prefix(count)), size: content.count) == nil)
                #expect(Packing.unpack(Array(file.suffix(count)), size: content.count) == nil)
            }
        }
    }

    /// Few bits of a frame say nothing about its content; with any other changed it is none.
    @Test func everyFlippedBitIsRefusedOrSaysNothing() throws {
        for (file, content) in try Self.files() {
            var accepted = 0
            for bit in 0..<8 * file.count {
                var flipped = file
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                let found = Packing.unpack(flipped, size: content.count)
                #expect(found == nil || found == content, "bit \(bit)")
                accepted += found == nil ? 0 : 1
            }
            #expect(accepted < 8, "\(accepted) bits of \(8 * file.count)")
        }
    }

    @Test func sizesThatAreNotTheContentsAreRefused() throws {
        for (file, content) in try Self.files() {
            for size in [-1, 0, 1, content.count - 16, content.count - 1, content.count + 1, content.count + 8]
                + [content.count + 16, content.count + 24, 1 << 40, Int.max - 8, Int.max, Int.min]
            {
                #expect(Packing.unpack(file, size: size) == nil, "\(size)")
            }
        }
    }

    @Test func framesOfOthersAreRefused() throws {
        let content = Self.content
        let others: [[UInt8]] = [
            content, content + Array("planes 2".utf8), content + Array("planes 9".utf8),
            content + Array("Planes 1".utf8),
            content + [UInt8](repeating: 0, count: 8), content + [UInt8](repeating: 0, count: 24),
            // A shard that is no number of a shard.
            content + [UInt8](repeating: 255, count: 16) + Array("planes 2".utf8)
        ]
        for other in others { #expect(Packing.unpack(try Zstd.compress(other), size: content.count) == nil) }
        let mine = try Zstd.compress(content + Array("planes 1".utf8))
        #expect(Packing.unpack(mine, size: content.count) != nil)
        #expect(Packing.unpack(mine + mine, size: content.count) == nil)
        #expect(Packing.unpack(ZstdFrame.skippable([1]) + mine, size: content.count) == nil)
        #expect(Packing.unpack(mine + ZstdFrame.skippable([1]), size: content.count) == nil)
        #expect(Packing.unpack([], size: 0) == nil)
    }

    /// The checksum is right and the header is not: every byte of it, one after another.
    @Test func framesWithADamagedHeaderDoNotTrap() throws {
        for form in [PackingForm.planes, .withoutUntrained(Self.initial)] {
            let header = Self.left.count - 160
            for index in 0..<header {
                for byte in [0, 1, 0x22, 0x39, 0x7D, 0xFF] as [UInt8] {
                    var content = Self.left
                    content[index] = byte
                    let found = try Packing.unpack(Zstd.compress(content + form.bytes), size: content.count)
                    // Nothing, or a file with this header.
                    if let found { #expect(found.prefix(header) == content.prefix(header)) }
                }
            }
        }
    }

    /// A few bytes that stand for 128 MiB: not even looked at where the ledger says less, and refused where it says so
    /// too.
    @Test func bombsAreRefused() {
        let size = 1000 * ZstdFrame.blockBytes
        for declared: UInt64? in [nil, UInt64(size), UInt64(size) + 8, UInt64(size) + 24, UInt64.max - 2] {
            let bomb = ZstdFrame(declared: declared, windowLog: declared == nil ? 20 : nil, blocks: 1000).bytes
            for size in [0, 1000, size - 24, size - 8, size, Int.max] {
                #expect(Packing.unpack(bomb, size: size) == nil)
                #expect(Packing.unpack(bomb + [0, 0, 0, 0], size: size) == nil)
            }
        }
    }
}
