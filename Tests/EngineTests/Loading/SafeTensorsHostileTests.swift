import Engine
import Testing

/// Damaged and hostile files: each is refused for its own reason.
@Suite struct SafeTensorsHostileTests {
    typealias Problem = SafeTensorsError.Problem

    private func problem(_ bytes: [UInt8]) -> Problem? {
        let error = #expect(throws: SafeTensorsError.self) { try SafeTensors(bytes: bytes, name: "t") }
        #expect(error?.description.hasPrefix("t: ") == true)
        return error?.problem
    }

    private func problem(_ header: String, data: Int = 0) -> Problem? {
        problem(SafeTensorsBytes.file(header, data: [UInt8](repeating: 0, count: data)))
    }

    private func syntax(_ header: String) -> JSONFault.Kind? {
        guard case .headerSyntax(let fault) = problem(header) else { return nil }
        return fault.kind
    }

    @Test func emptyFilesHoldNoTensors() throws {
        #expect(try SafeTensors(bytes: SafeTensorsBytes.file("{}"), name: "t").names == [])
        #expect(try SafeTensors(bytes: SafeTensorsBytes.file("{}      "), name: "t").names == [])
    }

    @Test func headerLengthsAreChecked() {
        #expect(problem([]) == .shorterThanLengthField(bytes: 0))
        #expect(problem([2, 0, 0, 0, 0, 0, 0]) == .shorterThanLengthField(bytes: 7))
        let rest = Array("{}".utf8)
        #expect(problem(SafeTensorsBytes.length(0) + rest) == .headerTooSmall(length: 0))
        #expect(problem(SafeTensorsBytes.length(1) + rest) == .headerTooSmall(length: 1))
        #expect(problem(SafeTensorsBytes.length(3) + rest) == .headerBeyondFile(length: 3, available: 2))
        let limit = 16 << 20
        for length: UInt64 in [UInt64(limit) + 1, 100_000_001, 1 << 32, 1 << 63, .max - 7, .max] {
            #expect(problem(SafeTensorsBytes.length(length) + rest) == .headerTooLarge(length: length, limit: limit))
        }
    }

    @Test func headersThatAreNoObjectAreRefused() {
        #expect(problem("[]") == .headerNotAnObject(firstByte: UInt8(ascii: "[")))
        #expect(problem(" {}") == .headerNotAnObject(firstByte: 0x20))
        #expect(problem("{}\u{0}") == .headerPadding(offset: 10, byte: 0))
        #expect(problem("{} \n") == .headerPadding(offset: 11, byte: 10))
        #expect(problem("{}{}") == .headerPadding(offset: 10, byte: UInt8(ascii: "{")))
    }

