import Crypto
import Foundation
import TestSupport
import Testing

@testable import Engine

@Suite struct FeaturesTests {
    private static let values: [Float] = [
        0, -0.0, 1, -1, 1.0000001, 0.1, -3.14159, Float(bitPattern: 0x0001_1111), 3.4e38, .infinity, -.infinity,
        Float(bitPattern: 0x3F80_8000),
        Float(bitPattern: 0x3F81_8000), Float(bitPattern: 0x3F80_8001), Float(bitPattern: 0x3F80_7FFF)
    ]

    @Test func bf16RoundsToNearestAndTiesToEven() {
        func rounded(_ bits: UInt32) -> UInt32 { Float(bitPattern: bits).roundedToBFloat16.bitPattern }
        #expect(rounded(0x3F80_8000) == 0x3F80_0000)
        #expect(rounded(0x3F81_8000) == 0x3F82_0000)
        #expect(rounded(0x3F80_8001) == 0x3F81_0000)
        #expect(rounded(0x3F80_7FFF) == 0x3F80_0000)
        #expect(rounded(0xBF81_8000) == 0xBF82_0000)
        #expect(rounded(0x8000_0000) == 0x8000_0000)
        #expect(rounded(0x7F7F_FFFF) == 0x7F80_0000)
        #expect(rounded(0x7F80_0000) == 0x7F80_0000)
        // A payload that a carry would run through.
        #expect(Float(bitPattern: rounded(0x7FFF_FFFF)).isNaN && Float(bitPattern: rounded(0xFFFF_FFFF)).isNaN)
    }

    @Test func featuresAreRoundedAsTheirPrecisionSays() {
        let features = Features(rows: 3, values: Self.values)
        #expect(features.rounded(to: .f32) == features)
        let rounded = features.rounded(to: .bf16).values
        #expect(rounded.map(\.bitPattern) == Self.values.map { $0.roundedToBFloat16.bitPattern })
        #expect(rounded != Self.values)
    }

    @Test(arguments: FeaturePrecision.allCases, [0, 1, 3])
    func aFileGivesTheBitsThatWerePutIn(precision: FeaturePrecision, offset: Int) throws {
        try TestFolder.with { folder in
            let features = Features(rows: 3, values: Self.values).rounded(to: precision)
            let url = folder.appending(path: "f")
            try Data([UInt8](repeating: 9, count: offset) + features.encoded(precision)).write(to: url)
            let map = try #require(MappedFile(url))
            let mapped = Features(rows: 3, count: features.count, in: map, at: offset, precision)
            #expect(mapped.values.map(\.bitPattern) == features.values.map(\.bitPattern))
            #expect(mapped == features && mapped.bytes == 0)
            var buffer = [Float](repeating: 7, count: features.count + 3)
            mapped.copy(into: &buffer, at: 2)
            #expect(buffer[0] == 7 && buffer[1] == 7 && buffer[features.count + 2] == 7)
            #expect(buffer[2..<features.count + 2].map(\.bitPattern) == features.values.map(\.bitPattern))
            // What was mapped stays, whatever becomes of the name.
            try FileManager.default.removeItem(at: url)
            #expect(mapped == features)
        }
    }

    @Test func onlyFilesAreMapped() throws {
        try TestFolder.with { folder in
            #expect(MappedFile(folder) == nil)
            #expect(MappedFile(folder.appending(path: "missing")) == nil)
            try Data().write(to: folder.appending(path: "empty"))
            #expect(MappedFile(folder.appending(path: "empty")) == nil)
        }
    }
}

@Suite struct PartialFileTests {
    @Test func everyPartIsComparedWithItsBlocks() throws {
        try TestFolder.with { folder in
            let url = folder.appending(path: "f")
            let size = 3 * BlockDigests.blockBytes + 17
            var bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            try Data(bytes).write(to: url)
            let plain = try PartialFile(url)
            #expect(try plain.bytes(0..<size) == bytes)
            #expect(try plain.bytes(5..<5) == [])
            var digests: [UInt8] = []
            for start in stride(from: 0, to: size, by: BlockDigests.blockBytes) {
                digests += Array(SHA256.hash(data: Array(bytes[start..<min(start + BlockDigests.blockBytes, size)])))
            }
            let blocks = BlockDigests(size: size, digests: digests)
            let block = BlockDigests.blockBytes
            let ranges = [0..<1, 1..<block, block - 1..<block + 1, size - 1..<size, 0..<size, block..<2 * block]
            for range in ranges {
                #expect(try PartialFile(url, blocks: blocks).bytes(range) == Array(bytes[range]))
            }
            bytes[2 * block + 3] ^= 1
            try Data(bytes).write(to: url)
            let changed = try PartialFile(url, blocks: blocks)
            #expect(try changed.bytes(0..<2 * block).count == 2 * block)
            for range in [2 * block..<2 * block + 1, 2 * block - 1..<2 * block + 1, 0..<size] {
                #expect(throws: FileFault.otherContent) { try changed.bytes(range) }
            }
            try Data(bytes + [0]).write(to: url)
            #expect(throws: FileFault.otherContent) { try PartialFile(url, blocks: blocks) }
        }
    }
}
