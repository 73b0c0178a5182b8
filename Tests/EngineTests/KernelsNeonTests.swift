import Foundation
import Testing

extension KernelsTests {
    /// The Arm variant, which only an emulator can run here.
    @Suite struct Neon {
        /// The clone that these tests were built from.
        static let clone = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()

        static let canBeChecked =
            ["qemu-aarch64", "aarch64-linux-gnu-gcc"].allSatisfy { name in
                let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
                return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
            } && FileManager.default.fileExists(atPath: "/usr/aarch64-linux-gnu/include/stdio.h")

        @Test(
            .enabled(
                if: canBeChecked,
                "needs qemu-user, gcc-aarch64-linux-gnu and libc6-dev-arm64-cross; see tools/check-neon"))
        func givesTheSameBitsUnderEmulation() throws {
            let process = Process()
            process.executableURL = Self.clone.appending(path: "tools/check-neon")
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(output)")
            #expect(output.contains("variants portable neon\n"), "\(output)")
        }
    }
}
