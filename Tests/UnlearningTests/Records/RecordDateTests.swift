import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Dates are compared as time, not as letters.
@Suite struct RecordDateTests {
    private func date(_ text: String) throws -> RecordDate { try #require(RecordDate(text), "\(text)") }

    // In the order of time; every one is before all that follow. A day is before what follows it, and nothing inside of
    // it.
    private static let instants = [
        "-0044-03-15T12:00:00Z", "-0001-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "1583-01-01T00:00:00Z",
        "1969-12-31T23:59:59.5Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59.999999999999999999999Z",
        "2024-03-01T00:00:00Z", "2024-05-31T13:45:00Z", "2024-05-31T13:45:00.123Z", "2024-05-31T13:45:00.5Z",
        "2024-05-31T15:45:01+02:00", "2024-05-31T13:45:02", "2024-06-01T00:00:00+10:00", "2024-05-31T23:00:00Z",
        "9999-12-31T23:59:59Z", "+10000-01-01T00:00:00Z", "+123456-07-08T00:00:00Z"
    ]

    @Test func instantsAreInTheOrderOfTime() throws {
        for (number, text) in Self.instants.enumerated() {
            for (other, later) in Self.instants.enumerated() {
                let (left, right) = (try date(text), try date(later))
                #expect(left.isBefore(right) == (number < other), "\(text) \(later)")
                #expect(left.isIn(right) == (number == other), "\(text) \(later)")
                #expect(left.endsBy(right) == (number <= other) && left.begins(at: right) == (number >= other))
            }
        }
    }

    @Test(arguments: [
        [
            "2024-05-31T13:45:00.5Z", "2024-05-31T13:45:00.50Z", "2024-05-31T13:45:00,5",
            "2024-05-31t15:15:00.500+01:30", "2024-05-31 13:45:00.5z"
        ],
        [
            "2024-05-31T13:45:00Z", "2024-05-31T13:45", "2024-05-31T13:45:00.000", "2024-05-31T13:45:00+00:00",
            "2024-05-31T13:45:00-00:00", "2024-05-31T11:45:00-0200", "2024-05-31T11:45:00-02"
        ],
        ["2025-01-01T00:00:00Z", "2024-12-31T24:00:00Z", "2024-12-31T23:59:60Z", "2025-01-01T05:45:00+05:45"],
        ["2024-02-29T00:00:00Z", "2024-02-28T24:00:00", "2024-02-28T19:00:00-05:00"],
        ["-0044-03-15T00:00:00Z", "-0044-03-14T24:00:00Z"], ["2024-05-31"]
    ])
    func spellingsOfOneInstantAreKeptAsOne(spellings: [String]) throws {
        for text in spellings { #expect(try date(text).canonical == spellings[0], "\(text)") }
        #expect(try date(date(spellings[0]).canonical) == date(spellings[0]))
    }

    // An offset may lead into a year of ten digits, which nobody could read again.
    @Test func whatIsKeptCanBeReadAgain() throws {
        for text in ["+999999999-12-31T23:59:59-23:59", "-999999999-01-01T00:00:00+23:59"] {
            #expect(RecordDate(text) == nil)
        }
        for text in [
            "+999999999-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z", "0000-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00"
        ] {
            #expect(try date(date(text).canonical) == date(text), "\(text)")
        }
    }

    // Against Foundation's calendar, whose Gregorian one is the same from 1583 on.
    @Test func secondsAreThoseOfFoundation() throws {
        var random = SeededGenerator(seed: 7)
        let formatter = ISO8601DateFormatter()
        for _ in 0..<5_000 {
            let seconds = Int.random(in: -12_000_000_000...253_402_300_799, using: &random)
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(try date(text).secondsSinceEpoch == Double(seconds) && date(text).canonical == text, "\(text)")
        }
        for day in -140_000..<200_000 where day % 7 == 0 {
            let text = try date(formatter.string(from: Date(timeIntervalSince1970: Double(day) * 86_400))).canonical
                .prefix { $0 != "T" }
            #expect(try date(String(text)).secondsSinceEpoch == Double(day) * 86_400)
        }
    }

    @Test func aDayIsAllItsInstants() throws {
        let day = try date("2024-05-31")
        for text in ["2024-05-31T00:00:00Z", "2024-05-31T23:59:59.999Z", "2024-06-01T01:00:00+02:00", "2024-05-31"] {
            let inside = try date(text)
            #expect(
                inside.isIn(day) && !inside.isBefore(day) && !day.isBefore(inside) && inside.endsBy(day)
                    && inside.begins(at: day), "\(text)")
        }
        for text in ["2024-06-01T00:00:00Z", "2024-05-31T24:00:00Z", "2024-06-01"] {
            #expect(try day.isBefore(date(text)) && !date(text).isIn(day) && !date(text).endsBy(day), "\(text)")
        }
        for text in ["2024-05-30T23:59:59.9Z", "2024-05-31T00:00:00+00:01", "2024-05-30"] {
            #expect(try date(text).isBefore(day) && !date(text).isIn(day) && date(text).endsBy(day), "\(text)")
        }
        // A day is not before an instant in it, nor at or before it.
        let noon = try date("2024-05-31T12:00:00Z")
        #expect(
            !day.isBefore(noon) && !noon.isBefore(day) && !day.isIn(noon) && !day.endsBy(noon) && !day.begins(at: noon))
        #expect(try day.begins(at: date("2024-05-31T00:00:00Z")) && !day.isBefore(date("2024-05-31T00:00:00Z")))
    }

