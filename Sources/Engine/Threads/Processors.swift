internal import Foundation

/// How many processors this process may use. More threads than that take each other's time.
package enum Processors {
    /// Those that it is bound to, and no more than its control groups grant it time on.
    package static let available = max(1, min(bound(), granted() ?? Int.max))

    /// `taskset`, cpusets: a mask of bits in hexadecimal, with commas.
    package static func bound(status: String = "/proc/self/status") -> Int {
        let prefix = "Cpus_allowed:"
        let line = words(status, "\n").first { $0.hasPrefix(prefix) }
        let count = line?.dropFirst(prefix.count).reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
        return count ?? ProcessInfo.processInfo.activeProcessorCount
    }

    /// What the quota of its control group, and of those around it, comes to in whole processors; nil: there is none.
    ///
    /// Version 2 keeps it in `cpu.max`, version 1 in `cpu.cfs_quota_us`. In a container its own group may be the root
    /// of what it sees, under whatever name it has outside: what is not there limits nothing.
    package static func granted(
        groups: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup"
    ) -> Int? {
        var least: Int?
        for line in words(membership, "\n") {
            // number:controllers:path
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { continue }
            let isSecond = parts[1].isEmpty
            guard isSecond || parts[1].split(separator: ",").contains("cpu") else { continue }
            let names = parts[2].split(separator: "/")
            for base in isSecond ? ["", "/unified"] : ["/cpu", "/" + parts[1]] {
                for depth in 0...names.count {
                    let folder = groups + base + names.prefix(depth).map { "/" + $0 }.joined()
                    let numbers =
                        isSecond
                        ? words(folder + "/cpu.max", " ")
                        : words(folder + "/cpu.cfs_quota_us", " ") + words(folder + "/cpu.cfs_period_us", " ")
                    // "max" and -1: without limit.
                    guard numbers.count == 2, let quota = Int(numbers[0]), let period = Int(numbers[1]), quota > 0,
                        period > 0
                    else { continue }
                    least = min(least ?? Int.max, max(1, (quota - 1) / period + 1))
                }
            }
        }
        return least
    }

    private static func words(_ path: String, _ separator: Character) -> [String] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split { $0 == separator || $0 == "\n" }.map(String.init)
    }
}
