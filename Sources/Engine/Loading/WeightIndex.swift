internal import Foundation

/// Which of several safetensors files has which tensor, as model.safetensors.index.json says.
struct WeightIndex: Sendable {
    static let sizeLimit = 1 << 24
    static let fileLimit = 1_024

    /// The index's own name, for errors.
    let name: String
    /// The file of each tensor, by the tensor's name.
    let fileOf: [String: String]
    /// The names of all files, sorted.
    let files: [String]
    /// The bytes of all tensors, where the index says.
    let totalBytes: Int?

    init(contentsOf url: URL) throws(WeightIndexError) {
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.bytes(url, limit: Self.sizeLimit)
        } catch {
            throw WeightIndexError(file: url.lastPathComponent, problem: .file(error))
        }
        try self.init(bytes: bytes, name: url.lastPathComponent)
    }

    /// Reads the text of an index; errors call it `name`.
    init(bytes: [UInt8], name: String) throws(WeightIndexError) {
        self.name = name
        do throws(WeightIndexError.Problem) {
            (fileOf, totalBytes) = try Self.read(bytes)
            files = Set(fileOf.values).sorted()
            guard files.count <= Self.fileLimit else { throw .tooManyFiles(files.count, limit: Self.fileLimit) }
        } catch {
            throw WeightIndexError(file: name, problem: error)
        }
    }

    private static func read(
        _ bytes: [UInt8]
    ) throws(WeightIndexError.Problem) -> (fileOf: [String: String], totalBytes: Int?) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .syntax(error)
        }
        guard case .object(let object) = value else {
            throw .wrongType(field: "the index", found: value.kind, expected: "an object")
        }
        guard let map = object["weight_map"] else { throw .missingField("weight_map") }
        guard case .object(let members) = map else {
            throw .wrongType(field: "weight_map", found: map.kind, expected: "an object")
        }
        var fileOf: [String: String] = [:]
        for member in members.members {
            guard case .string(let file) = member.value else {
                throw .wrongType(field: "weight_map.\(member.key)", found: member.value.kind, expected: "a file's name")
            }
            guard isPlain(file) else { throw .badFileName(tensor: member.key, found: file) }
            fileOf[member.key] = file
        }
        guard !fileOf.isEmpty else { throw .noTensors }
        return (fileOf, try totalBytes(object))
    }

    private static func totalBytes(_ object: JSONObject) throws(WeightIndexError.Problem) -> Int? {
        guard let metadata = object["metadata"] else { return nil }
        guard case .object(let members) = metadata else {
            throw .wrongType(field: "metadata", found: metadata.kind, expected: "an object")
        }
        guard let size = members["total_size"] else { return nil }
        guard case .number(let text) = size, let bytes = Int(text), bytes >= 0 else {
            throw .wrongType(field: "metadata.total_size", found: size.kind, expected: "a whole number from 0 on")
        }
        return bytes
    }

    /// A name of a file in the index's own folder: no path in an index can lead anywhere else.
    private static func isPlain(_ file: String) -> Bool {
        file.hasSuffix(".safetensors") && !file.hasPrefix(".")
            && file.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Compares with the files that were opened, one for each of `files`: each has the tensors that the index says, and
    /// no others.
    func check(_ opened: [SafeTensors]) throws(WeightIndexError) {
        var bytes = 0
        for file in opened {
            for entry in file.entries {
                guard fileOf[entry.name] == file.file else {
                    throw WeightIndexError(
                        file: name, problem: .unnamedTensor(entry.name, file: file.file, named: fileOf[entry.name]))
                }
                bytes += entry.bytes.count
            }
        }
        for (tensor, file) in fileOf.sorted(by: { $0.key < $1.key }) {
            guard opened.contains(where: { $0.file == file && $0.contains(tensor) }) else {
                throw WeightIndexError(file: name, problem: .missingTensor(tensor, file: file))
            }
        }
        if let totalBytes, totalBytes != bytes {
            throw WeightIndexError(file: name, problem: .wrongTotal(found: bytes, expected: totalBytes))
        }
    }
}
