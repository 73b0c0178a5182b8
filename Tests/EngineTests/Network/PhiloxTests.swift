import Testing

@testable import Engine

/// The random function against the known answers that come with its paper's code (Random123, `kat_vectors`, philox4x32
/// 10).
@Suite struct PhiloxTests {
    @Test func keyAndCounterOfZerosGiveTheKnownBlock() {
        #expect(Philox(key: 0).block(SIMD4(repeating: 0)) == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    }

    @Test func keyAndCounterOfOnesGiveTheKnownBlock() {
        #expect(
            Philox(key: .max).block(SIMD4(repeating: .max))
                == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    }

    @Test func keyAndCounterFromTheDigitsOfPiGiveTheKnownBlock() {
        let counter = SIMD4<UInt32>(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344)
        #expect(
            Philox(key: 0x299F_31D0_A409_3822).block(counter)
                == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
    }

    @Test func purposesAndContextsCannotRunIntoEachOther() {
        let streams = [
            Philox(seed: 1, purpose: "order", context: ["1", "2"]), Philox(seed: 1, purpose: "order", context: ["12"]),
            Philox(seed: 1, purpose: "order", context: ["12", ""]), Philox(seed: 11, purpose: "order", context: ["2"]),
            Philox(seed: 1, purpose: "order1", context: ["2"]), Philox(seed: 1, purpose: "order", context: [])
        ]
        #expect(Set(streams.map { $0.word(at: 0) }).count == streams.count)
    }

    @Test func numbersLieInTheirRangeAndSpreadOverIt() {
        let numbers = Philox(seed: 3, purpose: "test", context: []).uniforms(10_000, bound: 0.5)
        #expect(numbers.allSatisfy { $0 >= -0.5 && $0 < 0.5 })
        let mean = numbers.reduce(0, +) / 10_000
        #expect(mean.magnitude < 5 * 0.2887 / 100)  // five sigma of a mean of 10,000
    }
}
