extension Recipe {
    /// In what orders a shard visits its slices, and how many of their states are kept.
    package struct SliceOptions: Sendable, Equatable, Codable {
        /// Checkpoints that each order keeps to start from, beside its last one, which answers; nil: one after every slice. Changes no bit,
        /// only what a deletion costs.
        package var keep: Int?
        /// Sequences of all slices that each shard is trained along.
        package var orders = 1
        /// How likely each slice is to lose a record next; empty: nobody knows. The orders are matched to it.
        package var probabilities: [Double] = []

        package init() {}

        /// There are no more orders of few slices; more than 64 would train each record 64 times.
        package static func mostOrders(slices: Int) -> Int {
            var orders = 1
            for slices in 1...slices where orders < 64 { orders *= slices }
            return min(orders, 64)
        }

        /// Matching takes the fourth power of the slices, at every start of a command.
        static let mostMatchedSlices = 64

        /// (orders, slices): without probabilities the cyclic rotations, with them the matching of S3T for as many requests as slices.
        package func sequences(slices: Int) -> [[Int]] {
            guard orders > 1 || !probabilities.isEmpty else { return [Array(0..<slices)] }
            return probabilities.isEmpty
                ? SliceOrders.cyclic(slices: slices, count: orders)
                : SliceOrders.matching(probabilities: probabilities, count: orders, requests: Double(slices))
        }
    }
}
