import Foundation
import TestSupport
import Testing

@testable import Charts
@testable import Costs

@Suite struct CostPageTests {
    /// Every field has a value, and no two numbers are equal.
    private static func fullPage(name: String = "reviews", odd: Double? = nil, count: Int? = nil) -> CostPage {
        var last = 1000.5
        func number() -> Double {
            last += 17.25
            return odd ?? last
        }
        func integer() -> Int {
            last += 1
            return count ?? Int(last)
        }
        func points(_ number: Int, error: Double = 0) -> [CostPage.Point] {
            (0..<number).map {
                .init(x: odd ?? Double($0 + 1), y: odd ?? last + Double($0) * 31.5, standardError: error)
            }
        }
        var page = CostPage(name: name, date: "date \(name)", machine: "machine \(name)")
        page.totals.records = integer()
        page.totals.shards = integer()
        page.totals.slices = integer()
        page.totals.deletions = integer()
        page.totals.observedPasses = number()
        page.totals.predictedPasses = number()
        page.totals.standardError = number()
        page.totals.fractionOfFullRetrain = odd ?? 0.03125
        page.totals.seconds = number()
        page.totals.influenceFreeP50 = number()
        page.totals.influenceFreeP99 = number()
        page.totals.bytesWritten = integer()
        page.totals.peakMemoryBytes = integer()
        page.hits = [[0, count ?? 3, 1], [12, 0]]
        var curve = CostPage.Curve()
        curve.batch = points(5, error: number())
        curve.measuredBatch = points(3) + points(2)
        curve.sequential = points(4, error: number())
        curve.measuredSequential = points(2)
        curve.fullRetrain = points(5)
        curve.note = "note \(name)"
        page.curve = curve
        page.times = .init(points: points(6), fit: .init(intercept: number(), slope: number(), r2: odd ?? 0.9921875))
        page.accuracy = [2, 20].map {
            .init(
                shards: count ?? $0, slices: integer(), ensemble: odd ?? 0.9375, standardError: odd ?? 0.0078125,
                constituent: odd ?? 0.8125, inferenceFactor: number())
        }
        page.storage = [
            .init(
                shards: integer(), slices: integer(), keep: "keep \(name)", checkpoints: integer(),
                rawBytesPerCheckpoint: number(), storedBytesPerCheckpoint: number(), totalBytes: number())
        ]
        page.runs = [
            .init(
                kind: "kind \(name)", time: "time \(name)", records: integer(), recordPasses: number(),
                predictedPasses: number(), seconds: number(), predictedSeconds: number())
        ]
        page.earlierRuns = count ?? 125
        page.notes = ["another note \(name)"]
        return page
    }

    private func document(_ page: CostPage) throws -> MarkupDocument {
        let html = page.html()
        #expect(html == page.html())
        #expect(html.hasPrefix("<!DOCTYPE html>\n"))
        let document = try MarkupDocument(html)
        #expect(document.dangers.isEmpty)
        let ids = document.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
        let named = document.elements.flatMap {
            ($0.attributes["aria-labelledby"] ?? "").split(separator: " ").map(String.init)
        }
        #expect(Set(named).isSubset(of: ids))
        return document
    }

    @Test func everyNumberStandsInATable() throws {
        let page = Self.fullPage()
        let document = try document(page)
        let shown = Set(
            document.elements.filter { $0.name == "data" }.compactMap { Double($0.attributes["value"] ?? "") })
        let model = Model(page)
        #expect(model.numbers.count > 60)
        for (path, value) in model.numbers where path != "earlierRuns" {
            // Standard errors are shown three at a time.
            let expected = path.hasSuffix("standardError") && value != 0 ? 3 * value : value
            #expect(value == 0 || shown.contains(expected), "\(path) = \(value)")
        }
        let text = document.texts("body").joined()
        for (path, value) in model.strings { #expect(text.contains(value), "\(path)") }
        #expect(document.texts("caption").contains { $0.contains("125 earlier ones") })
    }

    @Test func theHitsCanBeReadBackFromTheirTable() throws {
        let page = Self.fullPage()
        let document = try document(page)
        let start = try #require(
            document.elements.firstIndex { $0.name == "caption" && $0.text.hasPrefix("Deletions by the slice") })
        let cells = document.elements[start...].prefix { $0.name != "section" }.filter { $0.name == "td" }.map(\.text)
        // A row's cells after its name: slices, deletions, and where they started.
        let rows = stride(from: 0, to: cells.count, by: 3).map { first -> [Int] in
            var row = Array(repeating: 0, count: Int(cells[first]) ?? 0)
            for entry in cells[first + 2].split(separator: ", ") {
                let parts = entry.split(separator: ": ").compactMap { Int($0) }
                row[parts[0] - 1] = parts[1]
            }
            return row
        }
        #expect(rows == page.hits)
    }

    @Test func aPageWithoutDataSaysWhy() throws {
        let document = try document(CostPage(name: "n", date: "d", machine: "m"))
        let sections = document.elements.filter { $0.name == "section" }
        #expect(sections.count == 7)
        #expect(sections.allSatisfy { $0.text.count > 60 })
        #expect(document.texts("svg").isEmpty && document.texts("table").isEmpty)
    }

