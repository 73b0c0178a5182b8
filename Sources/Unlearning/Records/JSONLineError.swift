/// What is wrong with a line that should hold one JSON object.
package enum JSONLineError: Error, Equatable, Sendable {
    case notAnObject
    case unexpectedEnd
    case unexpectedByte(offset: Int)
    case tooDeep(limit: Int)
    case duplicateKey
    case badEscape(offset: Int)
    case loneSurrogate(offset: Int)
    case controlCharacter(offset: Int)
    case badNumber(offset: Int)
    case textAfterObject(offset: Int)
}
