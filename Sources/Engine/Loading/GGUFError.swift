/// Why a GGUF file was refused, or a tensor or a value in it.
package struct GGUFError: Error, Equatable, Sendable {
    /// What is wrong, by the rule that is broken.
    package enum Problem: Error, Equatable, Sendable {
        case file(FileFault)
        case notGGUF(beginning: [UInt8])
        case byteSwapped
        case unknownVersion(UInt32)
        case tooManyTensors(UInt64, limit: Int)
        case tooManyKeys(UInt64, limit: Int)
        case headerBeyondFile(offset: Int, needed: UInt64, available: Int)
        case headerTooLarge(limit: Int)
        case badKey(String, offset: Int)
        case duplicateKey(String)
        case unknownValueType(key: String, type: UInt32)
        case nestedArray(key: String)
        case tooLong(key: String, count: UInt64, limit: Int)
        case badBool(key: String, byte: UInt8)
        case notUTF8(key: String)
        case badAlignment(found: String)
        case badTensorName(offset: Int)
        case duplicateTensor(String)
        case badDimensionCount(tensor: String, found: UInt32)
        case badDimension(tensor: String, found: UInt64)
        case sizeOverflow(tensor: String, shape: [Int])
        case unsupportedType(tensor: String, found: String)
        case rowInsideBlock(tensor: String, row: Int, block: Int)
        case wrongOffset(tensor: String, found: UInt64, expected: Int)
        case padding(offset: Int, byte: UInt8)
        case wrongFileSize(found: Int, expected: Int)
        case split(parts: Int)
        case quantizationVersion(found: String)
        case missingKey(String)
        case wrongType(key: String, found: String, expected: String)
        case missingTensor(String)
        case wrongShape(tensor: String, found: [Int], expected: [Int])
        case notFinite(tensor: String, index: Int)
    }

    /// The name of the file.
    package let file: String
    /// What is wrong with it.
    package let problem: Problem
}

extension GGUFError: CustomStringConvertible {
    /// The message for a person: what was found, what was expected, what to do.
    package var description: String {
        switch problem {
        case .file(let fault): "\(file): \(fault)"
        case .unknownVersion, .byteSwapped:
            "\(file): \(problem.wording); convert the model again with a newer program"
        case .unsupportedType:
            "\(file): \(problem.wording); choose a file of the same model with one of \(Self.supported)"
        case .split: "\(file): \(problem.wording); merge the parts with `llama-gguf-split --merge` and name the result"
        case .quantizationVersion: "\(file): \(problem.wording); quantize the model again with a newer program"
        case .missingKey, .wrongType, .missingTensor, .wrongShape:
            "\(file): \(problem.wording); the file is no complete model, choose another one"
        case .notFinite: "\(file): \(problem.wording); the weights are damaged, get another copy"
        case .headerTooLarge, .tooManyTensors, .tooManyKeys, .tooLong, .sizeOverflow:
            "\(file): \(problem.wording); the file is damaged or hostile, get another copy"
        default: "\(file): \(problem.wording); the file is damaged, get another copy"
        }
    }

    private static let supported = StoredType.allCases.map(\.name).joined(separator: ", ")
}

extension GGUFError.Problem {
    fileprivate var wording: String {
        switch self {
        case .file(let fault): fault.description
        case .notGGUF(let beginning): "it begins with the bytes \(beginning) instead of those of \"GGUF\""
        case .byteSwapped: "its numbers have the most significant byte first"
        case .unknownVersion(let version): "version \(version) of the format is not supported, supported are 2 and 3"
        case .tooManyTensors(let found, let limit): "the header lists \(found) tensors, at most \(limit) are allowed"
        case .tooManyKeys(let found, let limit): "the header lists \(found) keys, at most \(limit) are allowed"
        case .headerBeyondFile(let offset, let needed, let available):
            "the header needs \(needed) bytes at \(offset) but only \(available) follow"
        case .headerTooLarge(let limit): "the header has more than \(limit) bytes"
        case .badKey(let key, let offset):
            "the key \"\(key)\" at byte \(offset) is not made of small letters, digits, dots, hyphens and underscores"
        case .duplicateKey(let key): "the key \"\(key)\" is there twice"
        case .unknownValueType(let key, let type): "the value of \"\(key)\" has the unknown type \(type)"
        case .nestedArray(let key): "\"\(key)\" holds arrays in an array"
        case .tooLong(let key, let count, let limit):
            "\"\(key)\" claims \(count) elements, at most \(limit) are allowed"
        case .badBool(let key, let byte): "\"\(key)\" holds the byte \(byte) where 0 or 1 is expected"
        case .notUTF8(let key): "\"\(key)\" holds a text that is no valid UTF-8"
        case .badAlignment(let found): "general.alignment is \(found) instead of a power of two from 1 to 65536"
        case .badTensorName(let offset):
            "the name of the tensor at byte \(offset) is not 1 to 63 printable ASCII characters"
        case .duplicateTensor(let tensor): "tensor \"\(tensor)\" is there twice"
        case .badDimensionCount(let tensor, let found): "tensor \"\(tensor)\" has \(found) dimensions instead of 1 to 4"
        case .badDimension(let tensor, let found): "tensor \"\(tensor)\" has a dimension of \(found)"
        case .sizeOverflow(let tensor, let shape): "tensor \"\(tensor)\": shape \(shape) is beyond all memory"
        case .unsupportedType(let tensor, let found):
            "tensor \"\(tensor)\" has the type \(found), which is not supported"
        case .rowInsideBlock(let tensor, let row, let block):
            "tensor \"\(tensor)\" has rows of \(row) elements, which are no whole blocks of \(block)"
        case .wrongOffset(let tensor, let found, let expected):
            "tensor \"\(tensor)\" starts at byte \(found) of the data instead of \(expected)"
        case .padding(let offset, let byte): "the header is padded with byte \(byte) at \(offset), only 0 is allowed"
        case .wrongFileSize(let found, let expected): "it has \(found) bytes where its header needs \(expected)"
        case .split(let parts): "it is one of \(parts) parts of a model"
        case .quantizationVersion(let found): "general.quantization_version is \(found), supported is 2"
        case .missingKey(let key): "the key \"\(key)\" is missing"
        case .wrongType(let key, let found, let expected): "\"\(key)\" holds \(found), expected \(expected)"
        case .missingTensor(let tensor): "there is no tensor \"\(tensor)\""
        case .wrongShape(let tensor, let found, let expected):
            "tensor \"\(tensor)\" has shape \(found) instead of \(expected)"
        case .notFinite(let tensor, let index):
            "tensor \"\(tensor)\" holds a NaN or an infinity in the number or block of element \(index)"
        }
    }
}
