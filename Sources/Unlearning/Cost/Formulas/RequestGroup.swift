/// Records that are deleted together, because one owner asks for it: with what chance in a window, and where they stand.
package struct RequestGroup: Sendable, Equatable {
    package struct Part: Sendable, Equatable {
        package let shard: Int
        package let slice: Int
        package let records: Int

        package init(shard: Int, slice: Int, records: Int) {
            self.shard = shard
            self.slice = slice
            self.records = records
        }
    }

    /// 0...1.
    package let probability: Double
    package let parts: [Part]

    package init(probability: Double, parts: [Part]) {
        precondition((0...1).contains(probability), "a chance is a number from 0 to 1")
        self.probability = probability
        self.parts = parts
    }
}
