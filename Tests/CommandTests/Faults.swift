import Foundation
import TestSupport

/// The shim of tools/faults, compiled for these tests.
struct Faults {
    private let library: URL
    private let counted: URL

    /// The C compiler that comes with Swift; nil where there is none.
    static let compiler: String? = {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.map { "\($0)/clang" }.first(where: FileManager.default.isExecutableFile)
    }()

    enum Failure: Error { case notCompiled }

    init(folder: URL) throws {
        library = folder.appending(path: "libfaults.so")
        counted = folder.appending(path: "faults.count")
        guard let compiler = Self.compiler else { throw Failure.notCompiled }
        let process = Process()
        process.executableURL = URL(filePath: compiler)
        process.arguments = [
            "-O1", "-shared", "-fPIC", TestData.root.appending(path: "tools/faults/faults.c").path, "-ldl", "-o",
            library.path
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure.notCompiled }
    }

    /// Says how many calls were tried, and how many there were in the last run: a step that was taken out, or came in,
    /// is seen.
    func tell(_ points: Int, _ command: String, _ way: String) throws {
        let folder = TestData.root.appending(path: ".build/fault-points")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "\(command), \(way)")
        let last = (try? String(contentsOf: file, encoding: .utf8)) ?? "not known"
        try Data("\(points)".utf8).write(to: file)
        print("faults: \(points) calls of \(command), \(way); in the last run: \(last)")
    }

    /// How many calls a command makes that can fail.
    func count(_ program: Program, _ command: [String]) throws -> Int {
        var program = program
        program.environment["LD_PRELOAD"] = library.path
        program.environment["SISA_FAULT_COUNT"] = counted.path
        _ = try program.run(command)
        let text = try String(contentsOf: counted, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        return Int(text) ?? 0
    }

    func run(_ program: Program, _ command: [String], _ fault: String) throws -> Program.Outcome {
        var program = program
        program.environment["LD_PRELOAD"] = library.path
        program.environment["SISA_FAULT"] = fault
        return try program.run(command)
    }

    /// Runs a command where locks of files fail with `code`, as on some network file systems.
    func withoutLocks(_ program: Program, _ command: [String], _ code: String) throws -> Program.Outcome {
        var program = program
        program.environment["LD_PRELOAD"] = library.path
        program.environment["SISA_LOCKS"] = code
        return try program.run(command)
    }

    /// Runs a command and appends to `trace` what it does to files below the program's folder.
    func record(
        _ program: Program, _ command: [String], _ fault: String? = nil, trace: URL
    ) throws -> Program.Outcome {
        var program = program
        program.environment["LD_PRELOAD"] = library.path
        program.environment["SISA_TRACE"] = trace.path
        program.environment["SISA_TRACE_ROOT"] = program.folder.resolvingSymlinksInPath().path
        if let fault { program.environment["SISA_FAULT"] = fault }
        return try program.run(command)
    }
}
