import Foundation
import TestSupport
import Testing

@testable import Charts

@Suite struct ChartTests {
    private static let points = [(x: 1.0, y: 10.0), (x: 2, y: 20), (x: 4, y: 15)]
    private static let styles: [Chart.Style] = [.line, .dashed, .points, .band(low: [9, 18, 12], high: [12, 22, 20])]

    private static func chart(
        _ points: [(x: Double, y: Double)], _ style: Chart.Style = .line, _ scale: Chart.Scale = .linear,
        name: String = "J"
    ) -> Chart {
        Chart(
            title: "Cost \(name)", x: .init(label: "K \(name)", unit: "deletions", scale: scale),
            y: .init(label: "cost", unit: name, scale: scale), series: [.init(name: name, points: points, style: style)]
        )
    }

    private func document(_ chart: Chart, width: Int = 720) throws -> MarkupDocument {
        let svg = chart.svg(width: width)
        #expect(svg == chart.svg(width: width))
        let document = try MarkupDocument(svg)
        #expect(document.dangers.isEmpty)
        for place in ["NaN", "nan", "inf"] {
            #expect(document.elements.allSatisfy { !($0.attributes["d"] ?? "").contains(place) })
        }
        return document
    }

    @Test func aChartSaysWhatItIs() throws {
        let series = Self.styles.map { Chart.Series(name: "series \($0)", points: Self.points, style: $0) }
        let document = try document(
            Chart(title: "Cost", x: .init(label: "K", unit: ""), y: .init(label: "", unit: "s"), series: series))
        let root = try #require(document.elements.first)
        #expect(root.attributes["role"] == "img")
        #expect(root.attributes["aria-labelledby"] == "chart-title chart-words")
        #expect(document.texts("title") == ["Cost"])
        #expect(document.texts("text").contains("K"))
        let words = try #require(document.texts("desc").first)
        for kind in ["line", "dashed line", "points", "band"] { #expect(words.contains("\(kind), 3 values")) }
        let style = document.texts("style").joined()
        let dark = style.components(separatedBy: "prefers-color-scheme").count - 1
        #expect(
            dark > 0 && style.components(separatedBy: "@media screen and (prefers-color-scheme:dark)").count - 1 == dark
        )
    }

