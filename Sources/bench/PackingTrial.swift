import Engine
import Foundation
import Unlearning

/// A way to store checkpoints that could have been chosen: the choice rests on numbers that anybody can repeat.
struct PackingTrial: Sendable {
    enum Layout: String, Sendable {
        case asItIs
        /// Bytes of one significance side by side, the sign in the highest.
        case bytePlanes
        /// As `Planes` has it.
        case exponentPlanes
    }

    /// What is taken together before it is split.
    enum Scope: String, Sendable {
        case file
        case tensor
    }

    let name: String
    let layout: Layout
    let scope: Scope
    let cuts: Bool
    /// Nil: no search for repeats.
    let level: Int32?
    /// Whether only what differs from the stage before is stored. Then a file is worth nothing without all that came
    /// before it.
    let isDifference: Bool

    private init(
        _ name: String, _ layout: Layout, _ scope: Scope = .file, cuts: Bool = false, level: Int32?,
        isDifference: Bool = false
    ) {
        (self.name, self.layout, self.scope, self.cuts, self.level) = (name, layout, scope, cuts, level)
        self.isDifference = isDifference
    }

    static let all: [PackingTrial] =
        levels([1, 3, 6, 9, 19]).map { PackingTrial("plain zstd \($0)", .asItIs, level: $0) }
        + levels([-1, 1, 3, 19]).map { PackingTrial("byte planes, zstd \($0)", .bytePlanes, level: $0) }
        + levels([1, 3]).map { PackingTrial("byte planes, own blocks, zstd \($0)", .bytePlanes, cuts: true, level: $0) }
        + levels([-1, 1, 3, 9, 19]).map {
            PackingTrial("exponents, own blocks, zstd \($0)", .exponentPlanes, cuts: true, level: $0)
        }
        + [
            PackingTrial("exponents, own blocks, no search", .exponentPlanes, cuts: true, level: nil),
            PackingTrial("exponents by tensor, zstd 1", .exponentPlanes, .tensor, cuts: true, level: 1),
            PackingTrial(
                "difference, exponents by tensor, no search", .exponentPlanes, .tensor, cuts: true, level: nil,
                isDifference: true),
            chosen
        ]

    private static func levels(_ levels: [Int32]) -> [Int32] { levels }

    /// What `Packing` does.
    static let chosen = PackingTrial(
        "exponents by tensor, no search", .exponentPlanes, .tensor, cuts: true, level: nil)

    /// `before`: The stage's before, of the same layout; nil: there is none.
    func pack(_ content: [UInt8], before: [UInt8]?) throws -> [UInt8] {
        let parts = parts(content)
        var planes = content
        if isDifference, let before { Self.mix(&planes, with: before, parts) }
        if layout == .bytePlanes { for (range, width) in parts { Self.turn(&planes, range, width) } }
        if layout != .asItIs { for (range, width) in parts { Planes.split(&planes, range, width: width) } }
        let cuts = cuts ? parts.flatMap { Packing.cuts($0.0, width: $0.1) } : []
        return try Zstd.compress(planes, search: level.map { .level($0) } ?? .none, cuts: cuts)
    }

    /// What a reader has to do.
    ///
    /// The words of `bytePlanes` stay turned: a reader of them had nothing to turn, and would be as fast.
    func unpack(_ file: [UInt8], size: Int, before: [UInt8]?) -> [UInt8]? {
        guard var content = Zstd.decompress(file, size: size) else { return nil }
        let parts = parts(content)
        if layout != .asItIs { for (range, width) in parts { Planes.join(&content, range, width: width) } }
        if isDifference, let before { Self.mix(&content, with: before, parts) }
        return content
    }

    /// Whether that gives the content back.
    func isLossless(_ file: [UInt8], _ content: [UInt8], before: [UInt8]?) -> Bool {
        var expected = content
        if layout == .bytePlanes { for (range, width) in parts(content) { Self.turn(&expected, range, width) } }
        return unpack(file, size: content.count, before: before) == expected
    }

    private func parts(_ content: [UInt8]) -> [(Range<Int>, Planes.Width)] {
        let tensors = SafeTensors.entries(in: content) ?? []
        let parts = tensors.compactMap { tensor in Planes.Width(tensor.type).map { (tensor.bytes, $0) } }
        guard scope == .file, let first = parts.first, let last = parts.last,
            parts.allSatisfy({ $0.1 == first.1 }), parts.count == tensors.count
        else { return parts }
        return [(first.0.lowerBound..<last.0.upperBound, first.1)]
    }

    private static func mix(_ content: inout [UInt8], with other: [UInt8], _ parts: [(Range<Int>, Planes.Width)]) {
        for (range, _) in parts { for byte in range where byte < other.count { content[byte] ^= other[byte] } }
    }

    /// One bit to the right, so that the turn to the left that follows leaves bytes as they are.
    private static func turn(_ content: inout [UInt8], _ range: Range<Int>, _ width: Planes.Width) {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: width.rawValue) {
            var carry = content[start] & 1
            for byte in (start..<start + width.rawValue).reversed() {
                (content[byte], carry) = (content[byte] >> 1 | carry << 7, content[byte] & 1)
            }
        }
    }
}

extension PackingTrial {
    /// What no code of single exponents can go below: all other bits, and the entropy of each tensor's exponents.
    static func bound(_ content: [UInt8]) -> Double {
        var bits = 0.0
        var planned = 0
        for tensor in SafeTensors.entries(in: content) ?? [] {
            guard let width = Planes.Width(tensor.type) else { continue }
            planned += tensor.bytes.count
            var counts = [Int](repeating: 0, count: 256)
            for end in stride(from: tensor.bytes.lowerBound, to: tensor.bytes.upperBound, by: width.rawValue) {
                let (high, low) = (content[end + width.rawValue - 1], content[end + width.rawValue - 2])
                counts[Int(high << 1 | low >> 7)] += 1
            }
            let words = tensor.bytes.count / width.rawValue
            bits += Double(words * 8 * (width.rawValue - 1))
            for count in counts where count > 0 {
                bits += Double(count) * log2(Double(words) / Double(count))
            }
        }
        return planned == 0 ? 1 : bits / 8 / Double(planned)
    }
}
