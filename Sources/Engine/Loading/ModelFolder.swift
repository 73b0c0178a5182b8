package import Foundation

/// A pretrained model on the disk: which of its files decide what a text becomes.
///
/// It is a folder as Hugging Face has it, whose weights are in one safetensors file, or in those that an index names;
/// or it is one GGUF file, which has everything. Nothing else knows the names of files with weights.
package struct ModelFolder: Sendable {
    /// The name of the only file of weights in a folder that is not split.
    package static let singleWeights = "model.safetensors"
    /// The name of the file that says which of several files has which tensor.
    package static let indexName = "model.safetensors.index.json"
    /// What a GGUF file is called in seals, whatever its name on the disk: a folder's name is in none either.
    package static let ggufName = "model.gguf"

    /// Where it lies: a folder, or a GGUF file.
    package let url: URL
    /// The names of the files with weights; one of them has to be there unless the weights are seeded.
    package let weights: [String]
    /// Whether it is one GGUF file.
    package let isGGUF: Bool
    /// Which file has which tensor, where they are several.
    let index: WeightIndex?

    /// Looks at what lies at `url`, and reads the index of several files if there is one.
    ///
    /// Where a folder has the one file and an index too, the index is left alone.
    package init(_ url: URL) throws(WeightIndexError) {
        self.url = url
        isGGUF = Self.isGGUF(url)
        let several = url.appending(path: Self.indexName)
        if isGGUF {
            (index, weights) = (nil, [Self.ggufName])
        } else if !FileManager.default.fileExists(atPath: url.appending(path: Self.singleWeights).path),
            FileManager.default.fileExists(atPath: several.path)
        {
            let read = try WeightIndex(contentsOf: several)
            (index, weights) = (read, read.files)
        } else {
            (index, weights) = (nil, [Self.singleWeights])
        }
    }

    /// Whether a path leads to a GGUF file, by its name.
    static func isGGUF(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        let isThere = unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
        return url.pathExtension.lowercased() == "gguf" && !(isThere && isFolder.boolValue)
    }

    /// A folder whose weights are in files of these names.
    init(_ url: URL, weights: [String]) {
        self.url = url
        self.weights = weights
        isGGUF = false
        index = nil
    }

    /// Where a file of this model lies.
    package func location(of name: String) -> URL { isGGUF ? url : url.appending(path: name) }

    /// Where the sizes of the model are stated.
    package var configuration: URL { location(of: configurationName) }

    /// The name of the file that states the sizes of the model.
    package var configurationName: String { isGGUF ? Self.ggufName : "config.json" }

    /// The names of the files that decide which tokens a text has, besides those with weights; not all need be there.
    package var tokenizerFiles: [String] {
        if isGGUF { return [] }
        return [
            TokenizerDefinition.jsonName, TokenizerDefinition.configurationName, TokenizerDefinition.vocabularyName
        ] + TokenizerSideFiles.deciding(in: url)
    }

    /// The names of all files that decide what a text becomes, in the order in which a backbone's digest takes them.
    package var files: [String] {
        if isGGUF { return weights }
        return [configurationName] + (index == nil ? [] : [Self.indexName]) + weights + tokenizerFiles
    }

    /// The names of the files that are read whole before any weight is: they decide what is read, and how.
    package var decidingFiles: [String] {
        if isGGUF { return [] }
        return [configurationName] + (index == nil ? [] : [Self.indexName])
    }
}
