/// Finds what a person probably meant, for every "did you mean".
package enum Suggestion {
    /// The candidate nearest to `word`, or nil if none is near.
    ///
    /// Near is an edit distance of at most a third of the word's length, and at least 1; letter case counts for
    /// nothing. Of several equally near candidates the first is taken. Words above 64 characters have no suggestion, so
    /// a hostile word costs nothing.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let sought = Array(word.lowercased().unicodeScalars)
        guard !sought.isEmpty, sought.count <= longest else { return nil }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let scalars = Array(candidate.lowercased().unicodeScalars)
            guard scalars.count <= longest else { continue }
            let distance = distance(sought, scalars)
            guard distance <= max(1, sought.count / 3), distance < scalars.count else { continue }
            if let found = best, found.distance <= distance { continue }
            best = (candidate, distance)
        }
        return best?.candidate
    }

    /// Damerau-Levenshtein distance, as optimal string alignment: insert, delete, replace, or swap two neighbours.
    package static func distance(_ left: String, _ right: String) -> Int {
        distance(Array(left.unicodeScalars), Array(right.unicodeScalars))
    }

    private static let longest = 64

    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        guard !left.isEmpty else { return right.count }
        guard !right.isEmpty else { return left.count }
        var twoAbove = [Int](repeating: 0, count: right.count + 1)
        var above = Array(0...right.count)
        for i in 1...left.count {
            var row = [Int](repeating: i, count: right.count + 1)
            for j in 1...right.count {
                let replaced = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                row[j] = min(above[j] + 1, row[j - 1] + 1, replaced)
                let swapped =
                    i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]
                if swapped { row[j] = min(row[j], twoAbove[j - 2] + 1) }
            }
            twoAbove = above
            above = row
        }
        return above[right.count]
    }
}
