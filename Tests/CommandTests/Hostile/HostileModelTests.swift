import Engine
import Foundation
import TestSupport
import Testing

/// A model folder from a stranger: the program refuses it in one line, in bounded memory, and makes no workspace.
@Suite(.serialized) struct HostileModelTests {
    /// What a reader may take besides the file itself.
    private static let slack = 64 << 20

    /// A copy of the toy's backbone whose weights come from a file.
    private func backbone(_ fixture: CommandFixture) throws -> URL {
        let folder = fixture.folder.appending(path: "toy/backbone")
        let url = folder.appending(path: "config.json")
        let text = try String(contentsOf: url, encoding: .utf8)
        let seed = ",\n  \"initializer_seed\": 7"
        try #require(text.contains(seed))
        try Data(text.replacing(seed, with: "").utf8).write(to: url)
        return folder
    }

    private func train(_ fixture: CommandFixture) throws -> MeasuredRun {
        try MeasuredRun(
            ["train", fixture.folder.appending(path: "toy").path, "--workspace", fixture.workspace.path],
            in: fixture.folder)
    }

    enum Weights: String, CaseIterable {
        case headerOfAllMemory, headerOfTheWholeFile, manyKeys, manyNames, oneLongName, hugeTensor

        private func file(_ header: String) -> Data {
            var length = UInt64(header.utf8.count).littleEndian
            return unsafe withUnsafeBytes(of: &length) { unsafe Data($0) } + Data(header.utf8)
        }

        private func filled(_ start: String, to length: Int, _ member: (String) -> String) -> String {
            var (header, count) = (start, 0)
            while header.utf8.count < length {
                header += member(String(count, radix: 36))
                count += 1
            }
            return header
        }

        /// The start of the file, and how long it is made with zeros.
        func content() -> (Data, size: Int?) {
            let room = (16 << 20) - 64
            switch self {
            case .headerOfAllMemory: return (Data([0, 0, 0, 0, 0, 0, 0, 0x80]) + Data("{}".utf8), nil)
            case .headerOfTheWholeFile: return (Data([0, 0, 0, 1, 0, 0, 0, 0]) + Data("{\"".utf8), (1 << 24) + 8)
            case .manyKeys: return (file(filled("{\"__metadata__\":{", to: room) { "\"\($0)\":\"\"," }), nil)
            case .manyNames:
                let fields = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}"
                return (file(filled("{", to: room) { "\"\($0)\":\(fields)," }), nil)
            case .oneLongName: return (file("{\"" + String(repeating: "a", count: room) + "\":"), nil)
            case .hugeTensor:
                let size = 200 << 20
                let header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[\(size / 4)],\"data_offsets\":[0,\(size)]}}"
                return (file(header), 8 + header.utf8.count + size)
            }
        }
    }

    @Test(arguments: Weights.allCases) func hostileWeightsAreRefusedInBoundedMemory(weights: Weights) throws {
        try CommandFixture.with(trained: false) { fixture in
            // With the weights that are generated: what the program itself takes.
            let usual = try train(fixture)
            try #require(usual.code == 0, "\(usual.errors)")
            try FileManager.default.removeItem(at: fixture.workspace)
            let url = try backbone(fixture).appending(path: "model.safetensors")
            let (start, size) = weights.content()
            try start.write(to: url)
            if let size { try #require(unsafe truncate(url.path, size) == 0) }
            let run = try train(fixture)
            #expect(run.code == 78, "\(run.errors)")
            #expect(run.errors.contains("model.safetensors: "))
            // A tensor that nobody asks for is never read, whatever its size.
            let read = weights == .hugeTensor ? 0 : start.count
            #expect(run.peakBytes < usual.peakBytes + read + Self.slack, "\(run.peakBytes >> 20) MiB")
        }
    }

    @Test func aTokenizerFileOfThirtyMegabytesIsRefusedInBoundedMemory() throws {
        try CommandFixture.with(trained: false) { fixture in
            let usual = try train(fixture)
            try #require(usual.code == 0, "\(usual.errors)")
            try FileManager.default.removeItem(at: fixture.workspace)
            let json = "[" + String(repeating: "0,", count: 15 << 20) + "0]"
            try Data(json.utf8).write(to: fixture.folder.appending(path: "toy/backbone/tokenizer.json"))
            let run = try train(fixture)
            #expect(run.code == 78, "\(run.errors)")
            #expect(run.errors.contains("tokenizer.json: more than 2097152 values"))
            // Two million values of some hundred bytes each.
            #expect(run.peakBytes < usual.peakBytes + json.utf8.count + (4 << 20) * 100, "\(run.peakBytes >> 20) MiB")
        }
    }

    /// Opening a pipe waits for who writes to it, and a device may have no end.
    @Test(arguments: ["config.json", "vocab.txt", "tokenizer_config.json", "tokenizer.json", "model.safetensors"])
    func filesOfAModelThatAreNoneEndNoCommandInWaiting(name: String) throws {
        for kind in ["pipe", "device", "folder"] {
            try CommandFixture.with(trained: false) { fixture in
                let url = fixture.folder.appending(path: "toy/backbone/\(name)")
                try? FileManager.default.removeItem(at: url)
                switch kind {
                case "pipe": #expect(unsafe mkfifo(url.path, 0o600) == 0)
                case "device":
                    try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: "/dev/zero")
                default: try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
                }
                let run = try train(fixture)
                #expect(!run.hung, "\(name) as a \(kind)")
                #expect(run.code == 78, "\(name) as a \(kind): \(run.errors)")
                #expect(run.errors.contains(name))
            }
        }
    }

    @Test func pathsOfARecipeThatLeadNowhereAreTold() throws {
        let long = [String(repeating: "x", count: 100_000), String(repeating: "x/", count: 5_000)]
        for path in ["../nowhere", "/nowhere", "%2e%2e/toy/backbone"] + long {
            for (old, new) in [
                ("backbone: backbone", "backbone: '\(path)'"), ("train: [records.csv]", "train: ['\(path).csv']")
            ] {
                try CommandFixture.with(trained: false) { fixture in
                    try fixture.editRecipe(old, new)
                    let run = try train(fixture)
                    // The system says of a path that is too long what it says of a damaged one.
                    let expected: [Int32] = long.contains(path) ? [65, 66, 78] : [66]
                    #expect(expected.contains(run.code ?? 0), "\(path.prefix(20)): \(run.errors.prefix(200))")
                    #expect(!FileManager.default.fileExists(atPath: fixture.workspace.path))
                }
            }
        }
    }
}
