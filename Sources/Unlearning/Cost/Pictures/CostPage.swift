/// What deletions cost in one workspace, as one HTML file with pictures and nothing from elsewhere.
///
/// All of it is optional: a part without data says in one sentence why it is empty and how to fill it. Shards and slices are
/// counted from 1 where they are shown. The same values give the same bytes.
package struct CostPage: Sendable {
    package var name: String
    /// As it shall be printed: the page asks no clock.
    package var date: String
    package var machine: String
    package var totals = Totals()
    /// Per shard, per slice: the deletions for which it was the first slice to train again.
    package var hits: [[Int]] = []
    package var curve: Curve?
    package var times: Times?
    package var accuracy: [Accuracy] = []
    package var storage: [Storage] = []
    /// The last ones, newest first.
    package var runs: [Run] = []
    /// Runs that were not given in `runs`.
    package var earlierRuns = 0
    /// Sentences under the totals, about what the reader should know of these numbers.
    package var notes: [String] = []

    package init(name: String, date: String, machine: String) {
        self.name = name
        self.date = date
        self.machine = machine
    }

    package struct Totals: Sendable {
        package var records: Int?
        package var shards: Int?
        package var slices: Int?
        package var deletions: Int?
        package var observedPasses: Double?
        package var predictedPasses: Double?
        /// Of `predictedPasses`; three of them are printed.
        package var standardError: Double?
        /// 0 to 1, of the record-passes of training everything again for each request.
        package var fractionOfFullRetrain: Double?
        package var seconds: Double?
        /// From a request until no answer can depend on its records: median and 99th percentile.
        package var influenceFreeP50: Double?
        package var influenceFreeP99: Double?
        package var bytesWritten: Int?
        package var peakMemoryBytes: Int?

        package init() {}
    }

    package struct Point: Sendable {
        package var x: Double
        package var y: Double
        package var standardError: Double

        package init(x: Double, y: Double, standardError: Double = 0) {
            self.x = x
            self.y = y
            self.standardError = standardError
        }
    }

    /// Record-passes (y) by number of deletions K (x).
    package struct Curve: Sendable {
        /// J and what was measured of batches.
        package var batch: [Point] = []
        package var measuredBatch: [Point] = []
        /// Q and what was measured one by one.
        package var sequential: [Point] = []
        package var measuredSequential: [Point] = []
        package var fullRetrain: [Point] = []
        /// What differs from the formulas as they are printed, such as unequal slices.
        package var note: String?

        package init() {}
    }

    /// Seconds (y) by record-passes (x) of runs that were measured.
    package struct Times: Sendable {
        package var points: [Point]
        package var fit: Fit?

        package init(points: [Point], fit: Fit? = nil) {
            self.points = points
            self.fit = fit
        }
    }

    /// Seconds = intercept + slope · record-passes, by least squares.
    package struct Fit: Sendable {
        package var intercept: Double
        package var slope: Double
        /// The share of the variance that the line explains.
        package var r2: Double

        package init(intercept: Double, slope: Double, r2: Double) {
            self.intercept = intercept
            self.slope = slope
            self.r2 = r2
        }
    }

    /// Shares from 0 to 1.
    package struct Accuracy: Sendable {
        package var shards: Int
        package var slices: Int
        package var ensemble: Double
        package var standardError: Double
        /// Of one shard's model on its own, on the average.
        package var constituent: Double?
        /// Model evaluations per answer, against a single model.
        package var inferenceFactor: Double

        package init(
            shards: Int, slices: Int, ensemble: Double, standardError: Double = 0, constituent: Double? = nil,
            inferenceFactor: Double
        ) {
            self.shards = shards
            self.slices = slices
            self.ensemble = ensemble
            self.standardError = standardError
            self.constituent = constituent
            self.inferenceFactor = inferenceFactor
        }
    }

    package struct Storage: Sendable {
        package var shards: Int
        package var slices: Int
        /// Which checkpoints are kept, such as "all" or "every 4th".
        package var keep: String
        package var checkpoints: Int
        package var rawBytesPerCheckpoint: Double
        package var storedBytesPerCheckpoint: Double
        package var totalBytes: Double

        package init(
            shards: Int, slices: Int, keep: String, checkpoints: Int, rawBytesPerCheckpoint: Double,
            storedBytesPerCheckpoint: Double, totalBytes: Double
        ) {
            self.shards = shards
            self.slices = slices
            self.keep = keep
            self.checkpoints = checkpoints
            self.rawBytesPerCheckpoint = rawBytesPerCheckpoint
            self.storedBytesPerCheckpoint = storedBytesPerCheckpoint
            self.totalBytes = totalBytes
        }
    }

    package struct Run: Sendable {
        /// Such as "delete", "repair", "measure".
        package var kind: String
        package var time: String
        /// Records deleted.
        package var records: Int
        package var recordPasses: Double
        package var predictedPasses: Double?
        package var seconds: Double
        package var predictedSeconds: Double?

        package init(
            kind: String, time: String, records: Int, recordPasses: Double, predictedPasses: Double? = nil,
            seconds: Double, predictedSeconds: Double? = nil
        ) {
            self.kind = kind
            self.time = time
            self.records = records
            self.recordPasses = recordPasses
            self.predictedPasses = predictedPasses
            self.seconds = seconds
            self.predictedSeconds = predictedSeconds
        }
    }
}