    @Test func everyPictureHasItsNumbersAndItsWords() throws {
        let document = try document(Self.fullPage())
        let pictures = document.elements.filter { $0.name == "figure" }
        #expect(pictures.count == 5)
        #expect(document.texts("svg").count == 2 * pictures.count)
        #expect(document.texts("desc").allSatisfy { !$0.isEmpty })
        #expect(document.texts("figcaption").allSatisfy { $0.count > 80 })
        for section in document.texts("section") { #expect(!section.contains("No ")) }
        #expect(document.texts("table").count >= pictures.count)
    }

    @Test(arguments: OddValues.hostileNames)
    func namesAreTextAndNothingElse(name: String) throws {
        _ = try document(Self.fullPage(name: name))
    }

    @Test func oddNumbersDoNotTrap() throws {
        for odd in OddValues.oddNumbers { _ = try document(Self.fullPage(odd: odd)) }
        for count in OddValues.oddInts { _ = try document(Self.fullPage(count: count)) }
    }

    /// Places of the marks: on a linear axis of ten thousand, points of ten to a hundred would lie on one line.
    @Test func measuredPointsHaveRoomBesideALargeRetrain() throws {
        var curve = CostPage.Curve()
        curve.batch = (1...20).map { .init(x: Double($0), y: 12 * Double($0), standardError: 6) }
        curve.measuredSequential = (1...5).map { .init(x: Double($0), y: 11 * Double($0)) }
        curve.fullRetrain = (1...20).map { .init(x: Double($0), y: 10_000) }
        func heights() throws -> [Double] {
            let svg = curve.chart.svg(id: "a", width: 688, embedded: true)
            return svg.matches(of: /translate\(([\d.]+) ([\d.]+)\)"/).compactMap { Double($0.2) }
        }
        let high = try heights()
        #expect(high.count == 6 && high[0] - high[4] > 60, "\(high)")
        // No measured point is left out for an axis that has no place for it.
        curve.measuredSequential[0].y = 0
        #expect(try heights().count == 6)
        for scale in [Chart.Scale(for: [1, 29]), Chart.Scale(for: [1, 1000], marks: [0, 5]), Chart.Scale(for: [])] {
            #expect(scale == .linear)
        }
        #expect(Chart.Scale(for: [0, 1, 31], marks: [1]) == .logarithmic)
    }

    @Test func theTimesOfRunsOfVeryDifferentSizesHaveRoom() throws {
        let points = [2.0, 8, 40, 900, 4000].map { CostPage.Point(x: $0, y: 0.01 + 0.001 * $0) }
        let times = CostPage.Times(points: points, fit: .init(intercept: 0.01, slope: 0.001, r2: 1))
        let svg = times.chart.svg(id: "a", width: 688, embedded: true)
        let places = svg.matches(of: /translate\(([\d.]+) ([\d.]+)\)"/).prefix(5).compactMap { Double($0.1) }
        #expect(places.count == 5 && zip(places, places.dropFirst()).allSatisfy { $1 - $0 > 40 }, "\(places)")
        // Times that are all of one size, or runs that trained nothing, do not part the axes' kinds.
        #expect(times.chart.x.scale == .logarithmic && times.chart.y.scale == .logarithmic)
        let flat = CostPage.Times(points: points.map { CostPage.Point(x: $0.x, y: 1) }).chart
        #expect(flat.x.scale == .logarithmic && flat.y.scale == .logarithmic)
        let empty = CostPage.Times(points: points + [CostPage.Point(x: 0, y: 0.01)]).chart
        #expect(empty.x.scale == .linear && empty.y.scale == .linear)
    }

    /// A narrow screen hides the header of a wide table and shows each cell behind its column's name.
    @Test func everyCellOfAWideTableHasItsColumnsName() throws {
        let document = try document(Self.fullPage())
        var header: [String] = []
        var cells: [String?] = []
        var tables = 0
        func check() {
            guard !cells.isEmpty else { return }
            let isWide = header.count > 3
            #expect(cells == (0..<cells.count).map { isWide ? header[$0 % header.count] : nil })
            if isWide { tables += 1 }
            (header, cells) = ([], [])
        }
        for element in document.elements {
            let scope = element.attributes["scope"]
            if element.name == "table" { check() }
            if element.name == "th", scope == "col" { header.append(element.text) }
            if element.name == "td" || scope == "row" { cells.append(element.attributes["data-label"]) }
        }
        check()
        #expect(tables >= 4)
        #expect(document.texts("style").joined().contains(".stack thead{display:none}"))
    }

    @Test func thereIsALayoutForDarkScreensForPaperAndForPhones() throws {
        let style = try document(Self.fullPage()).texts("style").joined()
        for rule in ["@media screen and (prefers-color-scheme:dark)", "@media print", "@media screen and (max-width"] {
            #expect(style.contains(rule))
        }
        #expect(style.count { $0 == "{" } == style.count { $0 == "}" })
    }

    /// All numbers and texts of a value, each with the names of the fields that lead to it.
    private struct Model {
        var numbers: [(path: String, value: Double)] = []
        var strings: [(path: String, value: String)] = []

        init(_ page: CostPage) {
            for child in Mirror(reflecting: page).children where child.label != "hits" {
                add(child.value, child.label ?? "")
            }
        }

        private mutating func add(_ value: Any, _ path: String) {
            switch value {
            case let number as Double: numbers.append((path, number))
            case let number as Int: numbers.append((path, Double(number)))
            case let text as String: strings.append((path, text))
            default:
                for child in Mirror(reflecting: value).children { add(child.value, "\(path).\(child.label ?? "")") }
            }
        }
    }
}
