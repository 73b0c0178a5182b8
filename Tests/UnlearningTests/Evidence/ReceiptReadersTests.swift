import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// What runs tools/verify-receipt; nil where it is not installed.
private let python = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }

/// This program and tools/verify-receipt, which does not know it, say the same of every receipt, forged or not.
@Suite(.enabled(if: python != nil, "needs python3")) struct ReceiptReadersTests {
    /// Receipts that are tried; SISA_RECEIPTS=n: so many.
    private static let trials = Int(ProcessInfo.processInfo.environment["SISA_RECEIPTS"] ?? "") ?? 600

    /// What the script prints of each file, in their order: its code, and its first line.
    private func told(_ files: [URL], key: URL, in folder: URL) throws -> [String] {
        let driver = """
            import contextlib, io, runpy, sys
            script = runpy.run_path(sys.argv[1])
            for line in open(sys.argv[3]):
                out = io.StringIO()
                with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
                    code = script["run"]([line.strip(), sys.argv[2]])
                print(code, out.getvalue().strip())
            """
        let (list, output) = (folder.appending(path: "list"), folder.appending(path: "output"))
        try Data(files.map { $0.path + "\n" }.joined().utf8).write(to: list)
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(filePath: try #require(python))
        let script = TestData.root.appending(path: "tools/verify-receipt")
        process.arguments = ["-B", "-c", driver, script.path, key.path, list.path]
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// What this program says of it, in the script's words.
    private func said(_ file: URL, _ key: VerificationKey) -> String {
        guard let receipt = try? Receipt(contentsOf: file), receipt.fault(key) == nil,
            let deletion = receipt.statement?.predicate
        else { return "65 " }
        return "0 valid: request \(deletion.request), \(deletion.records) record(s), completed \(deletion.completed)"
    }

    private func with(_ body: (ToyWorld, ReceiptForger, _ key: URL) throws -> Void) throws {
        try ToyWorld.with(changing: { $0.adapter = .head }) { world in
            let records = try ToyRecord.all()
            let subject = try world.workspace("subject", records)
            let made = try subject.delete(DeletionRequest(ids: records[2...3].map(\.recordID), requestID: "dsr-1"))
            let key = try #require(try SigningKey(contentsOf: subject.files[.signingKey]))
            let file = world.root("key.pem")
            try Data(key.verification.pem.utf8).write(to: file)
            try body(world, ReceiptForger(#require(made.receipt), key), file)
        }
    }

    private func compare(_ receipts: [[UInt8]], _ world: ToyWorld, _ forger: ReceiptForger, _ key: URL) throws
        -> [String]
    {
        let files = try receipts.enumerated().map { number, bytes in
            let file = world.root("\(number).json")
            try Data(bytes).write(to: file)
            return file
        }
        let (told, said) = (
            try told(files, key: key, in: world.folder), files.map { self.said($0, forger.key.verification) }
        )
        try #require(told.count == files.count)
        for number in files.indices
        where told[number].trimmingCharacters(in: .whitespaces) != said[number].trimmingCharacters(in: .whitespaces) {
            let receipt = String(decoding: receipts[number].prefix(6000), as: UTF8.self)
            Issue.record(
                "receipt \(number): this program says \(said[number]), the script \(told[number]): \(receipt)")
        }
        return said
    }

    @Test func bothSayTheSameOfEveryForgery() throws {
        try with { world, forger, key in
            var generator = SeededGenerator(seed: 7)
            let receipts =
                try [Array(forger.text.utf8), forger.signed(Array(forger.statement.utf8))]
                + (0..<Self.trials).map { _ in try forger.forge(&generator) }
            let said = try compare(receipts, world, forger, key)
            #expect(said[0].hasPrefix("0") && said[1].hasPrefix("0"))
            // Both kinds are among them.
            let valid = said.count { $0.hasPrefix("0") }
            #expect(valid > Self.trials / 50 && valid < Self.trials / 2, "\(valid) of \(Self.trials) valid")
        }
    }

    /// What another reader would take for something else, or a person for signed.
    static let refused: [(String, @Sendable (ReceiptForger) throws -> [UInt8])] = [
        (
            "a member of the statement twice",
            { forger in
                try forger.signed(
                    Array(forger.statement.replacing("\"records\":2", with: "\"records\":9,\"records\":2").utf8))
            }
        ),
        (
            "the same, the forged one last",
            { forger in
                try forger.signed(
                    Array(forger.statement.replacing("\"records\":2", with: "\"records\":2,\"records\":9").utf8))
            }
        ),
        (
            "a member of the entry twice",
            { forger in
                try forger.signed(Array(forger.statement.utf8)) {
                    Array($0.replacing("\"event\":", with: "\"event\":\"purge\",\"event\":").utf8)
                }
            }
        ),
        (
            "a payload twice",
            { Array($0.text.replacing("\"payload\" :", with: "\"payload\" : \"e30=\", \"payload\" :").utf8) }
        ),
        ("salts twice", { Array($0.text.replacing("\"salts\" :", with: "\"salts\" : [], \"salts\" :").utf8) }),
        (
            "a member that nobody signed",
            { Array($0.text.replacing("\"salts\" :", with: "\"records\" : 9, \"salts\" :").utf8) }
        ),
        ("a byte order mark", { [0xEF, 0xBB, 0xBF] + $0.text.utf8 }),
        ("bytes behind", { Array(($0.text + "{}").utf8) }),
        ("a zero before the index", { Array($0.text.replacing("index ", with: "index 0").utf8) }),
        (
            "a fraction",
            { forger in
                try forger.signed(Array(forger.statement.replacing("\"records\":2", with: "\"records\":2.0").utf8))
            }
        ),
        (
            "capital digits of a salt",
            { Array($0.text.replacing($0.receipt.salts[0], with: $0.receipt.salts[0].uppercased()).utf8) }
        )
    ]

    @Test func whatCanBeReadInTwoWaysIsRefusedByBoth() throws {
        try with { world, forger, key in
            let said = try compare(Self.refused.map { try $0.1(forger) }, world, forger, key)
            for (number, verdict) in said.enumerated() { #expect(verdict == "65 ", "\(Self.refused[number].0)") }
        }
    }
}
