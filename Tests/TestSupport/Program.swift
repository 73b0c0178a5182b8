package import Foundation

/// A built program, run as a process of its own.
package struct Program {
    package struct Outcome {
        /// The exit code; nil where a signal ended the process.
        package let code: Int32?
        package let output: String
        package let errors: String
        package var everything: String { output + errors }

        package init(code: Int32?, output: String, errors: String) {
            self.code = code
            self.output = output
            self.errors = errors
        }

        /// Standard output as JSON.
        package func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(output.utf8)) }

        package func object() throws -> [String: Any] { try json() as? [String: Any] ?? [:] }
    }

    package enum Failure: Error {
        /// The program is not among the built products; build all products first.
        case notBuilt
    }

    /// Working folder, and where output is kept.
    package let folder: URL
    package var environment: [String: String] = [:]

    private let name: String

    package init(folder: URL, name: String = "sisa") {
        self.folder = folder
        self.name = name
    }

    /// Beside the program that runs the tests, or beside the bundle that it was started from.
    package static func executable(_ name: String = "sisa") throws -> URL {
        let starts = [Bundle.main.executableURL, Bundle.main.bundleURL] + Bundle.allBundles.map(\.bundleURL)
        for start in starts.compactMap({ $0 }) {
            var folder = start.deletingLastPathComponent()
            for _ in 0..<4 {
                let candidate = folder.appending(path: name)
                var isFolder: ObjCBool = false
                let exists = unsafe FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder)
                if exists, !isFolder.boolValue { return candidate }
                folder.deleteLastPathComponent()
            }
        }
        throw Failure.notBuilt
    }

    /// Starts the program; its output goes to files, so that no pipe can fill up.
    package func start(
        _ arguments: [String], input: FileHandle = .nullDevice, output: FileHandle, errors: FileHandle
    ) throws -> Process {
        let process = Process()
        process.executableURL = try Self.executable(name)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        var variables = ProcessInfo.processInfo.environment
        for name in ["SISA_WORKSPACE", "SISA_ISA"] { variables[name] = nil }
        process.environment = variables.merging(environment) { _, new in new }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return process
    }

    package func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

    /// `input`: Comes through a pipe; it has room for 64 KiB. Nil: there is none.
    package func run(_ arguments: [String], input: Data? = nil) throws -> Outcome {
        let pipe = Pipe()
        if let input { try pipe.fileHandleForWriting.write(contentsOf: input) }
        try pipe.fileHandleForWriting.close()
        let name = UUID().uuidString
        let urls = ["out", "err"].map { folder.appending(path: ".\(name).\($0)") }
        defer { for url in urls { try? FileManager.default.removeItem(at: url) } }
        let handles = try urls.map { url in
            try Data().write(to: url)
            return try FileHandle(forWritingTo: url)
        }
        let process = try start(
            arguments, input: input == nil ? .nullDevice : pipe.fileHandleForReading, output: handles[0],
            errors: handles[1])
        process.waitUntilExit()
        for handle in handles { try handle.close() }
        let texts = try urls.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return Outcome(
            code: process.terminationReason == .exit ? process.terminationStatus : nil, output: texts[0],
            errors: texts[1])
    }
}
