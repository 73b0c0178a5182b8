import Engine
import Testing

@testable import Unlearning

/// What is packed comes back, whatever it is; and numbers take less room.
@Suite struct PackingTests {
    @Test func contentOfEverySizeComesBack() throws {
        for size in 0...300 {
            for content in [
                PackingSupport.noise(size, seed: UInt64(size)), [UInt8](repeating: 0, count: size),
                [UInt8](repeating: 255, count: size), (0..<size).map { UInt8(truncatingIfNeeded: $0) }
            ] { #expect(try PackingSupport.isWhole(content), "\(size) bytes") }
        }
    }

    @Test(arguments: [ElementType.f32, .bf16]) func tensorsOfEveryLengthComeBack(type: ElementType) throws {
        for count in 0...300 {
            let numbers = PackingSupport.numbers(count, seed: 1)
            for bytes in [
                PackingSupport.bytes(numbers, type),
                PackingSupport.noise(PackingSupport.bytes(numbers, type).count, seed: 2)
            ] {
                let content = PackingSupport.file([("a", type, [count], bytes)], padding: count % 8)
                #expect(try PackingSupport.isWhole(content), "\(count) numbers")
            }
        }
    }

    /// The pieces into which a tensor is cut, and what is left of the last.
    @Test(arguments: [ElementType.f32, .bf16]) func tensorsOfManyPiecesComeBack(type: ElementType) throws {
        let piece = Planes.pieceWords
        for count in [piece - 1, piece, piece + 1, 2 * piece, 3 * piece + 17] {
            let bytes = PackingSupport.bytes(PackingSupport.numbers(count, seed: 3), type)
            #expect(try PackingSupport.isWhole(PackingSupport.file([("a", type, [count], bytes)])), "\(count)")
        }
    }

    /// Every order of four types, the empty tensor among them; so numbers stand at odd addresses too.
    @Test func mixedTypesComeBack() throws {
        let one: [PackingSupport.Tensor] = [
            ("f32", .f32, [3, 100], PackingSupport.bytes(PackingSupport.numbers(300, seed: 4), .f32)),
            ("bf16", .bf16, [301], PackingSupport.bytes(PackingSupport.numbers(301, seed: 5), .bf16)),
            ("empty", .f32, [0, 7], []),
            ("u8", .u8, [5], PackingSupport.noise(5, seed: 6)),
            ("f64", .f64, [9], PackingSupport.noise(72, seed: 7)),
            ("bool", .bool, [1], [1]),
            ("f16", .f16, [2, 2], PackingSupport.noise(8, seed: 8))
        ]
        for first in one {
            for second in one where second.name != first.name {
                for third in one where ![first.name, second.name].contains(third.name) {
                    let content = PackingSupport.file([first, second, third])
                    #expect(try PackingSupport.isWhole(content), "\(first.name) \(second.name) \(third.name)")
                }
            }
        }
        #expect(try PackingSupport.isWhole(PackingSupport.file(one)))
        #expect(try PackingSupport.isWhole(PackingSupport.file([])))
    }

    /// All 65,536 upper halves, NaNs and infinities among them.
    @Test func everyBitPatternComesBack() throws {
        let bf16 = (0...UInt16.max).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let f32 = (0...UInt16.max).flatMap {
            [UInt8(truncatingIfNeeded: $0 &* 31), 1, UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
        }
        let content = PackingSupport.file([("a", .bf16, [65_536], bf16), ("b", .f32, [65_536], f32)])
        #expect(try PackingSupport.isWhole(content))
    }

    /// What the plane format is, byte by byte: exponents, then mantissas from the top, the sign at their end.
    @Test func aNumbersExponentStandsApart() {
        // 1.0 = 0x3F800000, -2.5 = 0xC0200000; turned left by one bit 0x7F000000 and 0x80400001.
        var bytes: [UInt8] = [9, 0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0, 9]
        Planes.split(&bytes, 1..<9, width: .four)
        #expect(bytes == [9, 0x7F, 0x80, 0, 0x40, 0, 0, 0, 1, 9])
        Planes.join(&bytes, 1..<9, width: .four)
        #expect(bytes == [9, 0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0, 9])
        var halves: [UInt8] = [9, 0x80, 0x3F, 0x20, 0xC0, 9]
        Planes.split(&halves, 1..<5, width: .two)
        #expect(halves == [9, 0x7F, 0x80, 0, 0x41, 9])
        Planes.join(&halves, 1..<5, width: .two)
        #expect(halves == [9, 0x80, 0x3F, 0x20, 0xC0, 9])
    }

    /// What a frame holds is told by what stands behind it.
    @Test func aFrameSaysItsForm() throws {
        let content = PackingSupport.file([("a", .f32, [2], [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0])])
        let file = try Packing.pack(content)
        let planes = content.dropLast(8) + [0x7F, 0x80, 0, 0x40, 0, 0, 0, 1]
        #expect(Zstd.decompress(file, size: content.count + 8) == planes + Array("planes 1".utf8))
        #expect(try Zstd.decompress(Packing.pack([7]), size: 9) == [7] + Array("plain  1".utf8))
        // So what is packed twice comes back twice.
        let twice = try Packing.pack(file)
        #expect(Packing.unpack(twice, size: file.count) == file)
        #expect(try PackingSupport.isWhole(planes + Array("planes 1".utf8)))
    }

    @Test func theSameContentGivesTheSameBytes() throws {
        let content = PackingSupport.file([
            ("a", .f32, [100_000], PackingSupport.bytes(PackingSupport.numbers(100_000, seed: 9), .f32))
        ])
        #expect(try Packing.pack(content) == Packing.pack(content.map { $0 }))
    }

    /// Exponents of numbers of one magnitude are a few; their mantissas cannot be made smaller.
    @Test(arguments: [(ElementType.f32, 0.87), (.bf16, 0.70)])
    func numbersTakeLessRoom(type: ElementType, most: Double) throws {
        let bytes = PackingSupport.bytes(PackingSupport.numbers(50_000, seed: 10), type)
        let content = PackingSupport.file([("a", type, [50_000], bytes)])
        let packed = try Packing.pack(content)
        #expect(Double(packed.count) < most * Double(content.count))
        #expect(try packed.count < Zstd.compress(content).count)
    }
}
