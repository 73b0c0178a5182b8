/// When a record is of: an instant, or a day, which stands for all instants of it in UTC.
///
/// ISO 8601 (RFC 3339 and a little more): `2024-05-31`, or `2024-05-31T13:45:00` with or without seconds, a fraction of
/// any length, and a zone (`Z`, `+02:00`; none: UTC). `24:00` is the next day's `00:00`, and second 60 the first of the
/// next minute. Years before 0 and after 9999 have a sign: `-0044-03-15`, `+12024-01-01`. Compared as time, in the
/// proleptic Gregorian calendar, exactly: two spellings of an instant are the same.
package struct RecordDate: Equatable, Sendable {
    /// A point of time: seconds since 1970-01-01T00:00:00Z, and the digits of the fraction without zeros at the end.
    private struct Instant: Comparable {
        var seconds: Int
        var fraction: [UInt8] = []

        static func < (left: Instant, right: Instant) -> Bool {
            left.seconds == right.seconds
                ? left.fraction.lexicographicallyPrecedes(right.fraction) : left.seconds < right.seconds
        }
    }

    private static let secondsOfADay = 86_400
    private let start: Instant
    private let isDay: Bool

    /// The first instant behind it; of an instant itself.
    private var end: Instant { isDay ? Instant(seconds: start.seconds + Self.secondsOfADay) : start }

    /// Nil where the text is no date.
    package init?(_ text: String) {
        var scanner = Scanner(Array(text.utf8))
        guard let day = scanner.day() else { return nil }
        let midnight = Self.days(day) * Self.secondsOfADay
        if scanner.isAtEnd {
            (start, isDay) = (Instant(seconds: midnight), true)
            return
        }
        guard let time = scanner.time(), scanner.isAtEnd else { return nil }
        (start, isDay) = (Instant(seconds: midnight + time.seconds, fraction: time.fraction), false)
        // In UTC it may lie in another year, and what is kept must be a date that can be read again.
        let days = start.seconds.floored(by: Self.secondsOfADay)
        guard Self.years.contains(Self.calendar(days).year) else { return nil }
    }

    /// Of at most nine digits.
    private static let years = -999_999_999...999_999_999

    static func isValid(_ text: String) -> Bool { RecordDate(text) != nil }

    /// All of it is before all of another.
    func isBefore(_ other: RecordDate) -> Bool { isDay ? end <= other.start : start < other.start }

    /// It is inside of another: the same instant, the same day, or an instant of that day.
    func isIn(_ other: RecordDate) -> Bool {
        guard other.isDay else { return !isDay && start == other.start }
        return start >= other.start && (isDay ? end <= other.end : start < other.end)
    }

    /// Nothing of it is after another's end.
    func endsBy(_ other: RecordDate) -> Bool {
        // The first instant behind a day is none of it; an instant is its own end.
        other.isDay && !isDay ? start < other.end : end <= other.end
    }

    /// Nothing of it is before another's beginning.
    func begins(at other: RecordDate) -> Bool { start >= other.start }

    /// Of its first instant, since 1970-01-01T00:00:00Z.
    package var secondsSinceEpoch: Double {
        Double(start.seconds) + (Double("0." + String(decoding: start.fraction + [0x30], as: UTF8.self)) ?? 0)
    }

    /// How it is kept: a day as it is, an instant in UTC, without zeros at the end of a fraction.
    var canonical: String {
        let days = start.seconds.floored(by: Self.secondsOfADay)
        let (year, month, day) = Self.calendar(days)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let digits = String(abs(year))
        let sign = year < 0 ? "-" : year > 9999 ? "+" : ""
        let date =
            sign + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-\(two(month))-\(two(day))"
        if isDay { return date }
        let second = start.seconds - days * Self.secondsOfADay
        let fraction = start.fraction.isEmpty ? "" : "." + String(decoding: start.fraction, as: UTF8.self)
        return date + "T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))\(fraction)Z"
    }

    /// Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March, so
    /// that a leap day is a year's last).
    private static func days(_ date: (year: Int, month: Int, day: Int)) -> Int {
        let year = date.month <= 2 ? date.year - 1 : date.year
        let era = year.floored(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The other way round.
    private static func calendar(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civil = month < 10 ? month + 3 : month - 9
        return (yearOfEra + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
    }
}

extension RecordDate {
    /// Reads the parts of a date from its bytes.
    private struct Scanner {
        private let bytes: [UInt8]
        private var next = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { next == bytes.count }

        mutating func day() -> (year: Int, month: Int, day: Int)? {
            let sign = take("-") ? -1 : 1
            let isSigned = sign < 0 || take("+")
            let digits = digitsAhead
            guard isSigned ? (4...9).contains(digits) : digits == 4, let year = number(digits), sign > 0 || year > 0,
                take("-"), let month = number(2, 1...12), take("-"), let day = number(2, 1...31),
                day <= Self.days(sign * year, month)
            else { return nil }
            return (sign * year, month, day)
        }

        /// Seconds since midnight of the day in UTC; may lie in a day before or after.
        mutating func time() -> (seconds: Int, fraction: [UInt8])? {
            guard take("T") || take("t") || take(" "), let hour = number(2, 0...24), take(":"),
                let minute = number(2, 0...59)
            else { return nil }
            var (second, fraction) = (0, [UInt8]())
            if take(":") {
                guard let found = number(2, 0...60) else { return nil }
                second = found
                if take(".") || take(",") {
                    let digits = digitsAhead
                    guard digits > 0 else { return nil }
                    fraction = Array(bytes[next..<next + digits])
                    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
                    next += digits
                }
            }
            if hour == 24, minute > 0 || second > 0 || !fraction.isEmpty { return nil }
            guard let offset = offset() else { return nil }
            return (hour * 3600 + minute * 60 + second - offset, fraction)
        }

        /// Seconds that the zone is before UTC; none is UTC.
        private mutating func offset() -> Int? {
            if isAtEnd || take("Z") || take("z") { return 0 }
            let sign = take("-") ? -1 : 1
            guard sign < 0 || take("+"), let hours = number(2, 0...23) else { return nil }
            if isAtEnd { return sign * hours * 3600 }
            _ = take(":")
            return number(2, 0...59).map { sign * (hours * 3600 + $0 * 60) }
        }

        private mutating func take(_ letter: Unicode.Scalar) -> Bool {
            guard next < bytes.count, bytes[next] == UInt8(ascii: letter) else { return false }
            next += 1
            return true
        }

        private var digitsAhead: Int { bytes[next...].prefix { (0x30...0x39).contains($0) }.count }

        private mutating func number(_ count: Int, _ range: ClosedRange<Int> = 0...999_999_999) -> Int? {
            guard digitsAhead >= count else { return nil }
            let value = bytes[next..<next + count].reduce(0) { $0 * 10 + Int($1 - 0x30) }
            next += count
            return range.contains(value) ? value : nil
        }

        private static func days(_ year: Int, _ month: Int) -> Int {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        }
    }
}

extension Int {
    /// Divided, and rounded down also below zero.
    fileprivate func floored(by divisor: Int) -> Int {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
