/// Maximum-weight perfect matching of rows with columns (Kuhn 1955, with the potentials of Munkres 1957).
enum PerfectMatching {
    /// The column of each row. `weights`: square; nil: not allowed. There must be a perfect matching. Cost: n^3.
    static func best(_ weights: [[Double?]]) -> [Int] {
        let n = weights.count
        // Index 0 stands for "none" in rows and columns alike.
        var (rowPotential, columnPotential) = (
            [Double](repeating: 0, count: n + 1), [Double](repeating: 0, count: n + 1)
        )
        var rowOf = [Int](repeating: 0, count: n + 1)
        for row in 1...n {
            rowOf[0] = row
            var column = 0
            var least = [Double](repeating: .infinity, count: n + 1)
            var from = [Int](repeating: 0, count: n + 1)
            var used = [Bool](repeating: false, count: n + 1)
            repeat {
                used[column] = true
                let current = rowOf[column]
                var (step, next) = (Double.infinity, 0)
                for other in 1...n where !used[other] {
                    if let weight = weights[current - 1][other - 1] {
                        let slack = -weight - rowPotential[current] - columnPotential[other]
                        if slack < least[other] { (least[other], from[other]) = (slack, column) }
                    }
                    if least[other] < step { (step, next) = (least[other], other) }
                }
                precondition(next > 0, "the allowed pairs have no perfect matching")
                for other in 0...n {
                    if used[other] {
                        rowPotential[rowOf[other]] += step
                        columnPotential[other] -= step
                    } else {
                        least[other] -= step
                    }
                }
                column = next
            } while rowOf[column] != 0
            while column != 0 {
                rowOf[column] = rowOf[from[column]]
                column = from[column]
            }
        }
        var result = [Int](repeating: 0, count: n)
        for column in 1...n { result[rowOf[column] - 1] = column - 1 }
        return result
    }
}
