internal import Engine
internal import Foundation

/// Looks for a word in everything that a workspace has on disk, in every form in which it could lie there.
///
/// File by file and byte by byte, pages of the database, journals and half-written files included; compressed checkpoints are unpacked too.
/// It finds what equals the word, not what was computed from it.
package struct ResidueSearch: Sendable {
    /// Where something was found. It holds no word.
    package struct Residue: Sendable, Equatable {
        /// Below the folder that was searched.
        package let path: String
        /// Such as "text" or "base64".
        package let form: String
    }

    /// Shorter words are found everywhere by chance.
    package static let leastBytes = 4
    /// A frame that says it holds more is not unpacked.
    private static let mostUnpacked = 1 << 30

    private let forms: [ResidueForm]

    init(_ words: [String], tokenizer: Tokenizer? = nil) {
        forms = words.flatMap { ResidueForm.all(of: $0, tokenizer: tokenizer) }
    }

    /// Every file that holds one of the words, once a form, sorted.
    func residues(in folder: URL) throws -> [Residue] {
        let names = try DurableFile.paths(below: folder, skips: false)
        return try names.flatMap { path in
            let found = try forms(in: Array(path.utf8)).union(forms(inFile: folder.appending(path: path)))
            return found.sorted().map { Residue(path: path, form: $0) }
        }
    }

    /// What was not looked into is told: of that nothing is known.
    private func forms(inFile url: URL) throws -> Set<String> {
        let type = try FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
        if type == .typeSymbolicLink { return ["a link: not searched"] }
        guard type == .typeRegular else { return ["no regular file: not searched"] }
        guard let map = MappedFile(url) else {
            return try DurableFile.isReadable(url) && DurableFile.size(url) == 0 ? [] : ["not searched"]
        }
        let found = unsafe map.withBytes { unsafe forms(in: $0) }
        guard url.pathExtension == "zst", let size = Zstd.contentSize(map.bytes(0..<map.count)),
            size <= Self.mostUnpacked,
            let content = Zstd.decompress(map.bytes(0..<map.count), size: size)
        else { return found }
        // A checkpoint's numbers lie apart in its frame; as what they are they could spell something else.
        let unpacked = Packing.unpack(map.bytes(0..<map.count))
        return found.union(forms(in: content)).union(unpacked.map { forms(in: $0) } ?? [])
    }

    private func forms(in bytes: [UInt8]) -> Set<String> { unsafe bytes.withUnsafeBytes { unsafe forms(in: $0) } }

    private func forms(in bytes: UnsafeRawBufferPointer) -> Set<String> {
        Set(forms.filter { unsafe bytes.contains($0.bytes) }.map(\.name))
    }
}

extension UnsafeRawBufferPointer {

    /// From one place where the word's first byte stands to the next.
    func contains(_ word: [UInt8]) -> Bool {
        let bytes = unsafe self
        guard let start = baseAddress, let first = word.first else { return false }
        return unsafe word.withUnsafeBytes { word in
            guard let wanted = word.baseAddress else { return false }
            var offset = 0
            while bytes.count - offset >= word.count,
                let next = unsafe memchr(start + offset, Int32(first), bytes.count - offset - word.count + 1)
            {
                if unsafe memcmp(next, wanted, word.count) == 0 { return true }
                offset = unsafe start.distance(to: UnsafeRawPointer(next)) + 1
            }
            return false
        }
    }
}

extension Workspace {
    /// Where words lie in this workspace. `tokens`: As ids of the backbone's tokenizer too.
    package func residues(of words: [String], tokens: Bool = true) throws -> [ResidueSearch.Residue] {
        let tokenizer = tokens ? try? Tokenizer(folder: backboneFolder()) : nil
        return try ResidueSearch(words, tokenizer: tokenizer).residues(in: root)
    }
}
