import ArgumentParser
import Foundation
import Unlearning

/// What a checkpoint takes on disk and how fast it comes back, by every way to store it that was thought of.
struct Store: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Size and speed of stored checkpoints, by the way in which they are packed.",
        discussion: """
            `ratio` is stored bytes over content; `bound` is what no code of single exponents can go below. `unpack` \
            is from memory to content, `restore` from the page cache, `verified` with the SHA-256 that every read \
            checks: GB (10^9 bytes) of content a second on one core, the sum of each file's fastest run. `pack` is the \
            way there, in the same unit.

            EXAMPLES:
              swift run -c release bench store --workspace workspaces/reviews
              swift run -c release bench store --file adapter_model.safetensors --json
            """)

    @Option(help: "A workspace; all of its checkpoints are taken, as far as --most goes.") var workspace: String?
    @Option(
        parsing: .upToNextOption,
        help:
            "Safetensors files, or files of checkpoints, of one type; each is taken for the stage after the one before."
    )
    var file: [String] = []
    @Option(help: "Seconds for each way.") var seconds = 1.0
    @Option(help: "Most checkpoints.") var most = 24
    @Option(help: "Where files are written, and removed afterwards.") var folder: String?
    @Flag(help: "Print JSON.") var json = false

    private struct Sample {
        let content: [UInt8]
        let before: [UInt8]?
    }

    private struct Row: Encodable {
        let name: String
        let chosen, difference: Bool
        let ratio, packGbPerSecond, unpackGbPerSecond, restoreGbPerSecond, verifiedGbPerSecond: Double
    }

    private struct Output: Encodable {
        let checkpoints, bytes: Int
        let bound, digestGbPerSecond: Double
        let ways: [Row]
    }

    func validate() throws {
        try Limits.check(seconds: seconds)
        try Limits.check(("--most", most, 1...100_000))
        guard (workspace != nil) != !file.isEmpty else {
            throw ValidationError("name a --workspace, or one --file or more.")
        }
    }

    func run() throws {
        let samples = Array(try samples().prefix(most))
        guard !samples.isEmpty else { throw ValidationError("there is no checkpoint; train the workspace first.") }
        let bytes = samples.reduce(0) { $0 + $1.content.count }
        let scratch = try Scratch(folder)
        defer { scratch.remove() }
        let output = Output(
            checkpoints: samples.count, bytes: bytes,
            bound: samples.reduce(0) { $0 + PackingTrial.bound($1.content) * Double($1.content.count) }
                / Double(bytes),
            digestGbPerSecond: rate(samples, seconds / 4) { _ = Checkpoint.digest(of: samples[$0].content) },
            ways: try PackingTrial.all.map { try measure($0, samples, bytes, scratch.url) })
        if json { return try Timing.json(output) }
        print(
            "\(output.checkpoints) checkpoints, \(bytes) bytes; bound \(Timing.fixed(output.bound, 4)), "
                + "SHA-256 \(Timing.fixed(output.digestGbPerSecond, 2)) GB/s")
        print("ratio    pack  unpack  restore  verified")
        for row in output.ways {
            let speeds = [row.packGbPerSecond, row.unpackGbPerSecond, row.restoreGbPerSecond, row.verifiedGbPerSecond]
            let numbers = zip(speeds, [6, 6, 7, 8]).map { speed, width in
                String(repeating: " ", count: max(0, width - Timing.fixed(speed, 2).count)) + Timing.fixed(speed, 2)
            }
            print(
                "\(Timing.fixed(row.ratio, 4)) \(numbers.joined(separator: "  "))  \(row.name)"
                    + (row.chosen ? " (chosen)" : ""))
        }
    }

    private func measure(_ way: PackingTrial, _ samples: [Sample], _ bytes: Int, _ scratch: URL) throws -> Row {
        var stored = 0
        var files: [URL] = []
        for (index, sample) in samples.enumerated() {
            let packed = try way.pack(sample.content, before: sample.before)
            guard way.isLossless(packed, sample.content, before: sample.before) else {
                throw ValidationError("'\(way.name)' does not give back what it was given; this is a defect of bench.")
            }
            stored += packed.count
            files.append(scratch.appending(path: "\(index)"))
            try Data(packed).write(to: files[index])
        }
        let packed = files.map { Self.read($0) ?? [] }
        func content(_ index: Int, _ file: [UInt8]) -> [UInt8] {
            way.unpack(file, size: samples[index].content.count, before: samples[index].before) ?? []
        }
        return Row(
            name: way.name, chosen: way.name == PackingTrial.chosen.name, difference: way.isDifference,
            ratio: Double(stored) / Double(bytes),
            packGbPerSecond: rate(samples, seconds / 4) {
                _ = try? way.pack(samples[$0].content, before: samples[$0].before)
            },
            unpackGbPerSecond: rate(samples, seconds / 4) { _ = content($0, packed[$0]) },
            restoreGbPerSecond: rate(samples, seconds / 4) {
                _ = content($0, Self.read(files[$0]) ?? [])
            },
            verifiedGbPerSecond: rate(samples, seconds / 4) {
                _ = Checkpoint.digest(of: content($0, Self.read(files[$0]) ?? []))
            })
    }

    /// Content over time; each sample has its share of the seconds.
    private func rate(_ samples: [Sample], _ seconds: Double, _ body: (Int) -> Void) -> Double {
        let each = seconds / Double(samples.count)
        let time = samples.indices.reduce(0.0) { sum, index in sum + Timing.best(seconds: each) { body(index) } }
        return Double(samples.reduce(0) { $0 + $1.content.count }) / time / 1e9
    }

    private func samples() throws -> [Sample] {
        if let workspace {
            return try Workspace(at: URL(filePath: workspace), .read).checkpointContents().flatMap(Self.chain)
        }
        return Self.chain(
            try file.map { path in
                guard let bytes = Self.read(URL(filePath: path)) else {
                    throw ValidationError("\(path) cannot be read; name a regular file.")
                }
                return Packing.unpack(bytes) ?? bytes
            })
    }

    private static func read(_ url: URL) -> [UInt8]? { try? DurableFile.contents(url) }

    private static func chain(_ contents: [[UInt8]]) -> [Sample] {
        contents.enumerated().map { index, content in
            let before = index == 0 ? nil : contents[index - 1]
            return Sample(content: content, before: before?.count == content.count ? before : nil)
        }
    }
}
