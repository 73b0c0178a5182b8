import ArgumentParser
import CKernels
import Engine

/// Matrix products on one core, for the shapes that a training step is made of.
struct Kernels: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Single-core matrix products, by shape and instruction set.")

    @Flag(help: "Print JSON.") var json = false
    @Option(help: "Seconds a shape.") var seconds = 0.3

    private struct Result: Encodable {
        let shape, isa: String
        let gflops, fractionOfPeak: Double
    }

    /// (rows, columns, depth): frozen projections, feed-forward, LoRA, head, one head of attention.
    private static let shapes = [
        (512, 384, 384), (512, 1152, 384), (512, 1536, 384), (512, 384, 1536), (4096, 768, 768), (512, 3072, 768),
        (512, 8, 384), (512, 384, 8), (512, 16, 768), (384, 8, 512), (512, 77, 384), (128, 128, 32), (128, 32, 128)
    ]

    func run() throws {
        var results: [Result] = []
        for isa in InstructionSet.allCases where isa.isAvailable && isa != .portable {
            isa.select()
            let peak = peak()
            for (m, n, k) in Self.shapes {
                let gflops = product(m, n, k)
                results.append(
                    Result(shape: "\(m)x\(n)x\(k)", isa: isa.rawValue, gflops: gflops, fractionOfPeak: gflops / peak))
            }
        }
        if json { return try Timing.json(results) }
        for result in results {
            print(
                "\(result.isa)  \(result.shape)  \(Timing.fixed(result.gflops, 1)) GFLOP/s  "
                    + "\(Timing.fixed(result.fractionOfPeak * 100, 1)) % of peak")
        }
    }

    private func product(_ m: Int, _ n: Int, _ k: Int) -> Double {
        let stream = Philox(seed: 1, purpose: "bench", context: [])
        let a = stream.uniforms(m * k, bound: 1)
        let b = PackedMatrix(stream.uniforms(k * n, bound: 1), Window(rows: k, columns: n))
        var c = [Float](repeating: 0, count: m * n)
        let best = Timing.best(seconds: seconds) {
            multiply(a, Window(rows: m, columns: k), b, into: &c, Window(rows: m, columns: n))
        }
        return 2 * Double(m * n * k) / best / 1e9
    }

    /// What the core's fused multiply-add units give when nothing else is asked of them.
    private func peak() -> Double {
        let rounds = 20_000
        let best = Timing.best(seconds: 1) { sisa_peak(rounds) }
        return Double(sisa_peak_operations()) * Double(rounds) / best / 1e9
    }
}
