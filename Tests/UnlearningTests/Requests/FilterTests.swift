import Foundation
import TestSupport
import Testing

@testable import Unlearning

/// Records are found by label and by date.
@Suite struct FilterTests {
    /// The toy records with a date each, but the last one; half of them with a time.
    private static func dated() throws -> [ToyRecord] {
        try ToyRecord.all().enumerated().map { index, record in
            var record = record
            let day = index % 9 + 1
            if index < 23 {
                record.date = "2024-0\(index % 3 + 1)-0\(day)" + (index.isMultiple(of: 2) ? "" : "T12:00:00Z")
            }
            return record
        }
    }

    private func with(_ body: (ToyWorld, Workspace, [ToyRecord]) throws -> Void) throws {
        try ToyWorld.with(changing: { $0.data.columns.date = "date" }) { world in
            let records = try Self.dated()
            try body(world, world.workspace("subject", records), records)
        }
    }

    @Test func everyConditionTakesExactlyWhatMeetsIt() throws {
        try with { world, subject, records in
            func day(_ record: ToyRecord) -> String? { record.date.map { String($0.prefix(10)) } }
            let conditions: [([String], (ToyRecord) -> Bool)] = [
                (["label=food"], { $0.label == "food" }),
                (["date<2024-02-01"], { ($0.date ?? "9") < "2024-02-01" }),
                (["date = 2024-02-02"], { day($0) == "2024-02-02" }),
                (["date<=2024-02-02"], { ($0.date.map { String($0.prefix(10)) } ?? "9") <= "2024-02-02" }),
                (["date>2024-02-02"], { (day($0) ?? "0") > "2024-02-02" }),
                (["date>=2024-02-02T13:00:00Z"], { ($0.date ?? "0") >= "2024-02-02T13:00:00Z" }),
                (["label=food", "date<2024-03-01"], { $0.label == "food" && ($0.date ?? "9") < "2024-03-01" })
            ]
            for (number, (texts, meets)) in conditions.enumerated() {
                let copy = try world.copy(subject, as: "copy-\(number)")
                let filters = try texts.map { try RecordFilter($0, world.recipe) }
                let gone = records.filter(meets)
                #expect(!gone.isEmpty && gone.count < records.count, "\(texts)")
                let planned = try copy.planDeletion(DeletionRequest(filters: filters))
                let report = try copy.delete(DeletionRequest(filters: filters))
                #expect(report.recordsDeleted == gone.count && planned.recordsDeleted == gone.count, "\(texts)")
                let truth = try Snapshot(world.workspace("truth-\(number)", records.without(gone)))
                #expect(try Snapshot(copy).differences(from: truth) == [], "\(texts)")
                #expect(throws: DeletionError.self) { try copy.delete(DeletionRequest(filters: filters)) }
            }
        }
    }

    @Test(arguments: [
        "", "label", "label=", "label<food", "label=Food", "owner=x", "date", "date=", "date<yesterday",
        "date<2024-13-01",
        "date<2023-02-29", "date==2024-01-01", "=food"
    ])
    func aConditionThatCannotBeReadIsRefused(text: String) throws {
        try with { world, _, _ in
            #expect(throws: DeletionError.self) { try RecordFilter(text, world.recipe) }
        }
    }

    @Test func aFilterStandsAloneAndDatesNeedAColumn() throws {
        try ToyWorld.with { world in
            let subject = try world.workspace("subject", ToyRecord.all())
            #expect(throws: DeletionError.self) { try RecordFilter("date<2024-01-01", world.recipe) }
            let food = try RecordFilter("label=food", world.recipe)
            #expect(throws: DeletionError.self) {
                try subject.delete(DeletionRequest(ids: [RecordID("toy-01")], filters: [food]))
            }
        }
    }

    @Test(arguments: [
        ("2024-05-31", true), ("2024-02-29", true), ("2023-02-29", false), ("2024-5-31", false), ("2024-05-31T", false),
        ("2024-05-31T13:45:00", true), ("2024-05-31T13:45:00Z", true), ("2024-05-31T13:45:00.25Z", true),
        ("2024-05-31T13:45:00+02:00", true), ("2024-05-31 13:45:00", true), ("", false), ("20240531", false),
        ("2024-05-31T24:00:00", true), ("2024-05-31T24:00:01", false), ("-024-05-31", false), ("٢٠٢٤-05-31", false),
        ("2024-05-31T13:45", true), ("2024-05-31T13", false), ("2024-05-31T13:45:00.", false),
        ("2024-05-31T13:45:61Z", false), ("2024-05-31T13:60:00Z", false), ("2024-05-31T13:45:00+24:00", false),
        ("2024-05-31T13:45:00+0230", true), ("2024-05-31T13:45:00-02", true), ("2024-05-31T13:45:00ZZ", false),
        ("2024-05-31Z", false), ("12024-01-01", false), ("+12024-01-01", true), ("-0044-03-15", true),
        ("-0000-01-01", false), ("0000-02-29", true), ("1900-02-29", false), ("2000-02-29", true)
    ])
    func aDateIsOneOrIsNone(text: String, isDate: Bool) { #expect(RecordDate.isValid(text) == isDate) }

    @Test func aDateThatIsNoneIsRefusedWithItsLine() throws {
        try ToyWorld.with(changing: { $0.data.columns.date = "date" }) { world in
            var records = try Self.dated()
            records[3].date = "May 20, 2012"
            let error = #expect(throws: RecordsError.self) { try world.workspace("subject", records) }
            #expect(error?.line == 4 && error?.column == "date" && error?.problem == .badDate)
        }
    }
}
