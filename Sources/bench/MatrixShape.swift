/// The sizes of a matrix product, and where in training it occurs.
struct MatrixShape: CustomStringConvertible {
    let rows, columns, depth: Int
    /// A is read down its columns, as in a gradient of weights.
    var leftIsTransposed = false

    init(_ rows: Int, _ columns: Int, _ depth: Int, leftIsTransposed: Bool = false) {
        (self.rows, self.columns, self.depth) = (rows, columns, depth)
        self.leftIsTransposed = leftIsTransposed
    }

    var description: String { "\(rows)x\(columns)x\(depth)" + (leftIsTransposed ? "t" : "") }

    var operations: Double { 2 * Double(rows) * Double(columns) * Double(depth) }

    /// Frozen weights, packed once: short and long batches of tokens.
    static let frozen = [
        MatrixShape(64, 384, 384), MatrixShape(64, 1536, 384), MatrixShape(64, 384, 1536), MatrixShape(128, 384, 384),
        MatrixShape(128, 1152, 384), MatrixShape(128, 384, 1536), MatrixShape(128, 768, 3072),
        MatrixShape(512, 384, 384), MatrixShape(512, 1152, 384), MatrixShape(512, 1536, 384),
        MatrixShape(512, 384, 1152), MatrixShape(512, 384, 1536), MatrixShape(512, 768, 768),
        MatrixShape(512, 3072, 768), MatrixShape(512, 768, 3072), MatrixShape(512, 3072, 3072),
        MatrixShape(4096, 384, 384), MatrixShape(4096, 1536, 384), MatrixShape(4096, 384, 1536),
        MatrixShape(4096, 768, 768), MatrixShape(4096, 3072, 768), MatrixShape(4096, 768, 3072)
    ]

    /// LoRA of rank 8 and 16: down, up, and the gradients of both. B changes with every step and is packed then; that
    /// time, below a hundredth of the product's, is not in these numbers.
    static let lora = [8, 16].flatMap { rank in
        [
            MatrixShape(512, rank, 384), MatrixShape(512, rank, 768), MatrixShape(512, 384, rank),
            MatrixShape(512, 768, rank), MatrixShape(384, rank, 512, leftIsTransposed: true),
            MatrixShape(768, rank, 512, leftIsTransposed: true)
        ]
    }

    /// The classification head on a batch of 16 records: forward, gradient of its input, gradient of its weight.
    static let head = [3, 77].flatMap { labels in
        [
            MatrixShape(16, labels, 384), MatrixShape(16, 384, labels),
            MatrixShape(labels, 384, 16, leftIsTransposed: true)
        ]
    }

    /// One head of attention on records of 128 and 37 tokens. B is packed for each head; not in these numbers either.
    static let attention = [128, 37].flatMap { tokens in
        [
            MatrixShape(tokens, tokens, 32), MatrixShape(tokens, 32, tokens),
            MatrixShape(tokens, 32, tokens, leftIsTransposed: true)
        ]
    }

    /// SmolLM2-135M: query, key and value; attention's output; gate and up; down, with as many tokens as two and eight
    /// short records have; then the output matrix on a block of rows, forward and backward.
    static let decoder =
        [54, 216].flatMap { tokens in
            [
                MatrixShape(tokens, 960, 576), MatrixShape(tokens, 576, 576), MatrixShape(tokens, 3072, 576),
                MatrixShape(tokens, 576, 1536), MatrixShape(tokens, 576, 3072), MatrixShape(tokens, 1536, 576)
            ]
        } + [48, 96].flatMap { rows in [MatrixShape(rows, 49152, 576), MatrixShape(rows, 576, 49152)] }

    static let all = frozen + lora + head + attention + decoder
}
