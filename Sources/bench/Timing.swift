import CKernels
import Engine
import Foundation

/// Repeats a piece of work and takes the fastest run: the one that other programs disturbed least.
enum Timing {
    static func best(seconds: Double, _ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var best = Duration.seconds(1000)
        repeat {
            let start = clock.now
            body()
            best = min(best, start.duration(to: clock.now))
        } while clock.now < end
        return Double(best.components.seconds) + Double(best.components.attoseconds) * 1e-18
    }

    /// What the fused multiply-add units of so many cores give at once when nothing else is asked of them, operations a
    /// second.
    static func peak(threads: Int) -> Double {
        let rounds = 20_000
        let pool = ThreadPool(size: threads)
        let best = best(seconds: 1) { pool.run { _ in sisa_peak(rounds) } }
        return Double(threads) * Double(sisa_peak_operations()) * Double(rounds) / best
    }

    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    static func fixed(_ value: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", locale: Locale(identifier: "en_US_POSIX"), value)
    }
}
