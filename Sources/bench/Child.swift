import Foundation
import Unlearning

/// Another program, run to its end: what a person at a terminal waits for, and what the system says it took.
struct Child {
    enum Failure: Error, CustomStringConvertible {
        case notStarted(path: String, reason: String)
        case failed(command: String, status: Int32, errors: String)
        case notFound(path: String)
        case noSuchValue(name: String)

        var description: String {
            switch self {
            case .notStarted(let path, let reason): "\(path) could not be started: \(reason); check --sisa"
            case .failed(let command, let status, let errors):
                "`\(command)` ended with status \(status): "
                    + "\(errors.split(separator: "\n").last ?? "nothing was said"); mend that and run the measurement "
                    + "again"
            case .noSuchValue(let name): "the program printed no `\(name)`; is it `sisa`? check --sisa"
            case .notFound(let path):
                "there is no \(path); build it with `swift build -c release --product sisa`, or name it with --sisa"
            }
        }
    }

    /// Wall-clock, from before the process is made until it has been waited for.
    let seconds: Double
    /// Of its processors, in user and system mode.
    let processorSeconds: Double
    let peakBytes: Int
    let output: String

    /// The `sisa` beside this program, or the one that was named.
    static func sisa(_ given: String?) throws -> String {
        let beside = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "sisa").path
        let path = given ?? beside ?? "sisa"
        guard FileManager.default.isExecutableFile(atPath: path) else { throw Failure.notFound(path: path) }
        return path
    }

    init(_ path: String, _ arguments: [String], scratch: URL) throws {
        let names = ["output", "errors"].map { scratch.appending(path: ".\($0)").path }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (index, name) in names.enumerated() {
            unsafe posix_spawn_file_actions_addopen(
                &actions, Int32(index + 1), name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process = pid_t()
        let clock = ContinuousClock().now
        let code = unsafe posix_spawn(&process, path, &actions, nil, &words, environ)
        guard code == 0 else {
            throw Failure.notStarted(path: path, reason: unsafe String(cString: strerror(code)))
        }
        Interruption.ends(process)
        var (status, usage) = (Int32(0), rusage())
        while unsafe wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
        Interruption.ends(nil)
        seconds = clock.duration(to: .now).seconds
        processorSeconds = [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6
        }
        peakBytes = Int(usage.ru_maxrss) * 1024
        let texts = names.map { (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "" }
        output = texts[0]
        guard status == 0 else {
            let command = ([path] + arguments).joined(separator: " ")
            throw Failure.failed(command: command, status: status >> 8 & 0xFF, errors: texts[1])
        }
    }

    /// A value of the JSON object that it printed.
    func number(_ name: String) throws -> Double {
        let object = (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any]
        guard let number = (object?[name] as? NSNumber)?.doubleValue else { throw Failure.noSuchValue(name: name) }
        return number
    }
}
