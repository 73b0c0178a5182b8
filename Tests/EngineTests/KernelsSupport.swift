import CKernels
import Testing

/// Everything about CKernels. The variant is a choice for the whole process, so these suites run one test at a time;
/// other suites may run beside them, because every variant gives the same bits.
@Suite(.serialized) struct KernelsTests {}

/// An instruction set of `CKernels` that this build and this processor can run.
struct Variant: CustomTestStringConvertible, Sendable {
    let isa: Int32

    static let available = (0..<Int32(SISA_ISA_COUNT)).filter { sisa_isa_available($0) }.map(Variant.init)

    var testDescription: String {
        guard let name = unsafe sisa_isa_name(isa) else { return "?" }
        return unsafe String(cString: name)
    }

    /// Runs `body` with this variant and goes back to the one before.
    func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = sisa_isa_current()
        defer { _ = sisa_isa_select(before) }
        #expect(sisa_isa_select(isa))
        return try body()
    }
}

/// Repeatable test data: Steele, Lea and Flood's SplitMix64 (2014).
struct Numbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func bits() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(bits() % UInt64(range.count))
    }

    /// Uniform in [-bound, bound).
    mutating func plain(_ count: Int, bound: Float = 4) -> [Float] {
        (0..<count).map { _ in (Float(bits() >> 40) * 0x1p-23 - 1) * bound }
    }

    /// Mostly any bit pattern at all, and often zeros of both signs, infinities, subnormals, NaN and borders.
    mutating func wild(_ count: Int) -> [Float] {
        let special: [Float] = [
            0, -0.0, .infinity, -.infinity, .nan, 1, -1, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNormalMagnitude, 88.72283, 88.722839, -87.33654,
            -87.336548, 10, 16, -16, 13.2, -13.2, 0x1.6a09e6p-1, 0x1.6a09e8p-1
        ]
        return (0..<count).map { _ in
            let pick = bits()
            switch pick % 4 {
            case 0: return special[Int(pick >> 32) % special.count]
            case 1: return plain(1, bound: 20)[0]
            default: return Float(bitPattern: UInt32(truncatingIfNeeded: pick >> 32))
            }
        }
    }
}

/// Runs a kernel on a copy of `initial` that lies `offset` elements into a buffer, and returns what it wrote. Elements
/// before and after must keep their values.
func written(
    _ initial: [Float], offset: Int = 0, sourceLocation: SourceLocation = #_sourceLocation,
    by kernel: (UnsafeMutablePointer<Float>) -> Void
) -> [Float] {
    let margin = 64
    let guardBits: UInt32 = 0x7fc5_a5a5
    let outside = Float(bitPattern: guardBits)
    let before = [Float](repeating: outside, count: margin + offset)
    let after = [Float](repeating: outside, count: margin)
    var buffer = before + initial + after
    unsafe buffer.withUnsafeMutableBufferPointer { all in
        if let base = all.baseAddress { unsafe kernel(base + before.count) }
    }
    let rest = buffer[..<before.count] + buffer[(before.count + initial.count)...]
    #expect(
        rest.allSatisfy { $0.bitPattern == guardBits }, "wrote outside its range", sourceLocation: sourceLocation)
    return Array(buffer[before.count..<before.count + initial.count])
}

/// Whether two results are the same bits, where any NaN equals any NaN.
func sameBits(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
}

/// Expects the same bits, and names the first element that differs.
func expectSameBits(
    _ found: [Float], _ expected: [Float], _ comment: @autoclosure () -> String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if sameBits(found, expected) { return }
    guard found.count == expected.count,
        let index = found.indices.first(where: { !sameBits([found[$0]], [expected[$0]]) })
    else {
        Issue.record("\(found.count) elements, expected \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    Issue.record(
        "element \(index) is \(found[index]), expected \(expected[index]); \(comment())",
        sourceLocation: sourceLocation)
}
