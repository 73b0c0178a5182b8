internal import Testing

@testable import Engine

/// A frozen matrix gives the same product however it is kept.
@Suite struct FrozenLinearTests {
    private static func part(_ type: StoredType, rows: Int, columns: Int, seed: UInt64) -> StoredRows {
        let stream = Philox(seed: seed, purpose: "frozen linear", context: [type.name])
        guard let kind = type.compact else {
            return StoredRows(stream.uniforms(rows * columns, bound: 1), rows: rows, columns: columns)
        }
        var numbers = Numbers(seed: seed)
        var bytes = KernelsTests.CompactPanels.rows(&numbers, kind, outputs: rows, inputs: columns)
        // Scales of 16 bits lie at even places; one of exponent 31 would be no number.
        while StoredRows(type: type, rows: rows, columns: columns, bytes: bytes).firstNotFinite != nil {
            bytes = KernelsTests.CompactPanels.rows(&numbers, kind, outputs: rows, inputs: columns)
        }
        return StoredRows(type: type, rows: rows, columns: columns, bytes: bytes)
    }

    /// Query, key and value of one matrix may be stored in three ways, and end within a panel.
    @Test(arguments: StoredType.allCases, [StoredType.f32, .q6K, .q8_0])
    func aMatrixInFewBitsGivesTheProductOfItsNumbers(first: StoredType, last: StoredType) {
        let (inputs, rows) = (256, 5)
        let parts = [(first, 37), (first, 11), (last, 23)].enumerated().map {
            Self.part($1.0, rows: $1.1, columns: inputs, seed: UInt64($0))
        }
        let stream = Philox(seed: 1, purpose: "frozen linear", context: ["input"])
        let (input, bias) = (stream.uniforms(rows * inputs, bound: 1), stream.uniforms(71, bound: 1))
        var products: [[UInt32]] = []
        for needsGradient in [false, true] {
            let linear = FrozenLinear(parts, bias: bias, needsGradient: needsGradient)
            for pool in [nil, ThreadPool(size: 3)] {
                var result = [Float](repeating: .nan, count: rows * 71)
                linear.forward(rows: rows, input, into: &result, pool)
                products.append(result.map(\.bitPattern))
            }
        }
        #expect(products[0].allSatisfy { Float(bitPattern: $0).isFinite })
        #expect(products.allSatisfy { $0 == products[0] })
    }
}
