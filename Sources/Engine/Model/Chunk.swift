/// Consecutive records of a batch, packed without padding: a token costs what it costs.
///
/// A batch is cut into chunks only to bound memory and to share work among threads. A record's bits do not depend on
/// its chunk, and a gradient is one chain over the records in batch order, which goes on from one chunk to the next; so
/// the cut changes no bit.
struct Chunk: Sendable {
    struct Segment: Sendable {
        let start: Int
        let length: Int
        /// Where the record's attention probabilities begin: (heads, length, length).
        let probabilities: Int
    }

    let segments: [Segment]
    let tokens: Int
    /// Where in its record each token stands, from 0.
    let positions: [Int32]
    /// Attention probabilities in all.
    let probabilities: Int

    init(lengths: some Sequence<Int>, heads: Int) {
        var segments: [Segment] = []
        var tokens = 0
        var probabilities = 0
        for length in lengths {
            segments.append(Segment(start: tokens, length: length, probabilities: probabilities))
            tokens += length
            probabilities += heads * length * length
        }
        self.segments = segments
        self.tokens = tokens
        positions = segments.flatMap { 0..<Int32($0.length) }
        self.probabilities = probabilities
    }

    /// Cuts records into ranges of about `tokens` tokens, at least one record each.
    static func ranges(lengths: [Int], tokens target: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        var tokens = 0
        for (index, length) in lengths.enumerated() {
            if tokens > 0, tokens + length > target {
                ranges.append(start..<index)
                (start, tokens) = (index, 0)
            }
            tokens += length
        }
        if start < lengths.count { ranges.append(start..<lengths.count) }
        return ranges
    }

    /// Cuts records into at most `parts` ranges, so that the largest has as few tokens as can be.
    static func ranges(lengths: [Int], parts: Int) -> [Range<Int>] {
        var (low, high) = (lengths.max() ?? 0, lengths.reduce(0, +))
        while low < high {
            let middle = (low + high) / 2
            if ranges(lengths: lengths, tokens: middle).count <= parts { high = middle } else { low = middle + 1 }
        }
        return ranges(lengths: lengths, tokens: high)
    }
}
