internal import Foundation

/// What the system says that this process used since the meter was made.
struct ProcessMeter: Sendable {
    private let start = ContinuousClock().now
    private let processorStart = Self.processorSeconds
    private let writtenStart = Self.written

    /// Forgets the peak of memory so far, where the system lets it.
    init() {
        // Linux, proc(5): "5" resets the high-water mark of the resident set.
        try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    }

    var seconds: Double { start.duration(to: .now).seconds }
    var processorSeconds: Double { Self.processorSeconds - processorStart }
    var writtenBytes: Int? { writtenStart.flatMap { start in Self.written.map { $0 - start } } }
    var peakMemoryBytes: Int? { Self.field("VmHWM:", of: "/proc/self/status").map { $0 << 10 } }

    private static var processorSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Bytes handed to write(2) and its like.
    private static var written: Int? { field("wchar:", of: "/proc/self/io") }

    private static func field(_ name: String, of path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) })
        else { return nil }
        return line.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
    }
}
