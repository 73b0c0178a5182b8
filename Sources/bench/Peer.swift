import Foundation

/// Another program that measures the same work: run in turn with ours, so that both see the same machine.
enum Peer {
    struct Failure: Error, CustomStringConvertible {
        let command: String
        var description: String {
            "the peer `\(command)` printed no JSON object as its last line, or failed; run it alone and mend it"
        }
    }

    /// The JSON object that a shell command prints as its last line.
    static func run(_ command: String) throws -> [String: Any] {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        guard process.terminationStatus == 0, let last = lines.last,
            let object = try? JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
        else { throw Failure(command: command) }
        return object
    }
}
