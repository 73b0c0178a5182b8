import Foundation

/// One thing that a program did to files, as tools/faults/faults.c writes it down.
enum PowerLossStep: Equatable {
    case begin
    case open(Int, creates: Bool, truncates: Bool, path: String)
    case close(Int)
    case write(Int, offset: Int, bytes: [UInt8])
    case length(Int, Int)
    case fsync(Int)
    case sync
    case rename(from: String, to: String)
    case link(from: String, to: String)
    case unlink(String)
    case makeFolder(String)
    case removeFolder(String)

    enum Failure: Error { case unreadable(at: Int, line: String) }

    /// All steps of a trace.
    static func all(_ trace: Data) throws -> [PowerLossStep] {
        let bytes = [UInt8](trace)
        var steps: [PowerLossStep] = []
        var at = 0
        while at < bytes.count {
            guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "\n")) else {
                throw Failure.unreadable(at: at, line: "")
            }
            let line = String(decoding: bytes[at..<end], as: UTF8.self)
            at = end + 1
            let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            if words.first == "write", words.count == 4, let file = Int(words[1]), let offset = Int(words[2]),
                let count = Int(words[3]), at + count <= bytes.count
            {
                steps.append(.write(file, offset: offset, bytes: Array(bytes[at..<at + count])))
                at += count
            } else if let step = PowerLossStep(words) {
                steps.append(step)
            } else {
                throw Failure.unreadable(at: at, line: line)
            }
        }
        return steps
    }

    private init?(_ words: [String]) {
        let number = words.count > 1 ? Int(words[1]) : nil
        switch (words.first, words.count, number) {
        case ("begin", 1, _): self = .begin
        case ("sync", 1, _): self = .sync
        case ("open", 5, let file?):
            self = .open(file, creates: words[2] == "create", truncates: words[3] == "truncate", path: words[4])
        case ("close", 2, let file?): self = .close(file)
        case ("length", 3, let file?):
            guard let length = Int(words[2]) else { return nil }
            self = .length(file, length)
        case ("fsync", 2, let file?): self = .fsync(file)
        case ("rename", 3, _): self = .rename(from: words[1], to: words[2])
        case ("link", 3, _): self = .link(from: words[1], to: words[2])
        case ("unlink", 2, _): self = .unlink(words[1])
        case ("mkdir", 2, _): self = .makeFolder(words[1])
        case ("rmdir", 2, _): self = .removeFolder(words[1])
        default: return nil
        }
    }

    /// Whether what a crash leaves can be another after it than before it.
    var isOfConsequence: Bool {
        switch self {
        case .begin, .close: false
        case .open(_, let creates, let truncates, _): creates || truncates
        default: true
        }
    }

    var syncs: Bool {
        switch self {
        case .fsync, .sync: true
        default: false
        }
    }
}
