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
            guard let date = RecordDate(text) else { return nil }
            self = .date(date.secondsSinceEpoch)
        }
    }

    /// In decimal, so that neither `inf` nor `0x1p3` is one.
    private static func number(_ text: String) -> Double? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else {
            return nil
        }
        return Double(text)
    }
}
