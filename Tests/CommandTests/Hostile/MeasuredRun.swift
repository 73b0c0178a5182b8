import Foundation
import TestSupport

/// The program run once: what it said, and the most memory that it had.
struct MeasuredRun {
    /// Nil where a signal ended it; `hung` is one.
    let code: Int32?
    let hung: Bool
    let peakBytes: Int
    let errors: String

    enum Failure: Error { case notStarted }

    /// Far longer than anything here takes; a command that is not done by then waits for something.
    private static let patience = Duration.seconds(180)

    /// `wrapper`: A command that becomes the program, such as `taskset -c 0`.
    init(
        _ arguments: [String], in folder: URL, wrapper: [String] = [], patience: Duration = Self.patience
    ) throws {
        let output = folder.appending(path: ".measured")
        defer { try? FileManager.default.removeItem(at: output) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, output.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let all = wrapper + [try Program.executable().path] + arguments
        var words: [UnsafeMutablePointer<CChar>?] = unsafe all.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process = pid_t()
        guard unsafe posix_spawnp(&process, all[0], &actions, nil, &words, environ) == 0 else {
            throw Failure.notStarted
        }
        var (status, peak) = (Int32(0), 0)
        let clock = ContinuousClock()
        let start = clock.now
        var isKilled = false
        while true {
            let ended = unsafe waitpid(process, &status, WNOHANG)
            if ended == process || (ended < 0 && errno != EINTR) { break }
            if clock.now - start > patience, !isKilled {
                kill(process, SIGKILL)
                isKilled = true
            }
            peak = max(peak, Self.peakBytes(of: process))
            usleep(1_000)
        }
        hung = isKilled
        code = status & 0x7F == 0 ? status >> 8 & 0xFF : nil
        peakBytes = peak
        errors = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
    }

    /// As the system says while it runs. What `wait4` says begins with the memory of the process that started it.
    private static func peakBytes(of process: pid_t) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
        else { return 0 }
        return (Int(line.filter(\.isNumber)) ?? 0) << 10
    }
}
