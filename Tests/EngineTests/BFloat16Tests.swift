import Testing

@testable import Engine

/// Rounding to bfloat16: to nearest, ties to even, and nothing that is no finite number is hidden by it.
@Suite struct BFloat16Tests {
    private func rounded(_ bits: UInt32) -> UInt32 { Float(bitPattern: bits).roundedToBFloat16.bitPattern }

    @Test func tiesGoToTheEvenNeighbour() {
        #expect(rounded(0x3F80_8000) == 0x3F80_0000)
        #expect(rounded(0x3F81_8000) == 0x3F82_0000)
        #expect(rounded(0x3F80_8001) == 0x3F81_0000)
        #expect(rounded(0xBF80_7FFF) == 0xBF80_0000)
        #expect(rounded(0x8000_0000) == 0x8000_0000)
    }

    @Test func aRoundedNumberComesBackFromItsBits() {
        for bits: UInt32 in [0, 0x8000_0000, 0x3FC0_0000, 0xFF80_0000, 0x0001_0000] {
            let value = Float(bitPattern: bits)
            #expect(Float(bfloat16Bits: value.bfloat16Bits).bitPattern == bits)
        }
    }

    /// The largest payloads are those that a sum without a guard would carry over into a zero.
    @Test(arguments: [
        Float(bitPattern: 0x7FFF_FFFF), Float(bitPattern: 0xFFFF_FFFF), Float(bitPattern: 0x7F80_0001), .nan, .infinity,
        -.infinity, .greatestFiniteMagnitude
    ])
    func aStateWithANumberThatIsNotFiniteIsNotFiniteAfterRounding(value: Float) {
        var state = AdapterState(values: [1, value, 2])
        state.roundToBFloat16()
        #expect(!state.isFinite)
        #expect(state.values[1].isNaN == value.isNaN)
    }
}
