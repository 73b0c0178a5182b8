import Foundation
import TestSupport
import Testing

/// Receipts as people use them: with the program, and with a script that does not know it.
@Suite struct ReceiptCommandTests {
    private static func isThere(_ program: String) -> Bool {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// The exit code of another program.
    private func exitCode(of words: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func with(_ body: (CommandFixture, _ receipt: String, _ key: String) throws -> Void) throws {
        try CommandFixture.with { fixture in
            let outcome = try fixture.program.run("delete", "toy-07", "toy-11", "--request", "dsr-1", "--json")
            let receipt = try #require(try outcome.object()["receipt"] as? String)
            #expect(receipt.hasSuffix("/receipts/dsr-1.json"))
            let forgotten = try #require(try outcome.object()["influence_free_ms"] as? Double)
            let seconds = try #require(try outcome.object()["influence_free_seconds"] as? Double)
            #expect(forgotten > 0 && forgotten.rounded() == (seconds * 1000).rounded())
            let key = fixture.folder.appending(path: "operator.pem")
            try Data(fixture.program.run("key", "export").output.utf8).write(to: key)
            try body(fixture, receipt, key.path)
        }
    }

    @Test func aReceiptVerifiesWithTheKeyAndNotWithoutIt() throws {
        try with { fixture, receipt, key in
            let program = fixture.program
            #expect(
                try program.run("receipt", "verify", receipt, "--key", key, "--id", "toy-07", "--id", "toy-11").code
                    == 0)
            #expect(try program.run("receipt", "verify", receipt, "--key", key, "--id", "toy-08").code == 65)
            let json = try program.run("receipt", "verify", receipt, "--key", key, "--json").object()
            #expect(json["valid"] as? Bool == true && json["records"] as? Int == 2)
            #expect(try program.run("receipt", "verify", receipt, "--key", "missing.pem").code == 66)
            #expect(try program.run("receipt", "verify", "missing.json", "--key", key).code == 66)
            #expect(try program.run("receipt", "verify", key, "--key", key).code == 65)
            #expect(try program.run("receipt", "verify", receipt, "--key", receipt).code == 65)
            #expect(try program.run("key", "rotate").code == 0)
            let present = fixture.folder.appending(path: "new.pem")
            try Data(program.run("key", "export").output.utf8).write(to: present)
            #expect(try program.run("receipt", "verify", receipt, "--key", present.path).code == 65)
            #expect(try program.run("receipt", "verify", receipt, "--key", key).code == 0)
            #expect(try program.run("log", "consistency").code == 0)
            #expect(try program.run("audit", "--sample", "1").code == 0)
        }
    }

    @Test(.enabled(if: isThere("python3"), "needs python3"))
    func aScriptThatDoesNotKnowThisProgramSaysTheSame() throws {
        try with { fixture, receipt, key in
            let script = TestData.root.appending(path: "tools/verify-receipt").path
            #expect(try exitCode(of: "python3", script, receipt, key, "toy-07", "toy-11") == 0)
            #expect(try exitCode(of: "python3", script, receipt, key, "toy-08") == 65)
            #expect(try exitCode(of: "python3", script, receipt, key + "x") == 65)
            // Whatever letter is changed: both refuse it, or neither does.
            let text = try String(contentsOfFile: receipt, encoding: .utf8)
            let file = fixture.folder.appending(path: "changed.json")
            var generator = SeededGenerator(seed: 5)
            var refused = 0
            for _ in 0..<24 {
                var bytes = Array(text.utf8)
                let place = bytes.indices.randomElement(using: &generator) ?? 0
                bytes[place] = bytes[place] == UInt8(ascii: "7") ? UInt8(ascii: "3") : UInt8(ascii: "7")
                try Data(bytes).write(to: file)
                let code = try fixture.program.run("receipt", "verify", file.path, "--key", key).code
                let other = try exitCode(of: "python3", script, file.path, key)
                #expect((code == 0) == (other == 0), "byte \(place): \(code ?? -1), \(other)")
                refused += code == 0 ? 0 : 1
            }
            #expect(refused > 0)
        }
    }

    @Test(.enabled(if: isThere("openssl"), "needs openssl"))
    func theKeysAreOnesThatOpenSSLReads() throws {
        try with { fixture, _, key in
            let isPublicRead = try exitCode(of: "openssl", "pkey", "-pubin", "-in", key, "-noout") == 0
            let secret = fixture.workspace.appending(path: "signing-key.pem").path
            let isSecretRead = try exitCode(of: "openssl", "pkey", "-in", secret, "-noout") == 0
            #expect(isPublicRead && isSecretRead)
        }
    }
}
