import Foundation
import TestSupport
import Testing

/// What a machine or a container grants too little of: the command goes on with less, or says what is short. It never
/// hangs.
@Suite(
    .serialized,
    .enabled(if: LimitedUser.isPossible, "needs `setpriv`, and folders above the program that every user may enter"))
struct LimitTests {
    /// A machine that is busy takes a few seconds for any of these.
    private static let patience = Duration.seconds(60)

    /// Calls `body` with what runs a command within limits, in a folder that everybody may write to.
    private func with(
        _ body: (CommandFixture, (_ limits: String, _ arguments: [String]) throws -> MeasuredRun) throws -> Void
    ) throws {
        try CommandFixture.with(trained: false) { fixture in
            try LimitedUser.open(fixture.folder)
            try body(fixture) { limits, arguments in
                let run = try MeasuredRun(
                    arguments, in: fixture.folder,
                    wrapper: LimitedUser.wrapper("cd '\(fixture.folder.path)' && " + limits),
                    patience: Self.patience)
                #expect(!run.hung, "\(limits): sisa \(arguments)")
                return run
            }
        }
    }

    /// The same bytes as without the limit, with a word about it.
    @Test func aThreadThatCannotBeStartedIsDoneWithout() throws {
        try with { fixture, run in
            func trained(_ name: String) throws -> [String: Data] {
                try TestFolder.contents(fixture.folder.appending(path: name)).filter {
                    ["checkpoints", "records", "features"].contains(where: $0.key.hasPrefix)
                }
            }
            func both(_ command: [String], says: Bool) throws {
                for (limit, workspace) in [("true", "free"), ("ulimit -u 1", "short")] {
                    let found = try run(limit, command + ["--workspace", workspace])
                    #expect(found.code == 0, "\(limit), \(command): \(found.errors)")
                    #expect(found.errors.contains("starts no further thread") == (says && workspace == "short"))
                }
                #expect(try trained("free") == trained("short"))
            }
            try both(["train", "toy", "--key", "key.txt", "--threads", "4"], says: true)
            try both(["predict", "rain", "--threads", "4"], says: true)
            try both(["delete", "toy-07", "--threads", "4"], says: true)
            // The digest of the program is at hand since the training.
            try both(["delete", "toy-08", "--threads", "1"], says: false)
            try both(["verify", "--threads", "4"], says: true)
            try both(["status", "--threads", "1"], says: false)
        }
    }

    @Test(arguments: ["ulimit -v 60000", "ulimit -v 100000", "ulimit -v 150000", "ulimit -v 250000"])
    func littleMemoryKeepsNobodyWaiting(limit: String) throws {
        try with { _, run in
            for threads in ["1", "4"] {
                let found = try run(limit, ["train", "toy", "--workspace", "short\(threads)", "--threads", threads])
                #expect(found.code == 0 || !found.errors.isEmpty)
            }
        }
    }

    @Test(arguments: ["ulimit -s 64", "ulimit -s 128", "ulimit -s 1024"]) func aSmallStackIsEnough(limit: String) throws
    {
        try with { _, run in
            for command in [
                ["train", "toy", "--workspace", "short", "--threads", "4"], ["predict", "rain", "--workspace", "short"]
            ] {
                let found = try run(limit, command)
                #expect(found.code == 0, "\(found.errors)")
            }
        }
    }

    @Test(arguments: ["ulimit -f 4", "ulimit -f 8", "ulimit -f 24"]) func aFileThatMayNotGrowIsToldOf(limit: String)
        throws
    {
        try with { _, run in
            let found = try run(limit, ["train", "toy", "--workspace", "short", "--threads", "1"])
            #expect(found.code == 74, "\(found.errors)")
            #expect(found.errors.contains("error: ") && !found.errors.contains("SQL"), "\(found.errors)")
            #expect(try run("true", ["train", "toy", "--workspace", "short"]).code == 0)
        }
    }

    @Test(arguments: 4...12) func fewOpenFilesAreEnoughOrToldOf(count: Int) throws {
        try with { _, run in
            let found = try run("ulimit -n \(count)", ["train", "toy", "--workspace", "short", "--threads", "4"])
            let code = try #require(found.code, "\(found.errors)")
            #expect(code == 0 || found.errors.contains("error: "), "\(found.errors)")
            #expect(!found.errors.contains("SQL"), "\(found.errors)")
            #expect(try run("true", ["train", "toy", "--workspace", "short"]).code == 0)
        }
    }

    @Test func threadsAreAsManyAsTheProcessorsThatItIsBoundTo() throws {
        try with { fixture, run in
            let one =
                #"taskset -p -c "$(grep -m1 Cpus_allowed_list /proc/self/status | grep -o '[0-9]*' | head -n 1)" $$ "#
                + ">/dev/null"
            let found = try run(one, ["train", "toy", "--workspace", "short"])
            #expect(found.code == 0, "\(found.errors)")
            let costs = try String(contentsOf: fixture.folder.appending(path: "short/costs.jsonl"), encoding: .utf8)
            #expect(costs.contains(#""threads":1,"#) || costs.contains(#""threads":1}"#), "\(costs)")
        }
    }
}
