import Foundation
import TestSupport
import Testing

/// Checkpoints that somebody put into a workspace: they answer nothing, take no memory, and are made again.
@Suite(.serialized) struct HostileWorkspaceTests {
    private func checkpoint(_ fixture: CommandFixture) throws -> URL {
        let path = try #require(
            TestFolder.contents(fixture.workspace).keys.filter { $0.hasSuffix(".safetensors.planes.zst") }.sorted().last
        )
        return fixture.workspace.appending(path: path)
    }

    /// 400 KB that would be 12 GiB.
    private static let bomb: [UInt8] = {
        let size = UInt64(100_000) * (128 << 10)
        var bytes: [UInt8] =
            [0x28, 0xB5, 0x2F, 0xFD, 0xE4] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
        for block in 1...100_000 {
            // RFC 8878, 3.1.1.2: the last one, a byte that is repeated, how often.
            let header = (block == 100_000 ? 1 : 0) | 1 << 1 | 128 << 13
            bytes += (0..<3).map { UInt8(truncatingIfNeeded: header >> (8 * $0)) } + [0]
        }
        return bytes + [0, 0, 0, 0]
    }()

    @Test(arguments: ["predict", "fsck", "verify", "train"])
    func aBombInPlaceOfACheckpointTakesNoMemory(command: String) throws {
        try CommandFixture.with { fixture in
            let arguments = [command] + (command == "predict" ? ["rain"] : []) + ["--workspace", fixture.workspace.path]
            let usual = try MeasuredRun(arguments, in: fixture.folder)
            try #require(usual.code == 0, "\(usual.errors)")
            try Data(Self.bomb).write(to: checkpoint(fixture))
            let run = try MeasuredRun(arguments, in: fixture.folder)
            #expect(run.peakBytes < usual.peakBytes + Self.bomb.count + (64 << 20), "\(run.peakBytes >> 20) MiB")
            // What only reads finds it; what trains mends it; what answers does without.
            #expect(run.code == (["fsck", "verify"].contains(command) ? 65 : 0), "\(run.errors)")
        }
    }

    @Test(arguments: ["pipe", "folder"]) func whatIsNoFileIsDamage(kind: String) throws {
        try CommandFixture.with { fixture in
            let url = try checkpoint(fixture)
            let bytes = try Data(contentsOf: url)
            try FileManager.default.removeItem(at: url)
            if kind == "pipe" {
                #expect(unsafe mkfifo(url.path, 0o600) == 0)
            } else {
                try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
            }
            func run(_ command: String...) throws -> MeasuredRun {
                try MeasuredRun(command + ["--workspace", fixture.workspace.path], in: fixture.folder)
            }
            let answer = try run("predict", "rain")
            #expect(!answer.hung && answer.code == 0, "\(answer.errors)")
            let found = try run("fsck")
            #expect(!found.hung && found.code == 65, "\(found.errors)")
            if kind == "folder" { try FileManager.default.removeItem(at: url) }
            #expect(try run("train").code == 0)
            #expect(try run("fsck").code == 0)
            #expect(try Data(contentsOf: url) == bytes)
            #expect(
                try FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType == .typeRegular)
        }
    }
}
