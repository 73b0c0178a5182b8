import Engine
import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// A checkpoint's file is read only where it is one frame of ours, of the size and the digest that the ledger holds.
@Suite struct CheckpointHostileTests {
    private static let content = [UInt8](repeating: 0, count: ZstdFrame.blockBytes)
    /// What a file of this content holds: it is no safetensors file, so it stands as it is.
    private static let framed = content + PackingForm.plain.bytes
    private let key = CheckpointKey(bytes: [UInt8](repeating: 7, count: 32))

    /// What the store hands out for a file with these bytes, where the ledger says what `content` is.
    private func read(_ packed: [UInt8], _ content: [UInt8] = content, size: Int? = nil) throws -> Checkpoint? {
        try TestFolder.with { folder in
            let store = CheckpointStore(folder)
            try store.prepare(shard: 0)
            try Data(packed).write(to: store.url(key, shard: 0))
            let checkpoint = Checkpoint(content: content)
            return try store.read(key, shard: 0, size: size ?? content.count, digest: checkpoint.digest)
        }
    }

    @Test func oneFrameOfOursIsRead() throws {
        #expect(try read(Packing.pack(Self.content))?.content == Self.content)
        // Above 2 MiB a frame names a window.
        let large = [UInt8](repeating: 3, count: 5 << 20)
        let packed = try Packing.pack(large)
        #expect(packed[4] & 0x20 == 0)
        #expect(try read(packed, large)?.content == large)
    }

    /// A few bytes that stand for a terabyte: no more is written than the ledger says, so this test ends.
    @Test func bombsOfDeclaredSizeAreRefused() throws {
        for declared in [1 << 40, UInt64.max - 2, 1 << 63, UInt64(Self.content.count) + 1] {
            let bomb = ZstdFrame(declared: declared, blocks: 1000).bytes
            #expect(Zstd.decompress(bomb, size: Self.content.count) == nil)
            #expect(try read(bomb) == nil)
        }
    }

    @Test func bombsOfUndeclaredSizeAreRefused() throws {
        let bomb = ZstdFrame(declared: nil, windowLog: 20, blocks: 10_000).bytes
        #expect(Zstd.contentSize(bomb) == nil)
        #expect(Zstd.decompress(bomb, size: Self.content.count) == nil)
        #expect(try read(bomb) == nil)
    }

    /// A ledger that was changed too: its size alone takes no memory.
    @Test func sizesThatNoFileOfThisLengthCanHaveTakeNoMemory() throws {
        let packed = try Packing.pack(Self.content)
        for size in [Int.max, 1 << 40, -1, Self.content.count - 1, Self.content.count + 1, 0] {
            #expect(Zstd.decompress(packed, size: size) == nil)
            #expect(try read(packed, size: size) == nil)
        }
    }

    @Test func windowsAbove27AreRefused() throws {
        let size = UInt64(Self.content.count)
        for windowLog: UInt8 in [28, 31, 41] {
            let frame = ZstdFrame(declared: size, windowLog: windowLog).bytes
            #expect(!Zstd.isOwnFrame(Self.summed(frame), size: Self.content.count))
            #expect(try read(frame) == nil)
        }
        // What differs is the window alone.
        #expect(Zstd.isOwnFrame(Self.summed(ZstdFrame(declared: size, windowLog: 27).bytes), size: Self.content.count))
    }

    /// The same frame with the flag of a checksum and room for one.
    private static func summed(_ frame: [UInt8]) -> [UInt8] {
        var frame = frame + [0, 0, 0, 0]
        frame[4] |= 0x04
        return frame
    }

    @Test func framesWithoutAChecksumAreRefused() throws {
        var frame = try Packing.pack(Self.content)
        frame[4] &= ~0x04
        frame.removeLast(4)
        #expect(Zstd.decompress(frame, size: Self.framed.count) == Self.framed)
        #expect(try read(frame) == nil)
    }

    @Test func wrongChecksumsAreRefused() throws {
        var packed = try Packing.pack(Self.content)
        packed[packed.count - 1] ^= 1
        #expect(Zstd.decompress(packed, size: Self.framed.count) == nil)
        #expect(try read(packed) == nil)
    }

