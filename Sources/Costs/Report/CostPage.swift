internal import Charts

/// What deletions cost in one workspace, as one HTML file with pictures and nothing from elsewhere.
///
/// All of it is optional: a part without data says in one sentence why it is empty and how to fill it. Shards and
/// slices are counted from 1 where they are shown. The same values give the same bytes.
package struct CostPage: Sendable {
    /// What it is a page of.
    package var name: String
    /// As it shall be printed: the page asks no clock.
    package var date: String
    /// The machine on which things were measured, as it shall be printed.
    package var machine: String
    /// The table at the top.
    package var totals = Totals()
    /// Per shard, per slice: the deletions for which it was the first slice to train again.
    package var hits: [[Int]] = []
    /// Record-passes by number of deletions.
    package var curve: Curve?
    /// Seconds by record-passes.
    package var times: Times?
    /// Accuracy by number of shards.
    package var accuracy: [Accuracy] = []
    /// What checkpoints take, for this and other choices of those that are kept.
    package var storage: [Storage] = []
    /// The last ones, newest first.
    package var runs: [Run] = []
    /// Runs that were not given in `runs`.
    package var earlierRuns = 0
    /// Sentences under the totals, about what the reader should know of these numbers.
    package var notes: [String] = []

    /// A page without data.
    package init(name: String, date: String, machine: String) {
        self.name = name
        self.date = date
        self.machine = machine
    }

    /// The whole page as a file: HTML5 that is well-formed XML too.
    package func html() -> String {
        Page(
            title: "What deletions cost: \(name)",
            heading: "What deletions cost: <bdi>\(Markup.escaped(name))</bdi>", subtitle: "\(date) · \(machine)",
            sections: [
                totalsSection, hitsSection, curveSection, timesSection, accuracySection, storageSection, historySection
            ]
        ).html
    }

    /// The numbers of the table at the top; what is nil is left out.
    package struct Totals: Sendable {
        /// Records that are there.
        package var records: Int?
        /// The number of shards.
        package var shards: Int?
        /// The slices of a shard.
        package var slices: Int?
        /// Deletions that were measured.
        package var deletions: Int?
        /// Record-passes that they took.
        package var observedPasses: Double?
        /// Record-passes that were predicted for them.
        package var predictedPasses: Double?
        /// Of `predictedPasses`; three of them are printed.
        package var standardError: Double?
        /// 0 to 1, of the record-passes of training everything again for each request.
        package var fractionOfFullRetrain: Double?
        /// Seconds that they took.
        package var seconds: Double?
        /// From a request until no answer can depend on its records: median and 99th percentile.
        package var influenceFreeP50: Double?
        /// The 99th percentile.
        package var influenceFreeP99: Double?
        /// Bytes that they wrote.
        package var bytesWritten: Int?
        /// The most memory that one of them held, in bytes.
        package var peakMemoryBytes: Int?

        /// No numbers.
        package init() {}
    }

    /// A place in a chart.
    package struct Point: Sendable {
        /// The value along.
        package var x: Double
        /// The value upward.
        package var y: Double
        /// The standard error of `y`.
        package var standardError: Double

        /// A place, exact or with a standard error.
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
        /// What batches were measured to take.
        package var measuredBatch: [Point] = []
        /// Q and what was measured one by one.
        package var sequential: [Point] = []
        /// What deletions one by one were measured to take, added up.
        package var measuredSequential: [Point] = []
        /// What training everything again takes.
        package var fullRetrain: [Point] = []
        /// What differs from the formulas as they are printed, such as unequal slices.
        package var note: String?

        /// No lines.
        package init() {}
    }

    /// Seconds (y) by record-passes (x) of runs that were measured.
    package struct Times: Sendable {
        /// A place for each run.
        package var points: [Point]
        /// The line through them; nil where none could be fitted.
        package var fit: Fit?

        /// Runs, and the line through them.
        package init(points: [Point], fit: Fit? = nil) {
            self.points = points
            self.fit = fit
        }
    }

    /// Seconds = intercept + slope · record-passes, by least squares.
    package struct Fit: Sendable {
        /// Seconds of a run without record-passes.
        package var intercept: Double
        /// Seconds that a record-pass adds.
        package var slope: Double
        /// The share of the variance that the line explains.
        package var r2: Double

        /// A line.
        package init(intercept: Double, slope: Double, r2: Double) {
            self.intercept = intercept
            self.slope = slope
            self.r2 = r2
        }
    }

    /// Shares from 0 to 1.
    package struct Accuracy: Sendable {
        /// One way to cut the corpus, and what its answers are worth.
        package var shards: Int
        /// Slices of a shard.
        package var slices: Int
        /// The accuracy of the ensemble.
        package var ensemble: Double
        /// The standard error of `ensemble`.
        package var standardError: Double
        /// Of one shard's model on its own, on the average.
        package var constituent: Double?
        /// Model evaluations per answer, against a single model.
        package var inferenceFactor: Double

        /// Accuracies of one way to cut the corpus.
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

    /// What checkpoints take for one choice of those that are kept.
    package struct Storage: Sendable {
        /// The number of shards.
        package var shards: Int
        /// Slices of a shard.
        package var slices: Int
        /// Which checkpoints are kept, such as "all" or "every 4th".
        package var keep: String
        /// How many there are.
        package var checkpoints: Int
        /// Bytes of one in memory, on the average.
        package var rawBytesPerCheckpoint: Double
        /// Bytes of one on disk, on the average.
        package var storedBytesPerCheckpoint: Double
        /// Bytes of all on disk.
        package var totalBytes: Double

        /// Storage of one choice.
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

    /// A command that was kept in the history.
    package struct Run: Sendable {
        /// Such as "delete", "repair", "measure".
        package var kind: String
        /// When it ended, as it shall be printed.
        package var time: String
        /// Records deleted.
        package var records: Int
        /// Record-passes that it took.
        package var recordPasses: Double
        /// Record-passes that were predicted.
        package var predictedPasses: Double?
        /// Seconds that it took.
        package var seconds: Double
        /// Seconds that were predicted.
        package var predictedSeconds: Double?

        /// A run of the table at the end.
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
