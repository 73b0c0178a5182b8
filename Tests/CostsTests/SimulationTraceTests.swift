import Foundation
import TestSupport
import Testing

@testable import Costs
@testable import Unlearning

/// Recorded requests, and what is said of files that are none.
@Suite struct SimulationTraceTests {
    private static func read(_ text: String, name: String = "trace.csv", records: Int = 100) throws -> RequestTrace {
        try TestFolder.with { folder in
            let file = folder.appending(path: name)
            try Data(text.utf8).write(to: file)
            return try RequestTrace(file: file.path, records: records)
        }
    }

    /// The line and the problem; the file is named by every error.
    private static func refusal(_ text: String, name: String = "trace.csv", records: Int = 100) throws
        -> (line: Int?, problem: RequestTrace.Problem)
    {
        do {
            _ = try read(text, name: name, records: records)
        } catch let SimulationError.trace(file, line, problem) {
            #expect(file.hasSuffix(name))
            let text = SimulationError.trace(file: file, line: line, problem: problem).description
            #expect(text.hasPrefix(file + (line.map { ":\($0): " } ?? ": ")))
            return (line, problem)
        }
        Issue.record("not refused: \(text)")
        return (nil, .noRequests)
    }

    @Test func numbersIdsAndOwnersAreRead() throws {
        let records = try Self.read("time,record\n0,5\n1.5,7\n1.5,5\n")
        #expect(records.subject == .record)
        #expect(records.entries.map(\.time) == [0, 1.5, 1.5])
        #expect(records.entries.map(\.number) == [5, 7, 5])
        let ids = try Self.read("id\ttime\nb\t1\na\t2\nb\t3\n", name: "trace.tsv")
        #expect(ids.subject == .id)
        #expect(ids.entries.map(\.number) == [0, 1, 0])
        let owners = try Self.read(
            #"{"time": 1e1, "owner": "ann", "records": 3}"# + "\n" + #"{"owner": "bob", "time": "20.5"}"#,
            name: "trace.jsonl")
        #expect(owners.subject == .owner)
        #expect(owners.entries == [.init(time: 10, number: 0, records: 3), .init(time: 20.5, number: 1, records: 1)])
    }

