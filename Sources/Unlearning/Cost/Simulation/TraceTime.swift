internal import Foundation

/// The time of a recorded request, in one of two forms that a file must not mix.
enum TraceTime {
    /// Seconds since the stream began.
    case seconds(Double)
    /// Seconds since 1970 of an ISO 8601 time in UTC.
    case date(Double)

    /// Nil: neither.
    init?(_ text: String) {
        if let seconds = Self.number(text) {
            guard seconds >= 0, seconds <= SimulationSettings.longest else { return nil }
            self = .seconds(seconds)
        } else {
            guard RecordDate.isValid(text) else { return nil }
            self = .date(Self.sinceEpoch(Array(text.utf8)))
        }
    }

    /// In decimal, so that neither `inf` nor `0x1p3` is one.
    private static func number(_ text: String) -> Double? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else {
            return nil
        }
        return Double(text)
    }

    /// Of a text that `RecordDate` has found valid, so every digit is where it must be.
    private static func sinceEpoch(_ text: [UInt8]) -> Double {
        func digits(_ range: Range<Int>) -> Int {
            text.count < range.upperBound ? 0 : text[range].reduce(0) { $0 * 10 + Int($1) - 0x30 }
        }
        // The civil calendar in 400-year cycles, with March as the first month so that the leap day is the last.
        let month = digits(5..<7)
        let year = digits(0..<4) - (month < 3 ? 1 : 0)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + digits(8..<10) - 1
        let cycle = (year + 400) / 400 - 1
        let inCycle = year - cycle * 400
        let days = cycle * 146_097 + inCycle * 365 + inCycle / 4 - inCycle / 100 + dayOfYear - 719_468
        let seconds = days * 86_400 + digits(11..<13) * 3600 + digits(14..<16) * 60 + digits(17..<19)
        let fraction =
            text.count > 19 && text[19] == UInt8(ascii: ".") ? text[19...].filter { $0 != UInt8(ascii: "Z") } : []
        return Double(seconds) + (Double(String(decoding: [0x30] + fraction, as: UTF8.self)) ?? 0)
    }
}