    @Test func malformedHeadersAreRefused() {
        let w = #""w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#
        #expect(syntax("{\(w),\(w)}") == .duplicateKey("w"))
        #expect(
            syntax(#"{"w":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#) == .duplicateKey("dtype"))
        #expect(syntax(#"{"__metadata__":{"a":"1","a":"1"}}"#) == .duplicateKey("a"))
        #expect(syntax(#"{"__metadata__":{},"__metadata__":{}}"#) == .duplicateKey("__metadata__"))
        let composed = "\"\u{e9}\"", decomposed = "\"e\u{301}\""
        let body = #":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#
        #expect(syntax("{\(composed)\(body),\(decomposed)\(body)}") == .duplicateKey("e\u{301}"))
        #expect(syntax(#"{"__metadata__":{"a":1}}"#) == .unexpectedByte(UInt8(ascii: "1")))
        #expect(syntax(#"{"__metadata__":{"a":{"b":"c"}}}"#) == .unexpectedByte(UInt8(ascii: "{")))
        #expect(syntax("{\(w)") == .unexpectedEnd)
        #expect(syntax("{\(w),}") == .unexpectedByte(UInt8(ascii: "}")))
        #expect(syntax("{\(w) \(w)}") == .unexpectedByte(UInt8(ascii: "\"")))
        #expect(syntax(#"{"\ud800":1}"#) == .loneSurrogate)
        #expect(syntax(#"{"\ud800\u0041":1}"#) == .loneSurrogate)
        #expect(syntax(#"{"\x":1}"#) == .badEscape)
        #expect(syntax("{\"a\u{1}\":1}") == .controlCharacter)
        #expect(syntax(#"{"w":[]}"#) == .unexpectedByte(UInt8(ascii: "[")))
        let invalid = Array("{\"".utf8) + [0xC0, 0x80] + Array("\":1}".utf8)
        #expect(problem(SafeTensorsBytes.file(invalid)) == .headerSyntax(JSONFault(kind: .invalidUTF8, offset: 10)))
        let deep = "{\"w\":{\"shape\":" + String(repeating: "[", count: 100_000) + "}"
        #expect(syntax(deep) == .badNumber)
    }

    @Test func fieldsAreChecked() {
        #expect(
            problem(#"{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":1}}"#)
                == .unknownField(tensor: "w", field: "x"))
        #expect(problem(#"{"w":{"shape":[0],"data_offsets":[0,0]}}"#) == .missingField(tensor: "w", field: "dtype"))
        #expect(problem(#"{"w":{"dtype":"F32","data_offsets":[0,0]}}"#) == .missingField(tensor: "w", field: "shape"))
        #expect(problem(#"{"w":{"dtype":"F32","shape":[0]}}"#) == .missingField(tensor: "w", field: "data_offsets"))
        #expect(
            problem(#"{"w":{"dtype":"F31","shape":[0],"data_offsets":[0,0]}}"#)
                == .unknownType(tensor: "w", found: "F31"))
        #expect(
            problem(#"{"w":{"dtype":"f32","shape":[0],"data_offsets":[0,0]}}"#)
                == .unknownType(tensor: "w", found: "f32"))
        for bad in ["-1", "-0", "1.0", "1e3", "9223372036854775808", "18446744073709551616"] {
            #expect(
                problem("{\"w\":{\"dtype\":\"F32\",\"shape\":[\(bad)],\"data_offsets\":[0,0]}}")
                    == .badInteger(tensor: "w", field: "shape", found: bad))
            #expect(
                problem("{\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,\(bad)]}}")
                    == .badInteger(tensor: "w", field: "data_offsets", found: bad))
        }
        #expect(
            problem(#"{"w":{"dtype":"F32","shape":[0],"data_offsets":[0]}}"#) == .badOffsetCount(tensor: "w", found: 1))
        let dimensions = [String](repeating: "1", count: 17).joined(separator: ",")
        #expect(
            problem("{\"w\":{\"dtype\":\"F32\",\"shape\":[\(dimensions)],\"data_offsets\":[0,4]}}", data: 4)
                == .tooManyDimensions(tensor: "w", limit: 16))
    }

    @Test func sizesThatWrapAroundAreRefused() {
        for shape in [[4_294_967_296, 4_294_967_296], [Int.max, 2], [1 << 62], [1 << 40, 1 << 40, 0]] {
            #expect(
                problem("{\"w\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,0]}}")
                    == .sizeOverflow(tensor: "w", shape: shape))
        }
        let shape = [(1 << 58) - 1]
        #expect(
            problem("{\"w\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,\(shape[0] * 4)]}}")
                == .wrongDataSize(tensorsEnd: shape[0] * 4, dataBytes: 0))
    }

    @Test func subByteTensorsMustFillTheirBytes() throws {
        #expect(
            problem(#"{"w":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}"#, data: 2)
                == .misaligned(tensor: "w", bits: 12))
        let header = #"{"w":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}"#
        #expect(try SafeTensors(bytes: SafeTensorsBytes.file(header, data: [1, 2, 3]), name: "t").names == ["w"])
    }

    @Test func tensorsMustFollowEachOtherWithoutHoles() {
        func pair(_ first: (Int, Int), _ second: (Int, Int)) -> String {
            #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[\#(first.0),\#(first.1)]},"#
                + #""b":{"dtype":"U8","shape":[4],"data_offsets":[\#(second.0),\#(second.1)]}}"#
        }
        #expect(problem(pair((0, 4), (5, 9)), data: 9) == .notContiguous(tensor: "b", start: 5, expected: 4))
        #expect(problem(pair((0, 4), (2, 6)), data: 6) == .notContiguous(tensor: "b", start: 2, expected: 4))
        #expect(problem(pair((4, 8), (1, 5)), data: 8) == .notContiguous(tensor: "b", start: 1, expected: 0))
        #expect(problem(pair((4, 8), (0, 4)), data: 9) == .wrongDataSize(tensorsEnd: 8, dataBytes: 9))
        #expect(problem(pair((0, 4), (4, 7)), data: 8) == .wrongLength(tensor: "b", shape: [4], found: 3, expected: 4))
        #expect(problem(pair((0, 4), (4, 2)), data: 8) == .wrongLength(tensor: "b", shape: [4], found: -2, expected: 4))
        #expect(problem(pair((0, 4), (4, 8)), data: 9) == .wrongDataSize(tensorsEnd: 8, dataBytes: 9))
        #expect(problem(pair((0, 4), (4, 8)), data: 7) == .wrongDataSize(tensorsEnd: 8, dataBytes: 7))
    }

    // The reference reader sorts by offset before it looks, and writers sort headers by name.
    @Test func theOrderOfAHeaderIsFreeAndMetadataMayBeNull() throws {
        let header =
            #"{"__metadata__":null,"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"#
            + #""b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
            + #""c":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}"#
        let data = [Float(1), 2, 3].flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
        let file = try SafeTensors(bytes: SafeTensorsBytes.file(header, data: data), name: "t")
        #expect(file.names == ["b", "c", "a"] && file.metadata.isEmpty)
        #expect(try file.floats("a", shape: [1]) == [3] && file.floats("b", shape: [2]) == [1, 2])
        #expect(try file.floats("c", shape: [0]) == [])
    }

    @Test func aMillionTinyTensorsAreRefused() {
        func header(_ count: Int) -> String {
            let tensors = (0..<count).lazy.map { #""\#($0)":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"# }
            return "{" + tensors.joined(separator: ",") + "}"
        }
        #expect(problem(header(65_537)) == .tooManyTensors(limit: 65_536))
        let million = header(1_000_000)
        #expect(problem(million) == .headerTooLarge(length: UInt64(million.utf8.count), limit: 16 << 20))
    }

    /// Whatever is cut off or changed, the answer is an error or a file, never a crash.
    @Test func everyTruncationIsRefusedAndEveryFlippedByteSurvived() {
        let whole = SafeTensors.encode(
            [("first", [2, 2], .f32, [1, 2, 3, 4]), ("second", [3], .bf16, [1, 2, 4])], metadata: ["k": "v"])
        for count in 0..<whole.count {
            #expect(throws: SafeTensorsError.self) { try SafeTensors(bytes: Array(whole.prefix(count)), name: "t") }
        }
        var refused = 0
        for index in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[index] ^= 1 << bit
                do throws(SafeTensorsError) {
                    let file = try SafeTensors(bytes: bytes, name: "t")
                    for name in file.names { _ = try file.floats(name, shape: file.shape(of: name) ?? []) }
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > whole.count * 4)
    }
}
