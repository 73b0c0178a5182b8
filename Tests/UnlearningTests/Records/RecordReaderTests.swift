import Foundation
import Testing

@testable import Unlearning

@Suite struct RecordReaderTests {
    private let reader = RecordReader(columns: Columns())

    private func failure(_ file: URL) -> InputError.Problem? {
        do {
            try reader.forEach(file: file) { _, _ in }
            return nil
        } catch {
            return (error as? InputError)?.problem
        }
    }

    @Test func foldersDevicesAndMissingFilesAreRefused() throws {
        try RecordsFixture.withFile("a.csv", []) { file in
            let folder = file.deletingLastPathComponent().appendingPathComponent("folder.csv")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            #expect(failure(folder) == .folder)
            let device = folder.appendingPathComponent("device.csv")
            try FileManager.default.createSymbolicLink(
                atPath: device.path, withDestinationPath: "/dev/zero")
            #expect(failure(device) == .notARegularFile)
            let missing = folder.appendingPathComponent("missing.csv")
            #expect(failure(missing) == .missing)
        }
    }

    /// Root may read everything, so the system's own answer is given to what names it.
    @Test func whatTheSystemAnswersHasItsOwnStatus() {
        for (code, problem, status) in [
            (EACCES, InputError.Problem.notPermitted, Int32(77)), (EPERM, .notPermitted, 77), (ENOENT, .missing, 66),
            (ENOTDIR, .missing, 66), (EISDIR, .folder, 66), (ELOOP, .notARegularFile, 66)
        ] {
            let error = InputError(name: "a.csv", errno: code)
            #expect(error.problem == problem && error.problem.outcome.exitStatus.rawValue == status)
            #expect(error.description.hasPrefix("a.csv: "))
        }
        #expect(InputError(name: "a.csv", errno: EIO).problem.outcome == .inputOutput)
    }

    @Test func aLinkToAFileIsFollowed() throws {
        try RecordsFixture.withFile("a.csv", Array("id,text,label\nr,a,x\n".utf8)) { file in
            let link = file.deletingLastPathComponent().appendingPathComponent("link.csv")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            var count = 0
            try reader.forEach(file: link) { _, _ in count += 1 }
            #expect(count == 1)
        }
    }

    @Test func anUnknownExtensionIsRefused() {
        #expect(
            RecordsFixture.failure("a.txt", "id,text,label\n")?.problem
                == .unknownExtension(found: "txt"))
        #expect(
            RecordsFixture.failure("a", "id,text,label\n")?.problem == .unknownExtension(found: ""))
    }

    @Test(arguments: [
        ("a.CSV", DataFormat.csv), ("a.tsv", .tsv), ("a.tab", .tsv), ("a.jsonl", .jsonl),
        ("a.ndjson", .jsonl)
    ])
    func extensionsStandForFormats(name: String, format: DataFormat) {
        #expect(DataFormat(extension: InputFile(named: name).pathExtension) == format)
    }

    @Test func anErrorOfTheCallerEndsTheReadingAndPassesThrough() throws {
        struct Enough: Error {}
        try RecordsFixture.withFile("a.csv", Array("id,text,label\nr,a,x\ns,b,x\n".utf8)) { file in
            var count = 0
            #expect(throws: Enough.self) {
                try reader.forEach(file: file) { _, _ in
                    count += 1
                    throw Enough()
                }
            }
            #expect(count == 1)
        }
    }

    /// Several chunks, with records across their borders.
    @Test func filesLongerThanAChunkAreReadWhole() throws {
        let text = String(repeating: "wörter ", count: 30)
        var csv = "id,text,label\n"
        var lines = ""
        for row in 1...3000 {
            csv += "\(row),\"\(text)\n\(row)\",x\n"
            lines += "{\"id\":\(row),\"text\":\"\(text)\\n\(row)\",\"label\":\"x\"}\n"
        }
        for (name, contents) in [("a.csv", csv), ("a.jsonl", lines)] {
            let records = try RecordsFixture.read(name, contents)
            #expect(records.count == 3000)
            let last = try #require(records.last)
            #expect(last.hasSuffix(":3000|-|\(text)\n3000|x"))
        }
    }
}