    private static let written = [
        "2024-05-31T13:45:00.123Z", "2024-05-31T13:45:00Z", "2024-05-31T13:45:00", "2024-05-31T13:45:00.5Z",
        "2024-05-31T13:45:00.50Z", "2024-05-31", "2024-05-31T15:45:00+02:00", "2024-05-30T23:59:59Z"
    ]

    // By letters `...00.123Z` is below `...00Z`, because a point is below a Z.
    @Test(arguments: [
        ("date<2024-05-31T13:45:00Z", [7]), ("date=2024-05-31T13:45:00.5Z", [3, 4]), ("date<2024-05-31T00:00:00Z", [7]),
        ("date=2024-05-31", [0, 1, 2, 3, 4, 5, 6]), ("date=2024-05-31T13:45:00Z", [1, 2, 6]),
        ("date>2024-05-31T13:45:00Z", [0, 3, 4]),
        ("date>=2024-05-31T00:00:00Z", [0, 1, 2, 3, 4, 5, 6]), ("date<=2024-05-31T13:45:00Z", [1, 2, 6, 7]),
        ("date<2024-05-31T15:45:00.2+02:00", [0, 1, 2, 6, 7]), ("date>2024-05-30", [0, 1, 2, 3, 4, 5, 6])
    ])
    func aConditionTakesWhatItSays(condition: String, numbers: [Int]) throws {
        try ToyWorld.with(changing: { $0.data.columns.date = "date" }) { world in
            let filter = try RecordFilter(condition, world.recipe)
            for (number, text) in Self.written.enumerated() {
                // As an earlier version kept it, and as it is kept now.
                for kept in [text, try date(text).canonical] {
                    let attributes = RecordAttributes(date: kept)
                    let record = Record(id: RecordID("r"), attributes: attributes, text: "t", label: 0)
                    #expect(filter.holds(record) == numbers.contains(number), "\(condition): \(kept)")
                }
            }
        }
    }

    @Test func aDateIsKeptInOneForm() throws {
        try ToyWorld.with(changing: { $0.data.columns.date = "date" }) { world in
            var (some, others) = (try ToyRecord.all(), try ToyRecord.all())
            for index in some.indices {
                some[index].date = "2024-05-31T15:45:00.50+02:00"
                others[index].date = "2024-05-31T13:45:00.5Z"
            }
            let one = try Snapshot(world.workspace("one", some))
            #expect(try one.differences(from: Snapshot(world.workspace("other", others))) == [])
        }
    }

    // Two forms of one word are one label in training, and so in a request.
    @Test func aLabelIsFoundInEitherForm() throws {
        try ToyWorld.with(changing: { $0.labels = ["caf\u{E9}", "b"] }) { world in
            let filter = try RecordFilter("label=cafe\u{301}", world.recipe)
            #expect(filter.holds(Record(id: RecordID("r"), text: "t", label: 0)))
            #expect(!filter.holds(Record(id: RecordID("r"), text: "t", label: 1)))
        }
    }
}
