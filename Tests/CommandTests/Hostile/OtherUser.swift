import Foundation
import TestSupport
import Testing

/// The program run as another user than root, who may read every file: what a permission does cannot be seen as root.
struct OtherUser {
    static let number: UInt32 = 65_534
    let folder: URL
    private let program: URL

    /// Nil, with a clear word, where the tests are not run by root or there is no way to be somebody else.
    static func make(in folder: URL) throws -> OtherUser? {
        guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else {
            print("skipped: permissions are tested by root, with `setpriv` of util-linux")
            return nil
        }
        // The folder that it was built in may be closed to others.
        let program = folder.appending(path: "sisa-program")
        try FileManager.default.copyItem(at: Program.executable(), to: program)
        let user = OtherUser(folder: folder, program: program)
        try user.own(folder)
        return user
    }

    /// Gives a folder and all that is in it to the user.
    func own(_ place: URL) throws {
        let below = try FileManager.default.subpathsOfDirectory(atPath: place.path).map {
            place.appending(path: $0).path
        }
        for path in [place.path] + below { try #require(unsafe lchown(path, Self.number, Self.number) == 0) }
    }

    func run(_ arguments: [String]) throws -> Program.Outcome {
        // A process that another test starts meanwhile may still hold the copy open as it was written: "text file
        // busy".
        for _ in 0..<50 {
            let outcome = try runOnce(arguments)
            if outcome.code != 126 { return outcome }
            usleep(100_000)
        }
        return try runOnce(arguments)
    }

    private func runOnce(_ arguments: [String]) throws -> Program.Outcome {
        let process = Process()
        let urls = ["out", "err"].map { folder.appending(path: ".other.\($0)") }
        for url in urls { try Data().write(to: url) }
        let handles = try urls.map { try FileHandle(forWritingTo: $0) }
        process.executableURL = URL(filePath: "/usr/bin/setpriv")
        process.arguments =
            ["--reuid", "\(Self.number)", "--regid", "\(Self.number)", "--clear-groups", program.path] + arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder.path]) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (handles[0], handles[1])
        try process.run()
        process.waitUntilExit()
        for handle in handles { try handle.close() }
        let texts = try urls.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return Program.Outcome(
            code: process.terminationReason == .exit ? process.terminationStatus : nil, output: texts[0],
            errors: texts[1])
    }
}
