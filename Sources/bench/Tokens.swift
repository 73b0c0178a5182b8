import ArgumentParser
import Engine
import Foundation

/// How fast texts become tokens, and which.
struct Tokens: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tokenize the lines of standard input: MB/s on standard error, or with --ids the ids of each line.")

    @Argument(help: ArgumentHelp("A model's folder or GGUF file.", valueName: "model"))
    var model: String

    @Flag(help: "Print the ids of each line, which is a JSON string: it may hold any character.")
    var ids = false

    func run() throws {
        let clock = ContinuousClock()
        var read: Tokenizer?
        let loading = try clock.measure { read = try Tokenizer(folder: URL(filePath: model)) }
        guard let tokenizer = read else { return }
        var lines: [String] = []
        while let line = readLine() { lines.append(ids ? try Self.decoded(line) : line) }
        var tokens: [[Int32]] = []
        let encoding = clock.measure { tokens = lines.map { tokenizer.encode($0) } }
        if ids { for line in tokens { print(line.map { "\($0)" }.joined(separator: " ")) } }
        let bytes = Double(lines.reduce(0) { $0 + $1.utf8.count })
        let rate = bytes / 1e6 / (encoding / .seconds(1))
        let count = tokens.reduce(0) { $0 + $1.count }
        let text =
            "loaded in \(Int(loading / .milliseconds(1))) ms; \(lines.count) lines, \(count) tokens, "
            + "\(String(format: "%.1f", rate)) MB/s\n"
        FileHandle.standardError.write(Data(text.utf8))
    }

    private static func decoded(_ line: String) throws -> String {
        try JSONDecoder().decode(String.self, from: Data(line.utf8))
    }
}
