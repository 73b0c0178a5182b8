import ArgumentParser
import CKernels
import Engine
import Foundation
import Unlearning

/// Training steps on real text: tokens per second, and how near that is to what the processor can do.
struct Step: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Training throughput on real text, as a part of the processor's peak, and where the time goes.",
        discussion: """
            LoRA rank 8 on query and value, AdamW, batch 16: what PEFT's users start with. Features below the first \
            adapted layer are
            computed before the clock starts, as in every epoch but the first.

            EXAMPLES:
              bench step --backbone .downloads/minilm-l6 --data .downloads/drug-reviews/drugsComTrain.tsv --text review
              bench step --backbone .downloads/minilm-l6 --data train.csv --layers 2 --threads 1 --json
              bench step --backbone .downloads/minilm-l6 --data train.csv --peer "python3 peer.py --threads 2"
            """)

    @Option(help: "A backbone folder.") var backbone: String
    @Option(help: "A .csv or .tsv file with texts.") var data: String
    @Option(help: "The text column.") var text = "text"
    @Option(help: "`all`, `head`, or how many of the top layers adapt.") var layers = "all"
    @Option(help: "Threads.") var threads = 2
    @Option(help: "Records a batch.") var batch = 16
    @Option(help: "Labels of the head.") var labels = 77
    @Option(help: "Most tokens a record.") var maxTokens = 128
    @Option(help: "Records of the file to use.") var records = 2000
    @Option(help: "Seconds a round.") var seconds = 10.0
    @Option(help: "Rounds, each ours and then the peer.") var rounds = 1
    @Option(help: "A shell command that prints JSON with `tokens_per_second` last: run after each round.") var peer:
        String?
    @Flag(help: "Print JSON.") var json = false

    private struct Result: Encodable {
        let layers: String
        let threads: Int
        let tokensPerSecond, recordsPerSecond, gflops, peakGflops, fractionOfPeak: Double
        let megaflopsPerToken: Double
        let isa: String
        /// Parts of the time, by kind of kernel; what is left is the program around them.
        let shares: [String: Double]
        let peerTokensPerSecond, ratio: Double?
    }

    func validate() throws {
        try Limits.check(
            ("--threads", threads, Limits.threads), ("--batch", batch, 1...65_536), ("--labels", labels, 2...100_000),
            ("--max-tokens", maxTokens, 3...65_536), ("--records", records, 1...10_000_000),
            ("--rounds", rounds, 1...10_000))
        try Limits.check(seconds: seconds)
    }

    private struct PeerFigures: Decodable { let tokensPerSecond: Double }

    func run() throws {
        let bench = try StepBench(self)
        let peak = Timing.peak(threads: threads)
        var (seen, operations, elapsed, done) = (0, 0.0, 0.0, 0)
        var peers: [Double] = []
        bench.run(seconds: 1)
        for _ in 0..<rounds {
            let round = bench.run(seconds: seconds)
            seen += round.tokens
            operations += round.operations
            elapsed += round.seconds
            done += round.records
            guard let peer else { continue }
            let figures: PeerFigures = try Peer.run(
                peer, lastLine: true, expected: "JSON object with `tokens_per_second` as its last line")
            peers.append(figures.tokensPerSecond)
        }
        let shares = shares(bench)
        let rate = Double(seen) / elapsed
        let theirs = peers.isEmpty ? nil : peers.reduce(0, +) / Double(peers.count)
        let result = Result(
            layers: layers, threads: threads, tokensPerSecond: rate, recordsPerSecond: Double(done) / elapsed,
            gflops: operations / elapsed / 1e9, peakGflops: peak / 1e9, fractionOfPeak: operations / elapsed / peak,
            megaflopsPerToken: operations / Double(seen) / 1e6, isa: InstructionSet.current.rawValue, shares: shares,
            peerTokensPerSecond: theirs, ratio: theirs.map { rate / $0 })
        if json { return try Timing.json(result) }
        print(
            "layers \(layers), \(threads) thread(s), \(result.isa): \(Timing.fixed(rate, 0)) tokens/s, "
                + "\(Timing.fixed(result.recordsPerSecond, 1)) records/s, \(Timing.fixed(result.gflops, 1)) GFLOP/s, "
                + "\(Timing.fixed(result.fractionOfPeak * 100, 1)) % of a peak of \(Timing.fixed(peak / 1e9, 0))")
        let parts = shares.sorted { $0.value > $1.value }.map { "\($0.key) \(Timing.fixed($0.value * 100, 1)) %" }
        print("time: " + parts.joined(separator: ", "))
        if let theirs {
            print("peer: \(Timing.fixed(theirs, 0)) tokens/s; ratio \(Timing.fixed(rate / theirs, 2))")
        }
    }

    /// A round of its own, because reading the clock around every call costs a little.
    private func shares(_ bench: StepBench) -> [String: Double] {
        Profile.record(true)
        let round = bench.run(seconds: min(seconds, 3))
        let whole = round.seconds * Double(threads)
        let profile = Profile.read()
        Profile.record(false)
        return Dictionary(uniqueKeysWithValues: profile.seconds.map { ("\($0.key)", $0.value / whole) })
    }
}
