/// How long a repair takes on this machine, as a line over its record-passes.
package struct RepairForecast: Sendable, Equatable {
    package enum Basis: String, Sendable {
        /// The workspace's own deletions with as many threads.
        case deletions
        /// Its training: the fixed part of a deletion is then a guess.
        case training
    }

    /// What every deletion takes, however little it trains.
    package let fixedSeconds: Double
    package let secondsPerPass: Double
    package let basis: Basis

    package func seconds(recordPasses: Int) -> Double { fixedSeconds + secondsPerPass * Double(recordPasses) }

    /// Opening, forgetting, some dozens of synced writes and the receipt, where nothing was measured.
    static let usualFixedSeconds = 0.08
    /// More than the last ones tell nothing about the machine as it is now.
    static let mostDeletions = 40

    /// From what a workspace's commands cost; nil: nothing was trained with that many threads.
    init?(_ entries: [CostEntry], plan: String, threads: Int, headOnly: Bool, shards: Int) {
        let own = entries.filter { $0.plan == plan && $0.threads == threads && $0.recordPasses > 0 && $0.seconds > 0 }
        let deletions = own.filter { [.delete, .measure].contains($0.command) }.suffix(Self.mostDeletions)
        let trainings = own.filter { $0.command == .train }
        let rate = trainings.last.map { entry in
            // Shards train side by side then, and one after another, with all threads, in a deletion; a head gains nothing by threads.
            let sideBySide = Double(max(1, min(threads, shards)))
            return entry.stepSeconds / Double(entry.recordPasses) / (headOnly ? 1 : sideBySide)
        }
        if let line = Self.line(deletions.map { (Double($0.recordPasses), $0.seconds) }, slope: rate) {
            (fixedSeconds, secondsPerPass, basis) = (line.fixed, line.slope, .deletions)
        } else if let rate {
            (fixedSeconds, secondsPerPass, basis) = (Self.usualFixedSeconds, rate, .training)
        } else {
            return nil
        }
    }

    /// The line of least relative squares that falls nowhere: short repairs count as much as long ones. `slope`: Where all points have
    /// one place.
    static func line(_ points: [(passes: Double, seconds: Double)], slope: Double?) -> (fixed: Double, slope: Double)? {
        guard let first = points.first else { return nil }
        if points.allSatisfy({ $0.passes == first.passes }) {
            let mean = points.reduce(0) { $0 + $1.seconds } / Double(points.count)
            let slope = min(slope ?? mean / first.passes, mean / first.passes)
            return (mean - slope * first.passes, slope)
        }
        var (w, wx, wxx, wy, wxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (x, y) in points {
            let weight = 1 / (y * y)
            w += weight
            wx += weight * x
            wxx += weight * x * x
            wy += weight * y
            wxy += weight * x * y
        }
        let determinant = w * wxx - wx * wx
        guard determinant > 0 else { return nil }
        let (fixed, slope) = ((wy * wxx - wx * wxy) / determinant, (w * wxy - wx * wy) / determinant)
        if fixed < 0 { return (0, wxy / wxx) }
        if slope < 0 { return (wy / w, 0) }
        return (fixed, slope)
    }
}

extension Workspace {
    package var costBook: CostBook { CostBook(url: files.costs) }

    /// Tells, in the history of costs, what is trained here: everything that decides the work, and nothing of a record.
    func costPlan() throws -> String {
        var digest = KeyedDigest(key.subkey("costs"))
        for field in recipe.fields
        where !field.effects.isDisjoint(with: [.weights, .cells, .orders]) || field.keyPath == "slices.keep" {
            digest.add(field.keyPath.utf8)
            digest.add(field.value)
        }
        digest.add(try backboneDigest())
        return Array(digest.finish().prefix(8)).hexadecimal
    }

    /// What a deletion takes here; nil where nothing was measured yet.
    package func forecast(threads: Int) -> RepairForecast? {
        guard let plan = try? costPlan() else { return nil }
        return RepairForecast(
            costBook.latest(), plan: plan, threads: threads, headOnly: recipe.adapter == .head, shards: recipe.shards)
    }
}
