import Foundation
import TestSupport
import Testing

@testable import Engine

/// GGUF files that are right: every value and every type comes back.
@Suite struct GGUFTests {
    /// Blocks whose scales are numbers below 2 and whose other bytes are anything.
    static func blocks(_ type: StoredType, _ count: Int, seed: UInt64 = 1) -> [UInt8] {
        let bits = Philox(seed: seed, purpose: "test", context: [type.name]).uniforms(
            count * type.blockBytes, bound: 128)
        var bytes = bits.map { UInt8(truncatingIfNeeded: Int($0.rounded(.down))) }
        let scales: [Int] =
            switch type {
            case .f32, .bf16: [type.blockBytes - 2]
            case .f16, .q4_0, .q5_0, .q8_0: [0]
            case .q4_1, .q5_1, .q4K, .q5K: [0, 2]
            case .q6K: [208]
            }
        for block in 0..<count {
            for scale in scales { bytes[block * type.blockBytes + scale + 1] &= 0xBF }
        }
        return bytes
    }

    @Test(arguments: StoredType.allCases)
    func everyTypeIsWidenedAsItsSlowTwin(type: StoredType) throws {
        let (rows, blocks) = (3, 5)
        let data = Self.blocks(type, rows * blocks)
        var file = GGUFBytes([("general.quantization_version", .u32(2))])
        file.add("w", [rows, blocks * type.blockElements], type, data)
        file.add("after", [1], [7])
        let read = try GGUF(bytes: file.bytes, name: "t.gguf")
        let stored = try read.rows("w", shape: [rows, blocks * type.blockElements])
        #expect(stored.type == type && stored.bytes == data)
        let expected = SlowTwins.widened(type, data).map(\.bitPattern)
        #expect(stored.floats().map(\.bitPattern) == expected)
        #expect(Set(expected).count > 5)
        var row = [Float](repeating: 0, count: stored.columns + 2)
        stored.widen(row: 1, into: &row, at: 2)
        #expect(row[2...].map(\.bitPattern) == Array(expected[stored.columns..<2 * stored.columns]))
        #expect(try read.rows("after", shape: [1]).floats() == [7])
    }

    /// Published blocks and their values.
    @Test(
        arguments: [
            (
                StoredType.q4_0, "0038f0e1d2c3b4a5968778695a4b3c2d1e0f",
                [-4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 3.5, 3, 2.5, 2], -8
            ),
            (
                .q5_1, "003400bc0f0f0f0ff0e1d2c3b4a5968778695a4b3c2d1e0f",
                [3, 3.25, 3.5, 3.75, 0, 0.25, 0.5, 0.75, 5, 5.25, 5.5, 5.75, 2, 2.25, 2.5, 2.75, 6.75, 6.5, 6.25, 6],
                nil
            ),
            (
                .q4_1, "0f30d8b9458765406f65164b677664502267655a",
                [
                    -0.0963134765625, 0.1573486328125, -0.0963134765625, -0.73046875, 1.1719970703125, -0.0963134765625,
                    0.030517578125, 0.6646728515625
                ], -0.9259033203125
            ),
            (
                .q8_0, "1a192c07da2125f5161df7003bec34fcd5ff034a0504befffff8e0ec17f834de0c81",
                [0.1096038818359375, 0.017436981201171875, -0.09465789794921875, 0.08220291137695312],
                0.08220291137695312
            ),
            (
                .q5_0, "5099bb965c8ee9010d3f75c388e64f09a147b39e9e52",
                [
                    -0.023345947265625, -0.002593994140625, 0.007781982421875, -0.038909912109375, -0.012969970703125
                ], -0.028533935546875
            )
        ] as [(StoredType, String, [Double], Double?)])
    func publishedBlocksHaveTheirValues(type: StoredType, block: String, values: [Double], sum: Double?) throws {
        let digits = Array(block)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        let widened = StoredRows(type: type, rows: 1, columns: 32, bytes: bytes).floats().map(Double.init)
        #expect(Array(widened.prefix(values.count)) == values)
        if let sum { #expect(widened.reduce(0, +) == sum) }
    }

    @Test(
        arguments: [
            ([0x00, 0x3C], 1), ([0x01, 0x00], 5.960464477539063e-08), ([0xFF, 0x03], 6.097555160522461e-05),
            ([0xFF, 0x7B], 65504), ([0x00, 0xC5], -5), ([0x55, 0x35], 0.333251953125)
        ] as [([UInt8], Double)])
    func halvesHaveTheirValues(bytes: [UInt8], value: Double) {
        #expect(StoredRows(type: .f16, rows: 1, columns: 1, bytes: bytes).floats().map(Double.init) == [value])
    }

    @Test(
        arguments: [
            ([0x80, 0x3F], 1), ([0xCD, 0x3D], 0.10009765625), ([0x80, 0xC0], -4), ([0x01, 0x00], 9.183549615799121e-41)
        ] as [([UInt8], Double)])
    func shortFloatsHaveTheirValues(bytes: [UInt8], value: Double) {
        #expect(StoredRows(type: .bf16, rows: 1, columns: 1, bytes: bytes).floats().map(Double.init) == [value])
    }

    @Test func everyKindOfValueIsRead() throws {
        let tokens = (0..<1000).map { "token \($0) \u{e9}\u{1F600}" }
        let file = GGUFBytes([
            ("general.architecture", .text("llama")), ("llama.block_count", .u32(3)), ("a.u64", .u64(.max)),
            ("a.i8", .raw(1, [0xFE])), ("a.i16", .raw(3, [0xFE, 0xFF])), ("a.u16", .raw(2, [0xFE, 0xFF])),
            ("a.u8", .raw(0, [200])), ("a.i64", .raw(11, [UInt8](repeating: 0xFF, count: 8))),
            ("a.f64", .raw(12, GGUFBytes.integer((0.1).bitPattern))), ("a.f32", .f32(1e-5)), ("a.yes", .bool(true)),
            ("tokenizer.ggml.tokens", .texts(tokens)), ("tokenizer.ggml.token_type", .i32s([1, -3])),
            ("tokenizer.ggml.scores", .f32s([0.5, -1e9])), ("a.empty", .texts([]))
        ])
        for bytes in [file.bytes, file.header] {
            let read = try GGUF(bytes: bytes, name: "t.gguf")
            #expect(try read.string("general.architecture") == "llama")
            #expect(try read.integer("llama.block_count") == 3)
            #expect(try read.integer("a.i8") == -2 && read.integer("a.i16") == -2 && read.integer("a.u16") == 65534)
            #expect(try read.integer("a.u8") == 200 && read.integer("a.i64") == -1)
            #expect(try read.float("a.f64") == 0.1 && read.float("a.f32") == 1e-5)
            #expect(try read.bool("a.yes") == true)
            #expect(try read.strings("tokenizer.ggml.tokens") == tokens && read.strings("a.empty") == [])
            #expect(try read.count("tokenizer.ggml.tokens") == 1000)
            #expect(try read.integers("tokenizer.ggml.token_type") == [1, -3])
            #expect(try read.floats("tokenizer.ggml.scores") == [0.5, -1e9])
            #expect(try read.string("missing") == nil && read.integers("missing") == nil && !read.hasValue("missing"))
            let error = #expect(throws: GGUFError.self) { try read.integer("a.u64") }
            #expect(
                error?.problem
                    == .wrongType(key: "a.u64", found: "the number 18446744073709551615", expected: "a whole number"))
            #expect(throws: GGUFError.self) { try read.strings("tokenizer.ggml.scores") }
            #expect(throws: GGUFError.self) { try read.integers("tokenizer.ggml.scores") }
        }
    }
}