    @Test func theLegendNamesEverySeries() throws {
        let series = (0..<20).map {
            Chart.Series(name: "series \($0)", points: Self.points, style: Self.styles[$0 % 4])
        }
        for width in [280, 360, 720] {
            let chart = Chart(title: "", x: .init(label: "", unit: ""), y: .init(label: "", unit: ""), series: series)
            let texts = try document(chart, width: width).texts("text")
            for name in series.map(\.name) { #expect(texts.contains(name)) }
        }
    }

    private func visible(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { (0x21..<0x7F).contains($0.value) }
    }

    @Test(arguments: OddValues.hostileNames)
    func namesAreTextAndNothingElse(name: String) throws {
        let document = try document(Self.chart(Self.points, name: name))
        let title = try #require(document.texts("title").first)
        #expect(visible(title) == visible("Cost \(name)"))
        #expect(!title.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }

    @Test func valuesWithoutAPlaceAreLeftOutAndCounted() throws {
        let points = [(x: 1.0, y: 1.0), (x: 2, y: .nan), (x: .infinity, y: 3), (x: 4, y: 4), (x: 5, y: -1)]
        let linear = try document(Self.chart(points))
        #expect(linear.texts("desc").first?.contains("3 values. Not drawn") == true)
        #expect(linear.texts("desc").first?.hasSuffix("axis: 2 values.") == true)
        let logarithmic = try document(Self.chart(points, .line, .logarithmic))
        #expect(logarithmic.texts("desc").first?.hasSuffix("axis: 3 values.") == true)
        let whole = try document(Self.chart(Self.points))
        #expect(whole.texts("desc").first?.contains("Not drawn") == false)
    }

    @Test func aGapPartsALine() throws {
        let points = [(x: 1.0, y: 1.0), (x: 2, y: 2), (x: 3, y: .nan), (x: 4, y: 4), (x: 5, y: 5)]
        let paths = try document(Self.chart(points)).elements.filter { $0.attributes["stroke-width"] == "2" }
        #expect(paths.first?.attributes["d"]?.count { $0 == "M" } == 2)
    }

    @Test func aBandWithoutBothEdgesIsNotDrawn() throws {
        let chart = Self.chart(Self.points, .band(low: [1, 2], high: [3]))
        #expect(try document(chart).texts("desc").first?.hasSuffix("axis: 2 values.") == true)
    }

    @Test func noDataIsSaid() throws {
        let axis = Chart.Axis(label: "", unit: "")
        #expect(try document(Chart(title: "", x: axis, y: axis, series: [])).texts("text").contains("no data"))
        #expect(try document(Self.chart([])).texts("text").contains("no values that can be drawn"))
        #expect(try document(Self.chart([(.nan, 1)])).texts("text").contains("no values that can be drawn"))
    }

    @Test(arguments: [Chart.Scale.linear, .logarithmic])
    func oddNumbersDoNotTrap(scale: Chart.Scale) throws {
        for x in OddValues.oddNumbers {
            for y in OddValues.oddNumbers {
                let points = [(x: x, y: y), (x: y, y: x)]
                for style in [.line, .points, Chart.Style.band(low: [y, x], high: [x, y])] {
                    _ = try document(Self.chart(points, style, scale), width: 360)
                }
            }
        }
    }

    @Test func widthsAreKeptInReason() throws {
        for width in OddValues.oddInts {
            let wide = try document(Self.chart(Self.points), width: width).elements.first?.attributes["width"]
            #expect((280...4000).contains(try #require(Double(wide ?? ""))))
        }
    }

    @Test func everythingDrawnIsInsideThePicture() throws {
        var draws = OddValues.Draws(state: 9)
        for width in [280, 360, 720] {
            let points = (0..<50).map { _ in
                (x: Double.random(in: 1...9e5, using: &draws), y: Double.random(in: -1e7...1e7, using: &draws))
            }
            let names = [
                "J", "Q: one by one", "J: one batch, 3 standard errors", String(repeating: "long name ", count: 20)
            ]
            let series = names.map { Chart.Series(name: $0, points: points, style: .points) }
            let axis = Chart.Axis(label: String(repeating: "long label ", count: 20), unit: "record-passes")
            let title = String(repeating: "long title ", count: 30)
            let document = try document(Chart(title: title, x: axis, y: axis, series: series), width: width)
            let height = try #require(Double(document.elements.first?.attributes["height"] ?? ""))
            for element in document.elements where element.name == "text" {
                let x = try #require(Double(element.attributes["x"] ?? ""))
                let y = try #require(Double(element.attributes["y"] ?? ""))
                let size = try #require(Double(element.attributes["font-size"] ?? ""))
                let length = TextWidth.of(element.text, size: size)
                let (before, after) =
                    switch element.attributes["text-anchor"] {
                    case "middle": (length / 2, length / 2)
                    case "end": (length, 0)
                    default: (0, length)
                    }
                #expect(x - before >= 0 && x + after <= Double(width) && y > 0 && y < height, "\(element.text)")
            }
        }
    }

    @Test func manyPointsStayASmallPicture() throws {
        var draws = OddValues.Draws(state: 4)
        let points = (0..<100_000).map { (x: Double($0), y: Double.random(in: 0...1, using: &draws)) }
        for style in [Chart.Style.line, .points] {
            let svg = Self.chart(points, style).svg()
            #expect(svg.utf8.count < 600_000)
            #expect(try MarkupDocument(svg).texts("desc").first?.contains("100,000 values") == true)
        }
    }
}
