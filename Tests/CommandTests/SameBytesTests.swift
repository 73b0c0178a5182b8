import Engine
import Foundation
import TestSupport
import Testing

/// The program leaves the same files behind on any number of threads and with any instruction set.
@Suite struct SameBytesTests {
    private static let lora = "kind: lora, rank: 2, alpha: 4, target_modules: [query, value]"

    /// Everything on disk that can influence an answer, after a training and after a deletion.
    private func files(adapter: String, threads: Int, isa: String?) throws -> [String: Data] {
        var files: [String: Data] = [:]
        try CommandFixture.with(trained: false) { fixture in
            try fixture.editRecipe("{\(Self.lora), layers: all}", adapter)
            var program = fixture.program
            if let isa { program.environment["SISA_ISA"] = isa }
            for step in [["train", "toy", "--key", "key.txt"], ["delete", "toy-05", "toy-11"]] {
                let outcome = try program.run(step + ["--threads", "\(threads)"])
                try #require(outcome.code == 0, "\(outcome.everything)")
                for (path, data) in try TestFolder.contents(fixture.workspace)
                where ["checkpoints", "records", "features", "index"].contains(where: path.hasPrefix) {
                    files["after \(step[0]): \(path)"] = data
                }
            }
        }
        return files
    }

    @Test(arguments: ["{kind: head}", "{\(lora), layers: all}", "{\(lora), layers: {top: 1}}"])
    func everyWayLeavesTheSameBytes(adapter: String) throws {
        let expected = try files(adapter: adapter, threads: 1, isa: nil)
        #expect(expected.keys.count { $0.contains("after train: checkpoints") } == 12)
        for threads in [2, 3, 4, 7] {
            #expect(try files(adapter: adapter, threads: threads, isa: nil) == expected, "\(threads) threads")
        }
        for isa in InstructionSet.allCases where isa.isAvailable {
            #expect(try files(adapter: adapter, threads: 2, isa: isa.rawValue) == expected, "\(isa)")
        }
    }
}
