import Engine
import Foundation
import TestSupport
import Testing

@Suite struct SafeTensorsTests {
    private func file(_ tensors: [SafeTensors.WrittenTensor], metadata: [String: String] = [:]) throws -> SafeTensors {
        try SafeTensors(bytes: SafeTensors.encode(tensors, metadata: metadata), name: "t")
    }

    @Test func writtenTensorsComeBackBitForBit() throws {
        let values: [Float] = [
            0, -0.0, 1.5, -3 * .leastNonzeroMagnitude, .greatestFiniteMagnitude, .leastNonzeroMagnitude
        ]
        let halves: [Float] = [1, -2, 0.5]
        let file = try file(
            [
                ("b/second", [2, 3], .f32, values), ("a \"first\"\n\u{e9}", [3], .bf16, halves),
                ("empty", [0, 7], .f32, [])
            ],
            metadata: ["z": "1", "a\\": "\u{1}"])
        #expect(file.names == ["b/second", "a \"first\"\n\u{e9}", "empty"])
        #expect(file.metadata == ["z": "1", "a\\": "\u{1}"])
        #expect(try file.floats("b/second", shape: [2, 3]).map(\.bitPattern) == values.map(\.bitPattern))
        #expect(try file.floats("a \"first\"\n\u{e9}", shape: [3]) == halves)
        #expect(try file.floats("empty", shape: [0, 7]) == [])
        #expect(file.dtype(of: "b/second") == .f32)
        #expect(file.dtype(of: "a \"first\"\n\u{e9}") == .bf16)
        #expect(file.shape(of: "empty") == [0, 7])
        #expect(file.contains("empty"))
        #expect(!file.contains("missing"))
        #expect(file.dtype(of: "missing") == nil)
    }

    @Test func theEncodingIsCanonical() {
        let bytes = SafeTensors.encode([("w", [2], .f32, [1, -2])], metadata: ["b": "2", "a": "1"])
        let header = #"{"__metadata__":{"a":"1","b":"2"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        #expect(header.utf8.count == 87)
        let expected: [UInt8] =
            [88, 0, 0, 0, 0, 0, 0, 0] + header.utf8 + [0x20] + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
        #expect(bytes == expected)
    }

    @Test func everyHalfWidensExactly() throws {
        var data: [UInt8] = []
        var expected: [Float] = []
        for bits in UInt16(0)...UInt16.max where bits & 0x7C00 != 0x7C00 {
            data += [UInt8(truncatingIfNeeded: bits), UInt8(bits >> 8)]
            let sign: Float = bits & 0x8000 == 0 ? 1 : -1
            let exponent = Int(bits >> 10 & 0x1F)
            let fraction = Float(bits & 0x3FF) / 1024
            let scale = Float(sign: .plus, exponent: max(exponent, 1) - 15, significand: 1)
            expected.append(sign * scale * (exponent == 0 ? fraction : 1 + fraction))
        }
        let count = expected.count
        let header = #"{"h":{"dtype":"F16","shape":[\#(count)],"data_offsets":[0,\#(2 * count)]}}"#
        let file = try SafeTensors(bytes: SafeTensorsBytes.file(header, data: data), name: "t")
        #expect(try file.floats("h", shape: [count]).map(\.bitPattern) == expected.map(\.bitPattern))
    }

    @Test func tensorsThatCannotBeReadAreRefusedWhenAskedFor() throws {
        let header = #"""
            {"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},\#
            "i":{"dtype":"I64","shape":[],"data_offsets":[8,16]},\#
            "n":{"dtype":"F32","shape":[3],"data_offsets":[16,28]}}
            """#
        let nan: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0xC0, 0x7F, 0, 0, 0x80, 0xFF]
        let data = [UInt8](repeating: 0, count: 16) + nan
        let file = try SafeTensors(bytes: SafeTensorsBytes.file(header, data: data), name: "t")
        func problem(_ name: String, _ shape: [Int]) -> SafeTensorsError.Problem? {
            #expect(throws: SafeTensorsError.self) { try file.floats(name, shape: shape) }?.problem
        }
        #expect(problem("d", [1]) == .doublePrecision(tensor: "d"))
        #expect(problem("i", []) == .notFloatingPoint(tensor: "i", found: .i64))
        #expect(problem("n", [3]) == .notFinite(tensor: "n", index: 1))
        #expect(problem("n", [1, 3]) == .wrongShape(tensor: "n", found: [3], expected: [1, 3]))
        #expect(problem("x", [1]) == .missingTensor("x"))
    }

    @Test func filesThatAreNoFilesAreRefused() throws {
        try Fixture.withFolder { folder in
            func problem(_ url: URL) -> SafeTensorsError.Problem? {
                #expect(throws: SafeTensorsError.self) { try SafeTensors(contentsOf: url) }?.problem
            }
            #expect(problem(folder.appending(path: "missing")) == .file(.missing))
            #expect(problem(folder) == .file(.notARegularFile))
            #expect(problem(URL(filePath: "/dev/zero")) == .file(.notARegularFile))
            let loop = folder.appending(path: "loop")
            try FileManager.default.createSymbolicLink(at: loop, withDestinationURL: loop)
            #expect(problem(loop) != nil)

            let real = folder.appending(path: "real"), link = folder.appending(path: "link")
            try Data(SafeTensors.encode([("w", [1], .f32, [2])], metadata: [:])).write(to: real)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: real)
            #expect(try SafeTensors(contentsOf: link).floats("w", shape: [1]) == [2])
        }
    }

    @Test(.enabled(if: TestData.miniLM != nil, "needs .downloads/minilm-l6"))
    func realWeightsAreRead() throws {
        let folder = try #require(TestData.miniLM)
        let file = try SafeTensors(contentsOf: folder.appending(path: "model.safetensors"))
        #expect(file.names.count == 104)
        #expect(file.metadata == ["format": "pt"])
        #expect(file.dtype(of: "embeddings.position_ids") == .i64)
        #expect(try file.floats("embeddings.word_embeddings.weight", shape: [30_522, 384]).count == 30_522 * 384)
    }
}

/// Files made by hand, so that they can be wrong.
enum SafeTensorsBytes {
    static func file(_ header: String, data: [UInt8] = []) -> [UInt8] {
        file(Array(header.utf8), data: data)
    }

    static func file(_ header: [UInt8], data: [UInt8] = []) -> [UInt8] {
        length(UInt64(header.count)) + header + data
    }

    static func length(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}
