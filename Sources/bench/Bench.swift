import ArgumentParser
import Engine
import Foundation

/// Measures what docs/performance.md states: one file an experiment, tables for people, `--json` for programs.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure kernels, training steps, deletions, answers and scale on this machine.",
        discussion: """
            EXAMPLES:
              swift run -c release bench kernels
              swift run -c release bench step --backbone .downloads/minilm-l6 --data \
            .downloads/drug-reviews/drugsComTrain.tsv --text review

            SISA_ISA=portable|avx2|avx512|neon chooses the kernels, as for sisa.
            """,
        subcommands: [
            Kernels.self, Step.self, Delete.self, Predict.self, Scale.self, LedgerRates.self, Store.self, Tokens.self
        ])

    /// What SISA_ISA asks for; empty is as good as not set.
    static var namedInstructionSet: String? {
        ProcessInfo.processInfo.environment["SISA_ISA"].flatMap { $0.isEmpty ? nil : $0 }
    }

    static func main() {
        do {
            try InstructionSet.choose(namedInstructionSet)
        } catch {
            exit(withError: ValidationError("\(error)"))
        }
        main(nil)
    }
}
