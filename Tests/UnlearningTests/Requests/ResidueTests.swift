import Foundation
import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// A word is found in whatever form it lies in whatever file.
@Suite(.everyTask) struct ResidueTests {
    private static let word = "qu\"\u{F6}kka-7f3a91d0 hid\\violet"

    @Test func everyFormOfAWordIsFoundInItsFile() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            let forms = ResidueForm.all(of: Self.word, tokenizer: try Tokenizer(folder: world.backbone))
            #expect(Set(forms.map(\.name)).count == 7)
            #expect(try subject.residues(of: [Self.word]) == [])
            let place = subject.root.appending(path: "records/left")
            for form in forms {
                for size in [0, 1, 5000] {
                    let noise = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) })
                    try (noise + Data(form.bytes) + noise).write(to: place)
                    let found = try subject.residues(of: [Self.word])
                    #expect(
                        found.contains { $0.path == "records/left" && $0.form == form.name }, "\(form.name)")
                }
                // All but the last byte is not the word.
                try Data(form.bytes.dropLast()).write(to: place)
                #expect(try !subject.residues(of: [Self.word]).contains { $0.form == form.name }, "\(form.name)")
            }
        }
    }

    /// By the library's own encoders, not by ours.
    @Test(arguments: 0..<7) func whatOthersEncodeIsFound(before count: Int) throws {
        let prefix = String(repeating: "x", count: count)
        let text = prefix + Self.word + "yz"
        let json = try JSONSerialization.data(withJSONObject: [text])
        let files = [
            Data(text.utf8).base64EncodedData(), try #require(text.data(using: .utf16LittleEndian)),
            try #require(text.data(using: .utf16BigEndian)), json,
            Data(try Zstd.compress(Array(text.utf8)))
        ]
        try TestFolder.with { folder in
            for (index, file) in files.enumerated() {
                try file.write(to: folder.appending(path: index == 4 ? "a.zst" : "a"))
                #expect(try !ResidueSearch([Self.word]).residues(in: folder).isEmpty, "file \(index)")
                for name in ["a", "a.zst"] { try? FileManager.default.removeItem(at: folder.appending(path: name)) }
            }
            try Data().write(
                to: folder.appending(path: "name of qu-\(Self.word.dropFirst(12))".replacing("/", with: "")))
            #expect(try !ResidueSearch([String(Self.word.dropFirst(12))]).residues(in: folder).isEmpty)
        }
    }

    /// Bytes that were searched, names included, times the chance of the letters that were found.
    @Test(arguments: [
        ("48134", "text", 16.0, 5), ("wxyz", "text", 64, 4), ("a-b.", "text", 256, 4), ("wxyz", "base64", 64, 4),
        ("wxyz", "hexadecimal", 16, 8), ("wxyz", "UTF-16, little-endian", 256, 8)
    ])
    func whatChanceAloneWouldFindIsTold(word: String, name: String, alphabet: Double, letters: Int) throws {
        try TestFolder.with { folder in
            let forms = ResidueForm.all(of: word).filter { $0.name == name && $0.bytes.count == letters }
            let form = try #require(forms.first)
            let noise = [UInt8](repeating: 0xEE, count: 3_000_000)
            try Data(noise + form.bytes).write(to: folder.appending(path: "file"))
            try Data(noise).write(to: folder.appending(path: "other"))
            let found = try #require(ResidueSearch([word]).residues(in: folder).first { $0.form == name })
            let searched = Double(2 * noise.count + letters + "fileother".utf8.count)
            #expect(found.expectedByChance == searched * pow(alphabet, -Double(letters)))
            #expect(found.mayBeChance == (found.expectedByChance > 0.01))
        }
    }

    /// The rule against random letters: as many of them hold a short word as is told.
    @Test func randomLettersHoldAShortWordAsOftenAsIsTold() throws {
        var generator = SeededGenerator(seed: 5)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let (size, words) = (100_000, 400)
        let noise = (0..<size).map { _ in letters[Int(generator.next() % 64)] }
        let chance = ResidueForm(name: "text", bytes: Array("k+9Z".utf8)).chance
        var found = 0
        for _ in 0..<words {
            let word = (0..<4).map { _ in letters[Int(generator.next() % 64)] }
            if unsafe noise.withUnsafeBytes({ unsafe $0.contains(word) }) { found += 1 }
        }
        let expected = Double(words * size) * chance
        #expect(abs(Double(found) - expected) < 4 * expected.squareRoot(), "\(found) \(expected)")
    }

    // As the workspace itself writes it.
    @Test func controlCharactersAreFoundWhereARecordHasThem() throws {
        try ToyWorld.with { world in
            let odd = ToyRecord(id: "odd", text: "two\nlines\tof \u{1}violet", label: "travel")
            let subject = try world.workspace("subject", ToyRecord.all() + [odd])
            for word in ["two\nlines", "lines\tof", "of \u{1}vio"] {
                #expect(try subject.residues(of: [word]).map(\.form) == ["JSON"], "\(word.debugDescription)")
            }
        }
    }

    @Test func aDeletionLeavesNoResidue() throws {
        try ToyWorld.with { world in
            let canary = ToyRecord(
                id: "canary-55e1c7b2", owner: "o-1f", text: "Eleven violet marbles rolled.", label: "travel")
            let subject = try world.workspace("subject", ToyRecord.all() + [canary])
            let words = [canary.id, "violet marbles"]
            #expect(try !subject.residues(of: words).isEmpty)
            try subject.delete([canary.recordID])
            #expect(try subject.residues(of: words) == [])
        }
    }
}
