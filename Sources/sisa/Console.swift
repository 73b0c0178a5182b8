import Foundation
import Synchronization
import Unlearning

/// Where text goes: results to standard output, everything else to standard error.
enum Console {
    static func out(_ line: String) { write(line + "\n", to: .standardOutput) }
    static func error(_ line: String) { write(line + "\n", to: .standardError) }
    /// Prints what may be missed: progress, a remark, a warning of something that is mended.
    static func note(_ line: String) { if !isQuiet { error(line) } }

    /// Whether standard error is for errors only.
    static var isQuiet: Bool {
        get { quiet.load(ordering: .relaxed) }
        set { quiet.store(newValue, ordering: .relaxed) }
    }
    private static let quiet = Atomic(false)

    static func write(_ text: String, to handle: FileHandle) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Foundation.write(handle.fileDescriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 {
                // A reader that has gone away (`sisa status | head -1`) is no error of ours; a full disk is.
                if errno != EPIPE, handle.fileDescriptor == 1 { lost.store(true, ordering: .relaxed) }
                return
            }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Whether something that was asked for could not be written.
    static var isOutputLost: Bool { lost.load(ordering: .relaxed) }
    private static let lost = Atomic(false)

    static let errorIsTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1

    static func json(_ value: some Encodable) throws {
        out(String(decoding: try AnswerJSON.encode(value), as: UTF8.self))
    }
}

/// A table of text, its columns as wide as they need to be, numbers to the right.
struct TextTable {
    var header: [String]
    var rows: [[String]] = []

    var lines: [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        func line(_ row: [String]) -> String {
            let cells = row.indices.map { column -> String in
                let gap = String(repeating: " ", count: widths[column] - row[column].count)
                let isNumber = row[column].first.map { $0.isNumber || $0 == "-" } ?? false
                return isNumber ? gap + row[column] : row[column] + gap
            }
            var text = cells.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text
        }
        return [line(header)] + rows.map(line)
    }

    func print() {
        for line in lines { Console.out(line) }
    }
}

extension Double {
    /// A number with a fixed count of decimals, the same in every locale.
    func fixed(_ places: Int) -> String {
        String(format: "%.\(places)f", locale: Locale(identifier: "en_US_POSIX"), self)
    }

    var percent: String { (self * 100).fixed(2) + " %" }
}
