/// Canonical composition (NFC) of one fixed Unicode version.
struct ComposedForm: Sendable {
    static let shared = ComposedForm()

    private let classes: [UInt32: UInt8]
    private let decomposed: [UInt32: [UInt32]]
    private let composed: [UInt64: UInt32]  // first << 32 | second -> what they compose

    private init() {
        classes = UnicodeTable.mapping(ComposedFormData.classes).compactMapValues { $0.first.map(UInt8.init) }
        decomposed = UnicodeTable.mapping(ComposedFormData.decomposed)
        var composed: [UInt64: UInt32] = [:]
        for (scalar, parts) in UnicodeTable.mapping(ComposedFormData.composed) where parts.count == 2 {
            composed[UInt64(parts[0]) << 32 | UInt64(parts[1])] = scalar
        }
        self.composed = composed
    }

    /// The composed form of a range of valid UTF-8.
    func compose(_ text: [UInt8], _ range: Range<Int>) -> [UInt8] {
        // Below U+0300 nothing combines, and everything is composed.
        guard text[range].contains(where: { $0 >= 0xCC }) else { return Array(text[range]) }
        var scalars: [UInt32] = []
        scalars.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let (scalar, end) = UTF8Scalar.decode(text, position)
            decompose(scalar, into: &scalars)
            position = end
        }
        order(&scalars)
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        for scalar in join(scalars) {
            if let scalar = Unicode.Scalar(scalar) {
                result.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            }
        }
        return result
    }

    private func decompose(_ scalar: UInt32, into output: inout [UInt32]) {
        if scalar < 0xC0 {
            output.append(scalar)
        } else if scalar &- Hangul.first < Hangul.count {
            Hangul.decompose(scalar, into: &output)
        } else if let parts = decomposed[scalar] {
            output.append(contentsOf: parts)
        } else {
            output.append(scalar)
        }
    }

    /// Puts every run of combining marks into the order of their classes; equal classes keep theirs.
    private func order(_ scalars: inout [UInt32]) {
        for index in scalars.indices {
            guard let own = classes[scalars[index]] else { continue }
            var position = index
            while position > 0, let before = classes[scalars[position - 1]], before > own {
                scalars.swapAt(position, position - 1)
                position -= 1
            }
        }
    }

    private func join(_ scalars: [UInt32]) -> [UInt32] {
        var output: [UInt32] = []
        output.reserveCapacity(scalars.count)
        var starter: Int?  // the last scalar of class 0 in `output`
        var lastClass: UInt8 = 0  // of what follows it there
        for scalar in scalars {
            let own = classes[scalar] ?? 0
            if let place = starter, place == output.count - 1 || lastClass < own,
                let whole = pair(output[place], scalar)
            {
                output[place] = whole
                continue
            }
            if own == 0 { starter = output.count }
            lastClass = own
            output.append(scalar)
        }
        return output
    }

    private func pair(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.compose(first, second) ?? composed[UInt64(first) << 32 | UInt64(second)]
    }
}
