/// Many next-token distributions made one, a token at a time.
extension SlowTwins {
    /// log of the sum over rows of exp(row + weight), token by token.
    package static func logMixture(_ rows: [[Float]], weights: [Float]) -> [Float] {
        (rows.first ?? []).indices.map { column in
            let scores = zip(rows, weights).map { $0[column] + $1 }
            var most = -Float.infinity
            for score in scores where score > most { most = score }
            return log(scores.reduce(0) { $0 + exp($1 - most) }) + most
        }
    }

    /// The mean over rows, token by token.
    package static func logProduct(_ rows: [[Float]]) -> [Float] {
        let share = 1 / Float(rows.count)
        return (rows.first ?? []).indices.map { column in rows.reduce(0) { $0 + $1[column] } * share }
    }

    /// The base plus what each row adds to it, at most `clip` up or down.
    package static func logContrast(_ rows: [[Float]], base: [Float], clip: Float) -> [Float] {
        base.indices.map { column in
            rows.reduce(base[column]) { sum, row in
                var change = row[column] - base[column]
                if change > clip { change = clip }
                if change < -clip { change = -clip }
                return sum + change
            }
        }
    }

    /// -sum of exp(x) * x.
    package static func entropy(_ x: [Float]) -> Float { -sum(x.map { exp($0) * $0 }) }
}
