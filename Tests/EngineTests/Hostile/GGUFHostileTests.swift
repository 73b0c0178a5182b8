import Engine
import Foundation
import TestSupport
import Testing

/// GGUF files that lie: each is refused by name, in bounded memory and time.
@Suite struct GGUFHostileTests {
    typealias Problem = GGUFError.Problem

    /// A small file that is right.
    private static var plain: GGUFBytes {
        var file = GGUFBytes([
            ("general.architecture", .text("llama")), ("general.quantization_version", .u32(2)),
            ("tokenizer.ggml.tokens", .texts(["a", "\u{e9}"])),
            ("a.flags", .raw(9, [7, 0, 0, 0, 2] + zeros(7) + [0, 1]))
        ])
        file.add("w", [2, 32], .q4_1, zeros(40))
        file.add("b", [3], [1, 2, 3])
        return file
    }

    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    private func problem(_ bytes: [UInt8]) -> Problem? {
        let error = #expect(throws: GGUFError.self) { try GGUF(bytes: bytes, name: "t.gguf") }
        #expect(error?.description.hasPrefix("t.gguf: ") == true)
        return error?.problem
    }

    private func problem(_ change: (inout GGUFBytes) -> Void) -> Problem? {
        var file = Self.plain
        change(&file)
        return problem(file.bytes)
    }

    private func value(_ value: GGUFBytes.Value, key: String = "k") -> Problem? {
        problem { $0.keys.append((key, value)) }
    }

    @Test func aFileCutAnywhereIsRefused() throws {
        let bytes = Self.plain.bytes
        _ = try GGUF(bytes: bytes, name: "t.gguf")
        // The padding behind the last tensor may be missing.
        let last = bytes.count - 20
        for count in 0..<last { _ = problem(Array(bytes[..<count])) }
        _ = try GGUF(bytes: Array(bytes[..<last]), name: "t.gguf")
        #expect(problem(bytes + [0]) == .wrongFileSize(found: bytes.count + 1, expected: last))
    }

