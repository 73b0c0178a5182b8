import ArgumentParser

/// What a measurement's numbers may be, so that a slip is told before anything runs.
enum Limits {
    static func check(_ values: (option: String, value: Int, range: ClosedRange<Int>)...) throws {
        for (option, value, range) in values where !range.contains(value) {
            throw ValidationError(
                "\(option) is \(value); give a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    static func check(seconds: Double) throws {
        guard seconds > 0, seconds <= 86_400 else {
            throw ValidationError("--seconds is \(seconds); give a number above 0, at most 86400.")
        }
    }

    /// Whole numbers separated by commas, at least one.
    static func list(_ option: String, _ text: String, _ range: ClosedRange<Int>) throws -> [Int] {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
            Int($0.drop { $0 == " " })
        }
        return try numbers.map { number in
            guard let number, range.contains(number) else {
                throw ValidationError(
                    "\(option) is \"\(text)\"; give whole numbers from \(range.lowerBound) to \(range.upperBound), "
                        + "separated by commas.")
            }
            return number
        }
    }

    static let threads = 1...1024
}
