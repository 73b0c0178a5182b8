import Foundation
import TestSupport
import Testing

@testable import Engine

/// A file that a failed download left is called that, in every reader of a model folder.
@Suite struct ForeignContentTests {
    static let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 90868376\n"
    static let page = "\n <!DOCTYPE html>\n<html><body>Not found</body></html>"

    @Test(arguments: [
        "config.json", "tokenizer.json", "vocab.txt", "tokenizer_config.json", "model.safetensors", "added_tokens.json"
    ])
    func itIsToldInPlaceOfAFile(name: String) throws {
        for (text, word) in [(Self.pointer, "git lfs pull"), (Self.page, "HTML page")] {
            try TestFolder.with { folder in
                try Data("[UNK]\n[CLS]\n[SEP]\na\n".utf8).write(to: folder.appending(path: "vocab.txt"))
                let file = folder.appending(path: name)
                try Data(text.utf8).write(to: file)
                let error = #expect(throws: (any Error).self) {
                    switch name {
                    case "config.json": _ = try BackboneConfiguration(contentsOf: file)
                    case "model.safetensors": _ = try SafeTensors(contentsOf: file)
                    default: _ = try Tokenizer(folder: folder)
                    }
                }
                #expect(error.map { "\($0)" }?.contains(word) == true, "\(name): \(error.map { "\($0)" } ?? "none")")
            }
        }
    }

    @Test func otherBytesAreNone() {
        for text in ["", "<", "<htm", "version 1", "{\"a\":\"<html>\"}", "text,label\n<html>,a"] {
            #expect(ForeignContent(Array(text.utf8)) == nil, "\(text)")
        }
    }
}
