import Engine
import Foundation
import TestSupport
import Testing

/// Weights as files: what is on the disk may change, be endless, or be no file at all.
@Suite struct WeightsFileTests {
    private func problem(_ url: URL) -> SafeTensorsError.Problem? {
        #expect(throws: SafeTensorsError.self) { try SafeTensors(contentsOf: url) }?.problem
    }

    @Test func aPipeIsRefusedWithoutWaiting() throws {
        try TestFolder.with { folder in
            let pipe = folder.appending(path: "pipe")
            #expect(unsafe mkfifo(pipe.path, 0o600) == 0)
            #expect(problem(pipe) == .file(.notARegularFile))
            let link = folder.appending(path: "link")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: pipe)
            #expect(problem(link) == .file(.notARegularFile))
        }
    }

    /// A mapped file that shrinks kills its reader; this one is read, and says what happened.
    @Test func aFileThatShrinksWhileItIsReadIsAnError() throws {
        try TestFolder.with { folder in
            let url = folder.appending(path: "model.safetensors")
            let bytes = SafeTensors.encode([("a", [2], .f32, [1, 2]), ("b", [2], .f32, [3, 4])], metadata: [:])
            try Data(bytes).write(to: url)
            let file = try SafeTensors(contentsOf: url)
            #expect(unsafe truncate(url.path, bytes.count - 8) == 0)
            #expect(try file.floats("a", shape: [2]) == [1, 2])
            let error = #expect(throws: SafeTensorsError.self) { try file.floats("b", shape: [2]) }
            #expect(error?.problem == .file(.changedWhileRead(expected: bytes.count, found: bytes.count - 8)))
            #expect(error?.description.hasSuffix("stop whatever writes it") == true)
        }
    }

    /// Neither opening a file nor asking for what is not in it reads the tensors.
    @Test func aTensorOfAHundredGigabytesCostsNothingUntilItIsAskedFor() throws {
        try TestFolder.with { folder in
            let url = folder.appending(path: "model.safetensors")
            let count = 25 << 30
            var header = #"{"w":{"dtype":"F32","shape":[\#(count)],"data_offsets":[0,\#(4 * count)]}}"#
            header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
            let bytes = SafeTensorsBytes.file(header)
            try Data(bytes).write(to: url)
            #expect(problem(url) == .wrongDataSize(tensorsEnd: 4 * count, dataBytes: 0))
            try #require(unsafe truncate(url.path, bytes.count + 4 * count) == 0)
            let file = try SafeTensors(contentsOf: url)
            let error = #expect(throws: SafeTensorsError.self) { try file.floats("w", shape: [2]) }
            #expect(error?.problem == .wrongShape(tensor: "w", found: [count], expected: [2]))
        }
    }

    @Test(arguments: [
        ("F32", [0x00, 0x00, 0xC0, 0x7F]), ("F32", [0x00, 0x00, 0x80, 0x7F]), ("F32", [0x00, 0x00, 0x80, 0xFF]),
        ("F32", [0x01, 0x00, 0x80, 0x7F]), ("BF16", [0xC0, 0x7F]), ("BF16", [0x80, 0xFF]), ("F16", [0x00, 0x7E]),
        ("F16", [0x00, 0xFC])
    ])
    func aWeightThatIsNoNumberIsNamed(type: String, element: [UInt8]) throws {
        let zero = [UInt8](repeating: 0, count: element.count)
        let header = #"{"w":{"dtype":"\#(type)","shape":[3],"data_offsets":[0,\#(3 * element.count)]}}"#
        let bytes = SafeTensorsBytes.file(header, data: zero + element + zero)
        let error = try #require(
            #expect(throws: SafeTensorsError.self) {
                try SafeTensors(bytes: bytes, name: "t").floats("w", shape: [3])
            })
        #expect(error.problem == .notFinite(tensor: "w", index: 1))
        #expect(error.description.contains("\"w\"") && error.description.hasSuffix("get another copy"))
    }

    @Test func metadataWithoutEndAreRefused() {
        let members = (0..<65_537).map { #""\#($0)":"""# }
        let bytes = SafeTensorsBytes.file(#"{"__metadata__":{"# + members.joined(separator: ",") + "}}")
        let error = #expect(throws: SafeTensorsError.self) { try SafeTensors(bytes: bytes, name: "t") }
        guard case .headerSyntax(let fault) = error?.problem else {
            Issue.record("metadata without end were accepted")
            return
        }
        #expect(fault.kind == .tooManyValues(limit: 65_536))
    }

    /// No path in an index leads out of its folder.
    @Test(arguments: ["../shard.safetensors", "/etc/passwd", "%2e%2e/x.safetensors", "/dev/zero", "a\\u0000b", ""])
    func anIndexThatLeadsElsewhereIsRefused(path: String) throws {
        try TestFolder.with { folder in
            let index = #"{"weight_map":{"embeddings.word_embeddings.weight":"\#(path)"}}"#
            try Data(index.utf8).write(to: folder.appending(path: "model.safetensors.index.json"))
            let error = #expect(throws: WeightIndexError.self) { try Backbone(folder: folder, gradientsFrom: nil) }
            guard case .badFileName(let tensor, _) = error?.problem else {
                Issue.record("a path out of the folder was accepted")
                return
            }
            #expect(tensor == "embeddings.word_embeddings.weight")
            #expect(error?.description.contains("no name of a safetensors file in this folder") == true)
        }
    }
}