    @Test func datesCountFromTheFirst() throws {
        let trace = try Self.read(
            """
            time,id
            1999-12-31T23:59:59Z,a
            2000-02-28,b
            2000-03-01T00:00:00.25,c
            2100-03-01,d

            """)
        // Foundation's calendar, from the first.
        let dates = ["1999-12-31T23:59:59Z", "2000-02-28T00:00:00Z", "2000-03-01T00:00:00Z", "2100-03-01T00:00:00Z"]
        let seconds = try dates.map { try Date($0, strategy: .iso8601).timeIntervalSince1970 }
        #expect(
            trace.entries.map(\.time) == [
                0, seconds[1] - seconds[0], seconds[2] - seconds[0] + 0.25, seconds[3] - seconds[0]
            ])
    }

    @Test func everyDayOfFourCenturiesIsWhereTheCalendarHasIt() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for day in stride(from: -135_000, through: 135_000, by: 37) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let (year, month) = (try #require(parts.year), try #require(parts.month))
            let text = String(format: "%04d-%02d-%02d", year, month, try #require(parts.day))
            guard case .date(let seconds)? = TraceTime(text) else {
                Issue.record("\(text) is a date")
                continue
            }
            #expect(seconds == Double(day) * 86_400, "\(text)")
        }
    }

    @Test func whatIsWrongIsToldWithItsLine() throws {
        let cases: [(text: String, line: Int?, problem: RequestTrace.Problem)] = [
            ("", nil, .noRequests), ("time,record\n", nil, .noRequests), ("time\n1\n", 1, .noSubject),
            ("record\n1\n", 1, .noColumn(name: "time")), ("time,record,id\n1,2,3\n", 1, .twoSubjects),
            ("time,record\n1\n", 2, .fieldCount(found: 1, expected: 2)), ("time,record\n1,1\nsoon,2\n", 3, .badTime),
            ("time,record\n-1,1\n", 2, .badTime), ("time,record\nnan,1\n", 2, .badTime),
            ("time,record\ninf,1\n", 2, .badTime), ("time,record\n1e300,1\n", 2, .badTime),
            ("time,record\n2024-02-30,1\n", 2, .badTime), ("time,record\n0x10,1\n", 2, .badTime),
            ("time,record\n2,1\n1,2\n", 3, .timeGoesBack),
            ("time,id\n2024-02-02,1\n2024-02-01,2\n", 3, .timeGoesBack),
            ("time,id\n2024-02-02,1\n7,2\n", 3, .otherTimeForm), ("time,id\n7,1\n2024-02-02,2\n", 3, .otherTimeForm),
            ("time,record\n1,100\n", 2, .badNumber(column: "record", max: 99)),
            ("time,record\n1,-1\n", 2, .badNumber(column: "record", max: 99)),
            ("time,record\n1,99999999999999999999\n", 2, .badNumber(column: "record", max: 99)),
            ("time,owner,records\n1,a,0\n", 2, .badNumber(column: "records", max: 100)),
            ("time,owner,records\n1,a,60\n2,b,41\n", 3, .tooManyRecords(max: 100)),
            ("time,id\n1,\n", 2, .missing(column: "id")), ("time,id\n,a\n", 2, .missing(column: "time"))
        ]
        for expected in cases {
            let found = try Self.refusal(expected.text)
            #expect(found.line == expected.line, "\(expected.text)")
            #expect(found.problem == expected.problem, "\(expected.text)")
        }
        #expect(try Self.refusal("time,id\n1,a\n", name: "trace.txt").problem == .unknownExtension)
        #expect(try Self.refusal("time,id\n1,\"a\n").line == 2)
        #expect(try Self.refusal("{\"time\":1,\"id\":\"a\"}\n{\"time\":2\n", name: "trace.jsonl").line == 2)
        #expect(
            try Self.refusal("{\"time\":1,\"id\":\"a\"}\n{\"time\":2,\"owner\":\"a\"}\n", name: "trace.jsonl").problem
                == .twoSubjects)
        #expect(
            try Self.refusal("{\"time\":true,\"id\":\"a\"}\n", name: "trace.jsonl").problem == .missing(column: "time"))
    }

    @Test func aMissingFileIsUnreadable() {
        #expect(throws: InputError(name: "/nowhere/trace.csv", problem: .missing)) {
            try RequestTrace(file: "/nowhere/trace.csv", records: 5)
        }
    }

    @Test func aRecordThatIsNamedAgainDoesNothing() throws {
        let trace = try Self.read("time,record\n1,5\n2,5\n3,6\n")
        let settings = try SimulationSettings(
            .init(records: 100, shards: 3, slices: 4), weights: .paper(epochs: 1, slices: 4), law: .trace(trace),
            volume: .init(), placement: .hashed, runs: 2)
        let runs = Simulation(settings).runs
        #expect(runs.allSatisfy { $0.requests == 2 && $0.ignored == 1 && $0.recordsDeleted == 2 })
    }

    @Test(arguments: [SimulatedPlacement.Kind.equal, .owners])
    func anOwnerGoesWithAllRecordsAtOnce(placement: SimulatedPlacement.Kind) throws {
        let trace = try Self.read("time,owner,records\n1,a,30\n2,b,\n3,a,30\n4,c,5\n")
        let settings = try SimulationSettings(
            .init(records: 100, shards: 3, slices: 4), weights: .paper(epochs: 1, slices: 4), law: .trace(trace),
            volume: .init(), placement: placement, runs: 1)
        let stream = RequestStream(settings, run: 0)
        #expect((0..<stream.count).map { stream.records(of: $0).count } == [30, 1, 5])
        #expect(stream.ignored == 1)
        #expect(stream.sizes.reduce(0, +) == 100)
        var sizes = stream.sizes
        for cell in stream.cells { sizes[Int(cell)] -= 1 }
        #expect(sizes.allSatisfy { $0 >= 0 })
        #expect((Set(stream.records(of: 0)).count == 1) == (placement == .owners))
    }
}
