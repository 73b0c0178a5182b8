/// The metadata by key. A value that is missing is nil; one of another type is an error.
extension GGUF {
    /// Whether there is a value of this key.
    package func hasValue(_ key: String) -> Bool { header.values[key] != nil }

    /// A text.
    package func string(_ key: String) throws(GGUFError) -> String? {
        guard let value = header.values[key] else { return nil }
        guard case .text(let place) = value else { throw wrongType(key, value, "a text") }
        return try text(place, key: key)
    }

    /// A whole number of any width.
    package func integer(_ key: String) throws(GGUFError) -> Int? {
        guard let value = header.values[key] else { return nil }
        guard case .integer(let number) = value else { throw wrongType(key, value, "a whole number") }
        return number
    }

    /// A number in binary32; one in binary64 is rounded.
    package func float(_ key: String) throws(GGUFError) -> Float? {
        guard let value = header.values[key] else { return nil }
        guard case .float(let number) = value else { throw wrongType(key, value, "a number with a fraction") }
        return Float(number)
    }

    /// Yes or no.
    package func bool(_ key: String) throws(GGUFError) -> Bool? {
        guard let value = header.values[key] else { return nil }
        guard case .bool(let answer) = value else { throw wrongType(key, value, "true or false") }
        return answer
    }

    /// How many elements an array has.
    package func count(_ key: String) throws(GGUFError) -> Int? {
        guard let value = header.values[key] else { return nil }
        guard case .array(let elements) = value else { throw wrongType(key, value, "an array") }
        return elements.count
    }

    /// An array of texts.
    package func strings(_ key: String) throws(GGUFError) -> [String]? {
        guard let value = header.values[key] else { return nil }
        guard case .array(let elements) = value, elements.kind == .text else {
            throw wrongType(key, value, "an array of texts")
        }
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        var position = elements.bytes.lowerBound
        for _ in 0..<elements.count {
            let length: UInt64 = GGUFCursor.load(header.bytes, position)
            let start = position + 8
            position = start + Int(length)
            texts.append(try text(start..<position, key: key))
        }
        return texts
    }

    /// An array of whole numbers of any width.
    package func integers(_ key: String) throws(GGUFError) -> [Int]? {
        try numbers(key, "an array of whole numbers") { value in
            guard case .integer(let number) = value else { return nil }
            return number
        }
    }

    /// An array of numbers in binary32; those in binary64 are rounded.
    package func floats(_ key: String) throws(GGUFError) -> [Float]? {
        try numbers(key, "an array of numbers with a fraction") { value in
            guard case .float(let number) = value else { return nil }
            return Float(number)
        }
    }

    private func numbers<Number>(
        _ key: String, _ expected: String, _ number: (GGUFValue) -> Number?
    ) throws(GGUFError) -> [Number]? {
        guard let value = header.values[key] else { return nil }
        guard case .array(let elements) = value, let width = elements.kind.width else {
            throw wrongType(key, value, expected)
        }
        var numbers: [Number] = []
        numbers.reserveCapacity(elements.count)
        for offset in stride(from: elements.bytes.lowerBound, to: elements.bytes.upperBound, by: width) {
            let element: GGUFValue
            do {
                element = try GGUFValue.number(elements.kind, header.bytes, offset, key: key)
            } catch {
                throw self.error(error)
            }
            guard let number = number(element) else { throw wrongType(key, value, expected) }
            numbers.append(number)
        }
        return numbers
    }

    private func text(_ place: Range<Int>, key: String) throws(GGUFError) -> String {
        guard let text = String(validating: header.bytes[place], as: UTF8.self) else { throw error(.notUTF8(key: key)) }
        return text
    }

    private func wrongType(_ key: String, _ value: GGUFValue, _ expected: String) -> GGUFError {
        error(.wrongType(key: key, found: value.kind, expected: expected))
    }
}
