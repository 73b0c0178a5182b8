import Foundation
import TestSupport
import Testing

/// What `bench store` prints for programs. How fast anything is, is no test's business.
@Suite struct BenchStoreTests {
    @Test func everyWayToStoreIsMeasured() throws {
        try CommandFixture.with { fixture in
            let bench = Program(folder: fixture.folder, name: "bench")
            let paths = try TestFolder.contents(fixture.workspace).keys.filter {
                $0.hasSuffix(".safetensors.planes.zst")
            }
            let files = paths.sorted().map { "workspace/" + $0 }
            try #require(files.count > 3)
            for words in [["--workspace", "workspace"], ["--file"] + files] {
                let outcome = try bench.run(["store", "--seconds", "0.001", "--json"] + words)
                let object = try outcome.object()
                #expect(outcome.code == 0 && object["checkpoints"] as? Int == files.count)
                let ways = try #require(object["ways"] as? [[String: Any]])
                let chosen = ways.filter { $0["chosen"] as? Bool == true }
                #expect(ways.count > 10 && chosen.count == 1)
                for way in ways {
                    #expect(try #require(way["ratio"] as? Double) > 0)
                    for name in ["pack", "unpack", "restore", "verified"] {
                        #expect(try #require(way["\(name)_gb_per_second"] as? Double) > 0)
                    }
                }
            }
            for wrong in [[], ["--file", "nothing"], ["--workspace", "workspace", "--file", files[0]], ["--most", "0"]]
            {
                #expect(try bench.run(["store"] + wrong).code != 0)
            }
        }
    }
}
