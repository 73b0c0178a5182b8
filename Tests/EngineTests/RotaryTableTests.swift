import Foundation
import Testing

@testable import Engine

@Suite struct RotaryTableTests {
    /// What tools/reference/rotary.py writes: exact tables, and the frequencies of transformers.
    struct Golden: Decodable, CustomTestStringConvertible {
        let name: String
        let theta: Float
        let headSize: Int
        let linear: Float?
        let llama3: [Float]?
        let positions: Int
        let exact: [UInt32]
        let transformers: [UInt32]
        let digest: String

        var testDescription: String { name }

        var rotary: BackboneConfiguration.Rotary {
            let scaling: BackboneConfiguration.Rotary.Scaling =
                if let linear {
                    .linear(factor: linear)
                } else if let llama3 {
                    .llama3(
                        factor: llama3[0], lowFactor: llama3[1], highFactor: llama3[2],
                        originalPositions: Int(llama3[3]))
                } else {
                    .none
                }
            return BackboneConfiguration.Rotary(theta: theta, scaling: scaling)
        }

        static func all() throws -> [Golden] {
            let file = try #require(
                Bundle.module.url(forResource: "rotary", withExtension: "json", subdirectory: "Fixtures/engine"))
            return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
        }
    }

    @Test func frequenciesAreTheNearestNumbersAndThoseOfTheReferenceImplementation() throws {
        for golden in try Golden.all() {
            let found = RotaryTable(golden.rotary, headSize: golden.headSize).frequencies.map(\.bitPattern)
            #expect(found == golden.exact, "\(golden.name)")
            // Its power is a library's, which may miss the nearest number by one.
            #expect(zip(found, golden.transformers).allSatisfy { max($0, $1) - min($0, $1) <= 1 }, "\(golden.name)")
        }
    }

    @Test func cosinesAndSinesAreTheNearestNumbers() throws {
        for golden in try Golden.all() {
            let table = RotaryTable(golden.rotary, headSize: golden.headSize, positions: golden.positions)
            let words = (table.cosines + table.sines).map { Int32(bitPattern: $0.bitPattern) }
            #expect(FNV1a.of(words) == UInt64(golden.digest, radix: 16), "\(golden.name)")
        }
    }

    @Test func aTableThatGrowsIsTheTableOfItsSize() {
        let rotary = BackboneConfiguration.Rotary(theta: 10_000)
        var table = RotaryTable(rotary, headSize: 16, positions: 3)
        table.grow(to: 40)
        table.grow(to: 7)
        let whole = RotaryTable(rotary, headSize: 16, positions: 40)
        #expect(table.cosines == whole.cosines && table.sines == whole.sines && table.positions == 40)
    }

    @Test func divisorsDivideTheFrequencies() {
        let divisors: [Float] = [1, 2, 3, 32]
        let plain = RotaryTable(BackboneConfiguration.Rotary(theta: 500), headSize: 8).frequencies
        let scaled = RotaryTable(
            BackboneConfiguration.Rotary(theta: 500, scaling: .divisors(divisors)), headSize: 8
        ).frequencies
        #expect(scaled == zip(plain, divisors).map { $0 / $1 })
    }

    /// Far angles too: their reduction is what makes them hard.
    @Test func sineAndCosineOfEveryAngleStayWithinHalfAnUlp() {
        var worst = 0.0
        for index in 0..<200_000 {
            let angle = Float(index) * 0x1.51p-1 + Float(index % 7) * 0x1p-9  // up to 131,625
            let (sine, cosine) = BinarySixtyFour.sineAndCosine(Double(angle))
            for (found, truth) in [(sine, sin(Double(angle))), (cosine, cos(Double(angle)))] {
                worst = max(worst, (Double(Float(found)) - truth).magnitude / Double(Float(truth).ulp))
            }
        }
        #expect(worst > 0.4 && worst <= 0.500_001)
    }

    @Test func powersAreThoseOfTheCLibraryWithinAFewUnitsOfBinary64() {
        for base in [1.5, 500, 10_000, 500_000, 1e6, 1e7] {
            for step in 0...128 {
                let exponent = Double(step) / 128
                let truth = pow(base, exponent)
                #expect((BinarySixtyFour.power(base, exponent) - truth).magnitude <= 64 * truth.ulp)
            }
        }
    }

    @Test func rotatingBackUndoesARotationAndKeepsLengths() {
        let table = RotaryTable(BackboneConfiguration.Rotary(theta: 10_000), headSize: 8, positions: 9)
        let before = (0..<40).map { Float($0 * $0 % 13) - 6 }
        var x = before
        table.rotate(&x, at: 1, rows: 2, heads: 2, rowStride: 19, positions: [8, 0])
        #expect(x[0] == before[0] && Array(x[17...]) == Array(before[17...]), "position 0 turns nothing")
        #expect(zip(x[1...16], before[1...16]).allSatisfy { $0 != $1 })
        let lengths = [x, before].map { $0[1...8].reduce(0) { $0 + $1 * $1 } }
        #expect((lengths[0] - lengths[1]).magnitude < 1e-4)
        table.rotate(&x, at: 1, rows: 2, heads: 2, rowStride: 19, positions: [8, 0], back: true)
        #expect(zip(x, before).allSatisfy { ($0 - $1).magnitude < 1e-5 })
    }
}
