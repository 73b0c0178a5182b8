import Foundation

/// Another program that measures the same work: run in turn with ours, so that both see the same machine.
enum Peer {
    struct Failure: Error, CustomStringConvertible {
        let command: String
        let expected: String
        var description: String { "the peer `\(command)` printed no \(expected), or failed; run it alone and mend it" }
    }

    /// What a shell command prints, as JSON; `expected` says in words what that should be.
    static func run<Value: Decodable>(
        _ command: String, _ arguments: [String] = [], lastLine: Bool = false, expected: String
    ) throws -> Value {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command + " \"$@\"", "peer"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        var output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        if lastLine { output = output.split(separator: UInt8(ascii: "\n")).last ?? Data() }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard process.terminationStatus == 0, let value = try? decoder.decode(Value.self, from: output) else {
            throw Failure(command: command, expected: expected)
        }
        return value
    }
}
