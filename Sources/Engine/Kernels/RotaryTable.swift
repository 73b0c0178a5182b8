internal import CKernels

/// The cosines and sines by which query and key are rotated (RoPE, Su et al. 2021), for the positions that texts have
/// had so far.
package struct RotaryTable: Sendable {
    /// Of the positions below this one there are angles.
    package private(set) var positions = 0
    /// By how much an angle grows from a position to the next, (headSize / 2).
    package let frequencies: [Float]
    // (positions, headSize / 2)
    private(set) var cosines: [Float] = []
    private(set) var sines: [Float] = []

    private var half: Int { frequencies.count }

    /// Angles for positions below `positions`; more are made when they are asked for.
    package init(_ rotary: BackboneConfiguration.Rotary, headSize: Int, positions: Int = 0) {
        precondition(headSize > 0 && headSize.isMultiple(of: 2), "a head that is rotated has an even size")
        frequencies = Self.frequencies(rotary, headSize: headSize)
        grow(to: positions)
    }

    /// Makes the angles of all positions below `positions`.
    package mutating func grow(to positions: Int) {
        guard positions > self.positions else { return }
        precondition(positions <= 1 << 20, "a text has more positions than angles are defined for")
        cosines.reserveCapacity(positions * half)
        sines.reserveCapacity(positions * half)
        for position in self.positions..<positions {
            for frequency in frequencies {
                let angle = Float(position) * frequency
                let (sine, cosine) = BinarySixtyFour.sineAndCosine(Double(angle))
                sines.append(Float(sine))
                cosines.append(Float(cosine))
            }
        }
        self.positions = positions
    }

    /// Inverse frequencies in binary32, in the order of operations of the reference implementation (transformers).
    private static func frequencies(_ rotary: BackboneConfiguration.Rotary, headSize: Int) -> [Float] {
        let plain = (0..<headSize / 2).map { index in
            let exponent = Float(2 * index) / Float(headSize)
            return 1 / Float(BinarySixtyFour.power(Double(rotary.theta), Double(exponent)))
        }
        switch rotary.scaling {
        case .none: return plain
        case .linear(let factor): return plain.map { $0 / factor }
        case .divisors(let divisors):
            precondition(divisors.count == plain.count, "there are more or fewer divisors than frequencies")
            return zip(plain, divisors).map { $0 / $1 }
        case .llama3(let factor, let lowFactor, let highFactor, let originalPositions):
            return plain.map {
                llama3($0, factor, low: lowFactor, high: highFactor, positions: Float(originalPositions))
            }
        }
    }

    private static func llama3(
        _ frequency: Float, _ factor: Float, low: Float, high: Float, positions: Float
    ) -> Float {
        let wavelength = 0x1.921fb6p+2 / frequency  // 2 pi, rounded to binary32, over it
        if wavelength > positions / low { return frequency / factor }
        if wavelength < positions / high { return frequency }
        let share = (positions / wavelength - low) / (high - low)
        return (1 - share) * frequency / factor + share * frequency
    }

    /// Rotates the heads of rows by their positions, in place; `back` undoes it, which is also what becomes of a
    /// gradient.
    ///
    /// Row r begins at `offset + r * rowStride` of `x`, has the position `positions[r]` and `heads` heads side by side.
    package func rotate(
        _ x: inout [Float], at offset: Int, rows: Int, heads: Int, rowStride: Int, positions: [Int32],
        back: Bool = false
    ) {
        let headSize = 2 * half
        MatrixView(offset: offset, rows: rows, columns: heads * headSize, rowStride: rowStride).check(count: x.count)
        precondition(rows <= positions.count)
        for row in 0..<rows {
            precondition(positions[row] >= 0 && Int(positions[row]) < self.positions, "a position has no angles yet")
        }
        unsafe x.withUnsafeMutableBufferPointer { x in
            unsafe positions.withUnsafeBufferPointer { places in
                unsafe cosines.withUnsafeBufferPointer { cosines in
                    unsafe sines.withUnsafeBufferPointer { sines in
                        guard let x = x.baseAddress, let places = places.baseAddress,
                            let cosines = cosines.baseAddress, let sines = sines.baseAddress
                        else { return }
                        unsafe sisa_rope(
                            rows, heads, headSize, x + offset, rowStride, places, cosines, sines, back)
                    }
                }
            }
        }
    }
}