    @Test func skippableFramesAreRefused() throws {
        let packed = try Packing.pack(Self.content)
        let extra = ZstdFrame.skippable(Array("hidden".utf8))
        #expect(Zstd.decompress(extra + packed, size: Self.framed.count) == Self.framed)
        #expect(try read(extra + packed) == nil)
        #expect(try read(packed + extra) == nil)
        #expect(try read(extra) == nil)
        #expect(try read(extra, []) == nil)
    }

    @Test func concatenatedFramesAreRefused() throws {
        let packed = try Packing.pack(Self.content)
        let both = Self.framed + Self.content
        #expect(Zstd.decompress(packed + packed, size: 2 * Self.framed.count) == Self.framed + Self.framed)
        #expect(try read(packed + packed, both) == nil)
        #expect(try read(packed + packed) == nil)
        #expect(try read(packed + [0]) == nil)
    }

    @Test func dictionariesAreRefused() throws {
        let frame = Self.summed(ZstdFrame(declared: UInt64(Self.content.count), dictionary: 9).bytes)
        #expect(!Zstd.isOwnFrame(frame, size: Self.content.count))
        #expect(try read(frame) == nil)
    }

    @Test func everyTruncationIsRefused() throws {
        let content = (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let packed = try Packing.pack(content)
        for count in 0..<packed.count { #expect(try read(Array(packed.prefix(count)), content) == nil) }
        #expect(try read(packed, content)?.content == content)
    }

    /// Content that ledger and digest vouch for is still no state where it is not one of this model.
    @Test func contentOfAnotherModelIsNoState() throws {
        let backbone = try BackboneConfiguration(
            hiddenSize: 4, layers: 1, heads: 1, intermediateSize: 4, vocabularySize: 8)
        func layout(labels: Int) -> AdapterLayout {
            AdapterLayout(AdapterSpecification(lora: nil, labels: labels, pooling: .mean), backbone: backbone)
        }
        let mine = layout(labels: 2)
        func content(_ layout: AdapterLayout, _ value: Float = 1) -> [UInt8] {
            let state = AdapterState(values: [Float](repeating: value, count: layout.count))
            return Checkpoint(state, layout: layout, precision: .f32).content
        }
        let whole = content(mine)
        #expect(Checkpoint(content: whole).state(layout: mine)?.values.count == mine.count)
        for wrong in [
            content(layout(labels: 3)), content(mine, .nan), content(mine, .infinity), [], Array(whole.dropLast()),
            whole + [0], Array(whole.dropFirst())
        ] { #expect(Checkpoint(content: wrong).state(layout: mine) == nil) }
    }

    /// What is no regular file is a damaged checkpoint, and a pipe is not waited for. A link is refused: it is not
    /// followed, and what it leads to is not for this program to judge or to remove.
    @Test(arguments: ["pipe", "folder", "device", "link", "loop"])
    func whatIsNoRegularFileIsNotRead(kind: String) throws {
        try TestFolder.with { folder in
            let store = CheckpointStore(folder.appending(path: "checkpoints"))
            try store.prepare(shard: 0)
            let url = store.url(key, shard: 0)
            let real = folder.appending(path: "real")
            try Data(Packing.pack(Self.content)).write(to: real)
            switch kind {
            case "pipe": #expect(unsafe mkfifo(url.path, 0o600) == 0)
            case "folder": try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
            case "device":
                try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: "/dev/zero")
            case "link": try FileManager.default.createSymbolicLink(at: url, withDestinationURL: real)
            default: try FileManager.default.createSymbolicLink(at: url, withDestinationURL: url)
            }
            let digest = Checkpoint(content: Self.content).digest
            let isLink = ["device", "link", "loop"].contains(kind)
            func read() throws -> Checkpoint? {
                try store.read(key, shard: 0, size: Self.content.count, digest: digest)
            }
            if isLink {
                #expect(throws: StorageError.link(path: url.path)) { try read() }
                #expect(throws: StorageError.link(path: url.path)) { try store.removeAll(shard: 0, except: []) }
            } else {
                #expect(try read() == nil)
            }
            try FileManager.default.removeItem(at: url)
            try FileManager.default.copyItem(at: real, to: url)
            #expect(try store.read(key, shard: 0, size: Self.content.count, digest: digest)?.content == Self.content)
        }
    }
}
