import ArgumentParser
import CKernels
import Engine
import Foundation

/// Matrix products on one core, for the shapes that a training step is made of.
struct Kernels: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Single-core matrix products, by shape and instruction set, beside OpenBLAS.",
        discussion: """
            A shape is rows x columns x depth; `t` says that A is read down its columns. OpenBLAS is loaded if it is \
            there (libopenblas0), and chooses its own instruction set, whatever --isa says.
            """)

    @Flag(help: "Print JSON.") var json = false
    @Option(help: "Seconds a shape.") var seconds = 0.3
    @Option(help: "One instruction set; without it, all that the processor has, but for `portable`.")
    var isa: String?
    @Option(help: "Only shapes that begin with this, such as 512x.") var shape: String?

    private struct Result: Encodable {
        let shape, isa: String
        let gflops, fractionOfPeak: Double
        let openblasGflops: Double?

        private enum CodingKeys: String, CodingKey { case shape, isa, gflops, fractionOfPeak, openblasGflops }

        /// Written out, so that a missing library is `null` and not a missing field.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(shape, forKey: .shape)
            try fields.encode(isa, forKey: .isa)
            try fields.encode(gflops, forKey: .gflops)
            try fields.encode(fractionOfPeak, forKey: .fractionOfPeak)
            try fields.encode(openblasGflops, forKey: .openblasGflops)
        }
    }

    func validate() throws { try Limits.check(seconds: seconds) }

    func run() throws {
        let openBLAS = OpenBLAS()
        let shapes = MatrixShape.all.filter { $0.description.hasPrefix(shape ?? "") }
        guard !shapes.isEmpty else {
            throw ValidationError("no shape begins with '\(shape ?? "")'; leave --shape out to see all.")
        }
        var results: [Result] = []
        for set in try chosen() {
            set.select()
            let peak = peak()
            for shape in shapes {
                let (ours, theirs) = race(shape, openBLAS)
                let result = Result(
                    shape: shape.description, isa: set.rawValue, gflops: ours, fractionOfPeak: ours / peak,
                    openblasGflops: theirs)
                if !json { print(line(result)) }
                results.append(result)
            }
        }
        if json { try Timing.json(results) }
    }

    private func chosen() throws -> [InstructionSet] {
        let available = InstructionSet.allCases.filter(\.isAvailable)
        guard let isa = isa ?? Bench.namedInstructionSet else {
            let wide = available.filter { $0 != .portable }
            return wide.isEmpty ? available : wide
        }
        guard let set = available.first(where: { $0.rawValue == isa }) else {
            let names = available.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("this processor has no '\(isa)'; choose one of \(names).")
        }
        return [set]
    }

    private func line(_ result: Result) -> String {
        let theirs = result.openblasGflops.map { "   OpenBLAS \(Timing.fixed($0, 1))" } ?? ""
        return "\(result.isa)  \(result.shape)  \(Timing.fixed(result.gflops, 1)) GFLOP/s  "
            + "\(Timing.fixed(result.fractionOfPeak * 100, 1)) % of peak\(theirs)"
    }

    /// Ours and theirs in turns, so that what disturbs the machine disturbs both; the best of each, in 10^9 operations
    /// a second.
    private func race(_ shape: MatrixShape, _ openBLAS: OpenBLAS?) -> (ours: Double, theirs: Double?) {
        let stream = Philox(seed: 1, purpose: "bench", context: [])
        let a = stream.uniforms(shape.rows * shape.depth, bound: 1)
        let b = stream.uniforms(shape.depth * shape.columns, bound: 1)
        let packed = Panels(b, MatrixView(rows: shape.depth, columns: shape.columns))
        let view =
            shape.leftIsTransposed
            ? MatrixView(rows: shape.depth, columns: shape.rows).transposed
            : MatrixView(rows: shape.rows, columns: shape.depth)
        let result = MatrixView(rows: shape.rows, columns: shape.columns)
        var c = [Float](repeating: 0, count: shape.rows * shape.columns)
        var theirC = c
        // A millisecond, so that reading the clock is not what is measured.
        let repetitions = 1 + Int(1e8 / shape.operations)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var (ours, theirs) = (Double.infinity, Double.infinity)
        var rounds = 0  // the first of them meets memory that nobody has touched
        repeat {
            rounds += 1
            let start = processorSeconds()
            for _ in 0..<repetitions { multiply(a, view, packed, into: &c, result) }
            let between = processorSeconds()
            ours = min(ours, between - start)
            guard let openBLAS else { continue }
            for _ in 0..<repetitions { openBLAS.multiply(shape, a, b, into: &theirC) }
            theirs = min(theirs, processorSeconds() - between)
        } while clock.now < end || rounds < 4
        let work = shape.operations * Double(repetitions) / 1e9
        return (work / ours, openBLAS == nil ? nil : work / theirs)
    }

    /// What this thread has had of a core: the larger products take longer than other programs leave it alone.
    private func processorSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// What the core's fused multiply-add units give when nothing else is asked of them.
    private func peak() -> Double {
        let rounds = 20_000
        let best = Timing.best(seconds: 1) { sisa_peak(rounds) }
        return Double(sisa_peak_operations()) * Double(rounds) / best / 1e9
    }
}
