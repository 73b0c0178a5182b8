import Foundation
import TestSupport
import Testing

@testable import Engine

/// How many processors a process may use, from the files of control groups.
@Suite struct ProcessorsTests {
    /// Files of control groups below a folder; what they grant.
    private func granted(_ membership: String, _ files: [String: String]) throws -> Int? {
        try TestFolder.with { folder in
            for (path, text) in files {
                let url = folder.appending(path: "groups/" + path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
            try Data(membership.utf8).write(to: folder.appending(path: "membership"))
            return Processors.granted(
                groups: folder.appending(path: "groups").path, membership: folder.appending(path: "membership").path)
        }
    }

    @Test func aQuotaIsWholeProcessorsRoundedUp() throws {
        for (quota, expected) in [("100000", 1), ("1000", 1), ("100001", 2), ("250000", 3), ("800000", 8)] {
            #expect(try granted("0::/\n", ["cpu.max": "\(quota) 100000\n"]) == expected)
            #expect(
                try granted(
                    "3:cpu,cpuacct:/\n", ["cpu/cpu.cfs_quota_us": quota + "\n", "cpu/cpu.cfs_period_us": "100000\n"])
                    == expected)
        }
    }

    @Test func theSmallestOfNestedGroupsHolds() throws {
        let files = ["a/cpu.max": "300000 100000", "a/b/cpu.max": "max 100000", "a/b/c/cpu.max": "700000 100000"]
        #expect(try granted("0::/a/b/c\n", files) == 3)
        #expect(try granted("0::/a/b\n", ["unified/a/cpu.max": "200000 100000"]) == 2)
    }

    @Test func withoutQuotaThereIsNoLimit() throws {
        #expect(try granted("0::/\n", ["cpu.max": "max 100000\n"]) == nil)
        #expect(
            try granted("4:cpu:/x\n", ["cpu/x/cpu.cfs_quota_us": "-1\n", "cpu/x/cpu.cfs_period_us": "100000\n"]) == nil)
        #expect(try granted("0::/\n2:memory:/\nnonsense\n", ["cpu.max": "many 100000\n"]) == nil)
        #expect(try granted("", [:]) == nil)
    }

    /// In a container the path is that of the host, and the group's files lie at the root.
    @Test func aGroupThatIsNamedFromOutsideIsTheRoot() throws {
        #expect(try granted("0::/docker/4711\n", ["cpu.max": "200000 100000\n"]) == 2)
    }

    @Test func theBitsOfAnAffinityMaskAreCounted() throws {
        for (mask, expected) in [("1", 1), ("3", 2), ("ff,ffffffff", 40), ("00000000,80000001", 2)] {
            try TestFolder.with { folder in
                let url = folder.appending(path: "status")
                try Data("Name:\tsisa\nCpus_allowed:\t\(mask)\nCpus_allowed_list:\t0-3\n".utf8).write(to: url)
                #expect(Processors.bound(status: url.path) == expected)
            }
        }
    }

    @Test func thereIsAlwaysAtLeastOneProcessor() {
        #expect(Processors.available >= 1)
    }
}