    /// Whatever one byte becomes, the file is refused or accepted, and nothing else happens.
    @Test func aByteMayBeAnythingAnywhere() {
        let bytes = Self.plain.bytes
        var refused = 0
        for offset in 0..<Self.plain.header.count {
            for bit in [0x01, 0x20, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[offset] ^= bit
                do {
                    let file = try GGUF(bytes: changed, name: "t.gguf")
                    for entry in file.entries { _ = try? file.rows(entry.name, shape: entry.shape).floats() }
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > Self.plain.header.count)
    }

    @Test func otherFilesAreNamed() {
        #expect(problem([]) == .notGGUF(beginning: []))
        #expect(problem(Array("PK\u{3}\u{4}".utf8)) == .notGGUF(beginning: [0x50, 0x4B, 3, 4]))
        #expect(problem { $0.version = 1 } == .unknownVersion(1))
        #expect(problem { $0.version = 0 } == .unknownVersion(0))
        #expect(problem { $0.version = 4 } == .unknownVersion(4))
        #expect(problem { $0.version = 3 << 24 } == .byteSwapped)
    }

    @Test func countsThatLieAreRefusedBeforeAnythingIsHeld() {
        #expect(problem { $0.tensorCount = .max } == .tooManyTensors(.max, limit: 65_536))
        #expect(problem { $0.keyCount = .max } == .tooManyKeys(.max, limit: 65_536))
        var file = Self.plain
        file.tensorCount = 65_536
        guard case .headerBeyondFile = problem(file.header) else {
            Issue.record("tensors that are not there were accepted")
            return
        }
        let limit = 1 << 30
        let most = GGUFBytes.integer(UInt64.max)
        #expect(value(.raw(8, most)) == .tooLong(key: "k", count: .max, limit: limit))
        for element in [0, 8, 12] as [UInt32] {
            #expect(value(.raw(9, GGUFBytes.integer(element) + most)) == .tooLong(key: "k", count: .max, limit: limit))
            let many = GGUFBytes.integer(UInt64(limit))
            guard case .headerBeyondFile = value(.raw(9, GGUFBytes.integer(element) + many)) else {
                Issue.record("elements that are not there were accepted")
                return
            }
        }
    }

    @Test func keysAreCheckedAndUnique() {
        #expect(value(.u32(1), key: "general.architecture") == .duplicateKey("general.architecture"))
        for key in ["", "A", "a b", "\u{e9}", "a\u{0}"] {
            guard case .badKey = value(.u32(1), key: key) else {
                Issue.record("the key \(key.debugDescription) was accepted")
                return
            }
        }
    }

    @Test func valuesAreChecked() {
        #expect(value(.raw(13, [])) == .unknownValueType(key: "k", type: 13))
        #expect(value(.raw(9, GGUFBytes.integer(UInt32(13)) + Self.zeros(8))) == .unknownValueType(key: "k", type: 13))
        #expect(value(.raw(9, GGUFBytes.integer(UInt32(9)) + Self.zeros(8))) == .nestedArray(key: "k"))
        #expect(value(.raw(7, [2])) == .badBool(key: "k", byte: 2))
        let flags = GGUFBytes.integer(UInt32(7)) + GGUFBytes.integer(UInt64(2))
        #expect(value(.raw(9, flags + [1, 3])) == .badBool(key: "k", byte: 3))
        #expect(value(.u32(2), key: "split.count") == .split(parts: 2))
    }

    @Test func textsThatAreNoUTF8AreRefusedWhenTheyAreAskedFor() throws {
        var file = Self.plain
        file.keys.append(("k", .raw(8, GGUFBytes.integer(UInt64(1)) + [0xFF])))
        let read = try GGUF(bytes: file.bytes, name: "t.gguf")
        let error = #expect(throws: GGUFError.self) { try read.string("k") }
        #expect(error?.problem == .notUTF8(key: "k"))
    }

    @Test(arguments: [0, 3, 48, 1 << 17] as [UInt32])
    func alignmentIsAPowerOfTwo(alignment: UInt32) {
        #expect(value(.u32(alignment), key: "general.alignment") == .badAlignment(found: "the number \(alignment)"))
    }

    @Test func anotherAlignmentIsFollowed() throws {
        var file = Self.plain
        file.keys.append(("general.alignment", .u32(128)))
        file.alignment = 128
        #expect(try GGUF(bytes: file.bytes, name: "t.gguf").rows("b", shape: [3]).floats() == [1, 2, 3])
        #expect(try GGUF(bytes: file.bytes, name: "t.gguf").entry("b").map { $0.bytes.lowerBound % 128 } == 0)
    }

    @Test func tensorsThatLieAreNamed() {
        #expect(problem { $0.tensors[1].name = "w" } == .duplicateTensor("w"))
        for name in ["", "a b", "\u{e9}", String(repeating: "x", count: 64)] {
            guard case .badTensorName = problem({ $0.tensors[0].name = name }) else {
                Issue.record("the name \(name.debugDescription) was accepted")
                return
            }
        }
        #expect(problem { $0.tensors[1].shape = [] } == .badDimensionCount(tensor: "b", found: 0))
        #expect(problem { $0.tensors[1].shape = [1, 1, 1, 1, 3] } == .badDimensionCount(tensor: "b", found: 5))
        #expect(problem { $0.tensors[1].shape = [0] } == .badDimension(tensor: "b", found: 0))
        #expect(problem { $0.tensors[1].shape = [-1] } == .badDimension(tensor: "b", found: .max))
        let huge = [1 << 31, 1 << 31, 1 << 31]
        #expect(problem { $0.tensors[1].shape = huge } == .sizeOverflow(tensor: "b", shape: huge))
        #expect(problem { $0.tensors[1].shape = [Int.max] } == .sizeOverflow(tensor: "b", shape: [Int.max]))
        #expect(problem { $0.tensors[0].shape = [32, 2] } == .rowInsideBlock(tensor: "w", row: 2, block: 32))
    }

    @Test(arguments: [(10, "Q2_K"), (16, "IQ2_XXS"), (4, "Q4_2"), (28, "F64"), (99, "number 99")] as [(UInt32, String)])
    func typesThatCannotBeWidenedAreRefusedByName(type: UInt32, name: String) {
        var file = Self.plain
        file.tensors[1].type = type
        let error = #expect(throws: GGUFError.self) { try GGUF(bytes: file.bytes, name: "t.gguf") }
        #expect(error?.problem == .unsupportedType(tensor: "b", found: name))
        #expect(error?.description.contains("F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K, BF16") == true)
    }

    @Test(arguments: [0, 32, 40, 96, .max] as [UInt64])
    func tensorsThatOverlapOrLeaveHolesAreRefused(offset: UInt64) {
        #expect(problem { $0.tensors[1].offset = offset } == .wrongOffset(tensor: "b", found: offset, expected: 64))
        #expect(problem { $0.tensors[0].offset = 32 } == .wrongOffset(tensor: "w", found: 32, expected: 0))
    }

    @Test func paddingOfTheHeaderIsZero() throws {
        let file = Self.plain
        var bytes = file.bytes
        try #require(file.header.count % 32 != 0)
        bytes[file.header.count] = 1
        #expect(problem(bytes) == .padding(offset: file.header.count, byte: 1))
    }

    @Test func quantizedTensorsNeedTheirVersion() {
        #expect(problem { $0.keys.remove(at: 1) } == .quantizationVersion(found: "missing"))
        #expect(problem { $0.keys[1].1 = .u32(1) } == .quantizationVersion(found: "the number 1"))
    }

    @Test(arguments: [StoredType.f32, .f16, .bf16, .q4_0, .q4_1, .q5_1, .q8_0, .q4K, .q5K, .q6K])
    func aScaleOrNumberThatIsNoneIsNamed(type: StoredType) throws {
        var file = GGUFBytes([("general.quantization_version", .u32(2))])
        var data = Self.zeros(3 * type.blockBytes)
        let scale = type == .q6K ? 208 : type.blockElements == 1 ? type.blockBytes - 2 : 0
        data[type.blockBytes + scale + 1] = 0x7F
        data[type.blockBytes + scale] = 0x80
        file.add("w", [3 * type.blockElements], type, data)
        let read = try GGUF(bytes: file.bytes, name: "t.gguf")
        let error = #expect(throws: GGUFError.self) { try read.rows("w", shape: [3 * type.blockElements]) }
        #expect(error?.problem == .notFinite(tensor: "w", index: type.blockElements))
    }

    @Test func missingTensorsAndOtherShapesAreNamed() throws {
        let file = try GGUF(bytes: Self.plain.bytes, name: "t.gguf")
        let missing = #expect(throws: GGUFError.self) { try file.rows("x", shape: [1]) }
        #expect(missing?.problem == .missingTensor("x"))
        let shape = #expect(throws: GGUFError.self) { try file.rows("w", shape: [32, 2]) }
        #expect(shape?.problem == .wrongShape(tensor: "w", found: [2, 32], expected: [32, 2]))
    }

    /// A file without end, of which only the beginning was ever written, is refused when its header is too long.
    @Test func aHeaderWithoutEndIsRefused() throws {
        try TestFolder.with { folder in
            let url = folder.appending(path: "t.gguf")
            let file = GGUFBytes([("k", .raw(9, GGUFBytes.integer(UInt32(0)) + GGUFBytes.integer(UInt64(1) << 29)))])
            try Data(file.header).write(to: url)
            #expect(unsafe truncate(url.path, 1 << 40) == 0)
            let error = #expect(throws: GGUFError.self) { try GGUF(contentsOf: url) }
            #expect(error?.problem == .headerTooLarge(limit: 64 << 20))
        }
    }

    @Test func whatIsNoFileIsRefused() throws {
        try TestFolder.with { folder in
            let url = folder.appending(path: "t.gguf")
            func problem() -> Problem? { #expect(throws: GGUFError.self) { try GGUF(contentsOf: url) }?.problem }
            #expect(problem() == .file(.missing))
            #expect(unsafe mkfifo(url.path, 0o600) == 0)
            #expect(problem() == .file(.notARegularFile))
            try FileManager.default.removeItem(at: url)
            try Data("<!DOCTYPE html><p>".utf8).write(to: url)
            #expect(problem() == .file(.foreign(.webPage)))
        }
    }
}
