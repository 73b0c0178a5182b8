/// Dates of records: ISO 8601, in a form whose order is the order of their letters.
enum RecordDate {
    /// `2024-05-31`, or `2024-05-31T13:45:00` with or without a fraction and a Z. Other zones would need arithmetic to be compared.
    static func isValid(_ text: String) -> Bool {
        var digits: [Int] = []
        var rest = Substring(text)
        func take(_ count: Int, _ range: ClosedRange<Int>) -> Bool {
            guard rest.utf8.count >= count, rest.utf8.prefix(count).allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(rest.prefix(count)), range.contains(number)
            else { return false }
            digits.append(number)
            rest = rest.dropFirst(count)
            return true
        }
        func take(_ letter: Character) -> Bool {
            guard rest.first == letter else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard take(4, 0...9999), take("-"), take(2, 1...12), take("-"), take(2, 1...31),
            digits[2] <= days(digits[0], digits[1])
        else { return false }
        if rest.isEmpty { return true }
        guard take("T"), take(2, 0...23), take(":"), take(2, 0...59), take(":"), take(2, 0...60) else { return false }
        if take(".") {
            let fraction = rest.utf8.prefix { (0x30...0x39).contains($0) }.count
            guard fraction > 0 else { return false }
            rest = rest.dropFirst(fraction)
        }
        _ = take("Z")
        return rest.isEmpty
    }

    private static func days(_ year: Int, _ month: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }
}
