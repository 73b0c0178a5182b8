/// An interval of numbers, either end of which may be left out.
struct RecipeNumberRange {
    var lower: Double
    var upper: Double
    var lowerIncluded = true
    var upperIncluded = true

    func contains(_ value: Double) -> Bool {
        (lowerIncluded ? value >= lower : value > lower)
            && (upperIncluded ? value <= upper : value < upper)
    }

    var words: String {
        "a number \(lowerIncluded ? "from" : "above") \(short(lower))"
            + (upperIncluded ? " to " : " to below ") + short(upper)
    }

    private func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
