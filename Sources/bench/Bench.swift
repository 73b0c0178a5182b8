import ArgumentParser

/// Measures what docs/performance.md states: one file an experiment, tables for people, `--json` for programs.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure kernels, training steps, deletions, answers and scale on this machine.",
        discussion: """
            EXAMPLES:
              swift run -c release bench kernels
              swift run -c release bench step --backbone .downloads/minilm-l6 --data .downloads/drug-reviews/drugsComTrain.tsv \
            --text review
            """,
        subcommands: [Kernels.self, Step.self, Delete.self, Predict.self, Scale.self, LedgerRates.self])
}
