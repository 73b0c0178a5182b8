/// Why a safetensors file was refused, or a tensor in it.
package struct SafeTensorsError: Error, Equatable, Sendable {
    /// What is wrong, by the rule that is broken.
    package enum Problem: Equatable, Sendable {
        case file(FileFault)
        case shorterThanLengthField(bytes: Int)
        case headerTooSmall(length: UInt64)
        case headerTooLarge(length: UInt64, limit: Int)
        case headerBeyondFile(length: UInt64, available: Int)
        case headerNotAnObject(firstByte: UInt8)
        case headerPadding(offset: Int, byte: UInt8)
        case headerSyntax(JSONFault)
        case tooManyTensors(limit: Int)
        case unknownField(tensor: String, field: String)
        case missingField(tensor: String, field: String)
        case badInteger(tensor: String, field: String, found: String)
        case badOffsetCount(tensor: String, found: Int)
        case tooManyDimensions(tensor: String, limit: Int)
        case unknownType(tensor: String, found: String)
        case sizeOverflow(tensor: String, shape: [Int])
        case misaligned(tensor: String, bits: Int)
        case notContiguous(tensor: String, start: Int, expected: Int)
        case wrongLength(tensor: String, shape: [Int], found: Int, expected: Int)
        case wrongDataSize(tensorsEnd: Int, dataBytes: Int)
        case missingTensor(String)
        case wrongShape(tensor: String, found: [Int], expected: [Int])
        case doublePrecision(tensor: String)
        case notFloatingPoint(tensor: String, found: ElementType)
        case notFinite(tensor: String, index: Int)
    }

    /// The name of the file.
    package let file: String
    /// What is wrong with it.
    package let problem: Problem
}

extension SafeTensorsError: CustomStringConvertible {
    /// The message for a person: what was found, what was expected, what to do.
    package var description: String {
        switch problem {
        case .file(let fault): "\(file): \(fault)"
        case .missingTensor, .wrongShape:
            "\(file): \(wording); use the weights that belong to this config.json"
        case .doublePrecision, .notFloatingPoint:
            "\(file): \(wording); convert the tensor to F32 and save the file again"
        case .notFinite: "\(file): \(wording); the weights are damaged, get another copy"
        case .headerTooLarge, .tooManyTensors, .tooManyDimensions, .sizeOverflow:
            "\(file): \(wording); the file is damaged or hostile, get another copy"
        default: "\(file): \(wording); the file is damaged, get another copy"
        }
    }

    private var wording: String {
        switch problem {
        case .file(let fault): fault.description
        case .shorterThanLengthField(let bytes): "\(bytes) bytes cannot hold the 8-byte header length"
        case .headerTooSmall(let length): "a header of \(length) bytes cannot be a JSON object"
        case .headerTooLarge(let length, let limit): "the header claims \(length) bytes, at most \(limit) are allowed"
        case .headerBeyondFile(let length, let available):
            "the header claims \(length) bytes but only \(available) follow"
        case .headerNotAnObject(let byte): "the header starts with byte \(byte) instead of \"{\""
        case .headerPadding(let offset, let byte):
            "the header is padded with byte \(byte) at \(offset), only spaces are allowed"
        case .headerSyntax(let fault): "the header is malformed: \(fault)"
        case .tooManyTensors(let limit): "the header lists more than \(limit) tensors"
        case .unknownField(let tensor, let field): "tensor \"\(tensor)\" has the unknown field \"\(field)\""
        case .missingField(let tensor, let field): "tensor \"\(tensor)\" lacks the field \"\(field)\""
        case .badInteger(let tensor, let field, let found):
            "tensor \"\(tensor)\": \(field) holds \(found) instead of a whole number from 0 on"
        case .badOffsetCount(let tensor, let found):
            "tensor \"\(tensor)\": data_offsets has \(found) elements instead of 2"
        case .tooManyDimensions(let tensor, let limit): "tensor \"\(tensor)\" has more than \(limit) dimensions"
        case .unknownType(let tensor, let found): "tensor \"\(tensor)\" has the unknown dtype \"\(found)\""
        case .sizeOverflow(let tensor, let shape): "tensor \"\(tensor)\": shape \(shape) is beyond all memory"
        case .misaligned(let tensor, let bits): "tensor \"\(tensor)\": \(bits) bits are no whole number of bytes"
        case .notContiguous(let tensor, let start, let expected):
            "tensor \"\(tensor)\" starts at byte \(start) of the data instead of \(expected)"
        case .wrongLength(let tensor, let shape, let found, let expected):
            "tensor \"\(tensor)\" has \(found) bytes where its shape \(shape) needs \(expected)"
        case .wrongDataSize(let tensorsEnd, let dataBytes):
            "the tensors end at byte \(tensorsEnd) of \(dataBytes) data bytes"
        case .missingTensor(let tensor): "there is no tensor \"\(tensor)\""
        case .wrongShape(let tensor, let found, let expected):
            "tensor \"\(tensor)\" has shape \(found) instead of \(expected)"
        case .doublePrecision(let tensor):
            "tensor \"\(tensor)\" is F64 and would lose digits; F32, F16 and BF16 can be read"
        case .notFloatingPoint(let tensor, let found):
            "tensor \"\(tensor)\" is \(found.rawValue); F32, F16 and BF16 can be read"
        case .notFinite(let tensor, let index):
            "tensor \"\(tensor)\" holds a NaN or an infinity at element \(index)"
        }
    }
}
