internal import Engine
internal import Foundation

/// Looks for a word in everything that a workspace has on disk, in every form in which it could lie there.
///
/// File by file and byte by byte, pages of the database, journals and half-written files included; compressed
/// checkpoints are unpacked too. It finds what equals the word, not what was computed from it.
package struct ResidueSearch: Sendable {
    /// Where something was found. It holds no word.
    package struct Residue: Sendable, Equatable {
        /// Below the folder that was searched.
        package let path: String
        /// Such as "text" or "base64".
        package let form: String
        /// Matches that chance alone would make if all bytes that were searched were random letters of the word's
        /// alphabet: an upper bound. `ResidueForm.chance` has the alphabets.
        package let expectedByChance: Double

        /// From so many on a match may well be one of them.
        package var mayBeChance: Bool { expectedByChance > 0.01 }
    }

    /// What was found in one file and its name: the chance of each form.
    private struct Finding {
        var forms: [String: Double] = [:]
        var bytes = 0
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
        let findings = try names.map { path in
            var finding = Finding()
            look(in: Array(path.utf8), &finding)
            try look(inFile: folder.appending(path: path), &finding)
            return (path: path, finding: finding)
        }
        let bytes = Double(findings.reduce(0) { $0 + $1.finding.bytes })
        return findings.flatMap { path, finding in
            finding.forms.sorted { $0.key < $1.key }.map { form, chance in
                Residue(path: path, form: form, expectedByChance: chance * bytes)
            }
        }
    }

    /// What was not looked into is told: of that nothing is known.
    private func look(inFile url: URL, _ finding: inout Finding) throws {
        let type = try FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
        guard type == .typeRegular else {
            let what = type == .typeSymbolicLink ? "a link" : "no regular file"
            return finding.forms["\(what): not searched"] = 0
        }
        guard let map = MappedFile(url) else {
            if try DurableFile.isReadable(url), try DurableFile.size(url) != 0 { finding.forms["not searched"] = 0 }
            return
        }
        unsafe map.withBytes { unsafe look(in: $0, &finding) }
        guard url.pathExtension == "zst", let size = Zstd.contentSize(map.bytes(0..<map.count)),
            size <= Self.mostUnpacked,
            let content = Zstd.decompress(map.bytes(0..<map.count), size: size)
        else { return }
        look(in: content, &finding)
        // A checkpoint's numbers lie apart in its frame; as what they are they could spell something else.
        if let unpacked = Packing.unpack(map.bytes(0..<map.count)) { look(in: unpacked, &finding) }
    }

    private func look(in bytes: [UInt8], _ finding: inout Finding) {
        unsafe bytes.withUnsafeBytes { unsafe look(in: $0, &finding) }
    }

    private func look(in bytes: UnsafeRawBufferPointer, _ finding: inout Finding) {
        finding.bytes += bytes.count
        for form in forms where unsafe bytes.contains(form.bytes) {
            finding.forms[form.name] = max(finding.forms[form.name] ?? 0, form.chance)
        }
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
