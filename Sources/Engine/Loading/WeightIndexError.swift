/// Why an index of several files of weights was refused, or the files do not fit it.
package struct WeightIndexError: Error, Equatable, Sendable {
    /// What is wrong.
    package enum Problem: Error, Equatable, Sendable {
        case file(FileFault)
        case syntax(JSONFault)
        case missingField(String)
        case wrongType(field: String, found: String, expected: String)
        case noTensors
        case tooManyFiles(Int, limit: Int)
        case badFileName(tensor: String, found: String)
        case missingTensor(String, file: String)
        case unnamedTensor(String, file: String, named: String?)
        case wrongTotal(found: Int, expected: Int)
    }

    /// The name of the index.
    package let file: String
    /// What is wrong with it.
    package let problem: Problem
}

extension WeightIndexError: CustomStringConvertible {
    /// The message for a person: what was found, what was expected, what to do.
    package var description: String {
        switch problem {
        case .file(let fault): "\(file): \(fault)"
        case .missingTensor, .unnamedTensor, .wrongTotal:
            "\(file): \(wording); the files are not of one model: fetch the folder again"
        case .tooManyFiles, .badFileName: "\(file): \(wording); the file is damaged or hostile, get another copy"
        default: "\(file): \(wording); get another copy of the file"
        }
    }

    private var wording: String {
        switch problem {
        case .file(let fault): fault.description
        case .syntax(let fault): fault.description
        case .missingField(let field): "\"\(field)\" is missing"
        case .wrongType(let field, let found, let expected): "\(field) holds \(found), expected \(expected)"
        case .noTensors: "weight_map names no tensor"
        case .tooManyFiles(let found, let limit): "it names \(found) files, at most \(limit) are allowed"
        case .badFileName(let tensor, let found):
            "tensor \"\(tensor)\" is said to be in \"\(found.prefix(80))\", which is no name of a safetensors file in "
                + "this folder"
        case .missingTensor(let tensor, let file): "tensor \"\(tensor)\" is said to be in \(file), which has none"
        case .unnamedTensor(let tensor, let file, let named):
            "\(file) has a tensor \"\(tensor)\", which is "
                + (named.map { "said to be in \($0)" } ?? "not named in the index")
        case .wrongTotal(let found, let expected):
            "the tensors have \(found) bytes where metadata.total_size says \(expected)"
        }
    }
}
