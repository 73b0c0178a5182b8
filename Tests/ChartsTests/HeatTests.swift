import Foundation
import TestSupport
import Testing

@testable import Charts

@Suite struct HeatTests {
    private func document(_ hits: [[Int]], title: String = "Hits", width: Int = 720) throws -> MarkupDocument {
        let heat = Heat(title: title, hits: hits)
        let svg = heat.svg(width: width)
        #expect(svg == heat.svg(width: width))
        let document = try MarkupDocument(svg)
        #expect(document.dangers.isEmpty)
        return document
    }

    @Test func aCellForEachSliceWithItsCount() throws {
        let document = try document([[0, 3, 0], [12, 0, 1]])
        let cells = document.elements.filter { $0.name == "rect" && ($0.attributes["class"] ?? "").hasPrefix("h") }
        let legend = HeatScale(greatest: 12).classes.count + 1
        #expect(cells.count == 6 + legend)
        #expect(cells.prefix(6).map { $0.attributes["class"] } == ["h0", "h2", "h0", "h8", "h0", "h1"])
        #expect(document.texts("text").filter { ["3", "12"].contains($0) }.count >= 2)
    }

    @Test func shardsMayHaveFewerSlices() throws {
        let document = try document([[1, 1, 1], [1], []])
        let legend = HeatScale(greatest: 1).classes.count + 1
        #expect(
            document.elements.count { ($0.attributes["class"] ?? "").hasPrefix("h") && $0.name == "rect" } == 4 + legend
        )
    }

    @Test func manyShardsAndSlicesAreAddedUp() throws {
        let hits = (0..<121).map { shard in (0..<200).map { shard + $0 } }
        let grid = HeatGrid(hits)
        #expect(grid.cells.count <= HeatGrid.maxSide && grid.cells.allSatisfy { $0.count <= HeatGrid.maxSide })
        #expect(HeatGrid.sum(grid.cells.joined().compactMap { $0 }) == HeatGrid.sum(hits.joined()))
        let first = hits.prefix(3).flatMap { $0.prefix(4) }
        #expect(grid.cells.first?.first == first.reduce(0, +))
        #expect(Heat(title: "", hits: hits).caption.contains("3 shards x 4 slices"))
        #expect(Heat(title: "", hits: [[1]]).caption == "Each cell is one slice of one shard.")
        _ = try document(hits)
    }

    @Test func sixtyIsNotAddedUp() {
        #expect(!HeatGrid(Array(repeating: Array(repeating: 1, count: 60), count: 60)).isAddedUp)
        #expect(HeatGrid(Array(repeating: [1], count: 61)).isAddedUp)
    }

    @Test func oddCountsDoNotTrap() throws {
        for count in OddValues.oddInts {
            for other in OddValues.oddInts {
                _ = try document([[count, other], [other, .max], [.max, .max, .max]], width: 360)
            }
        }
        #expect(HeatGrid.sum([Int.max, 1, -5]) == Int.max)
        #expect(try document([]).texts("text").contains("no shards"))
        #expect(try document([[], []]).texts("text").contains("no shards"))
        #expect(try document([[-3, 2]]).texts("desc").first?.contains("below zero, drawn as none: 1") == true)
    }

    @Test(arguments: OddValues.hostileNames)
    func titlesAreTextAndNothingElse(name: String) throws {
        _ = try document([[1]], title: name)
    }

    @Test(arguments: [1, 2, 7, 8, 9, 100, Int.max])
    func levelsFollowTheCounts(greatest: Int) {
        let scale = HeatScale(greatest: greatest)
        #expect(scale.level(0) == 0 && scale.level(greatest) == HeatScale.levels)
        #expect(scale.classes.first?.counts.lowerBound == 1 && scale.classes.last?.counts.upperBound == greatest)
        for (level, counts) in scale.classes {
            #expect(scale.level(counts.lowerBound) == level && scale.level(counts.upperBound) == level)
        }
        for (before, after) in zip(scale.classes, scale.classes.dropFirst()) {
            #expect(before.counts.upperBound + 1 == after.counts.lowerBound)
        }
    }

    @Test(arguments: [true, false])
    func moreIsFurtherFromThePaperAndCountsCanBeRead(dark: Bool) throws {
        let colors = dark ? Palette.darkHeat : Palette.heat
        #expect(colors.count == HeatScale.levels + 1 && Set(colors).count == colors.count)
        let luminances = try colors.map(luminance)
        for (less, more) in zip(luminances, luminances.dropFirst()) { #expect(dark ? less < more : less > more) }
        for (level, paper) in luminances.enumerated() {
            let ink = try luminance(dark ? Palette.darkInk(level) : Palette.ink(level))
            #expect((max(paper, ink) + 0.05) / (min(paper, ink) + 0.05) >= 4.5)
        }
    }

    /// The relative luminance of a colour such as "#0072b2", from 0 to 1, as the Web Content Accessibility Guidelines
    /// define it.
    private func luminance(_ color: String) throws -> Double {
        try #require(color.count == 7 && color.first == "#")
        let value = try #require(Int(color.dropFirst(), radix: 16))
        func linear(_ shift: Int) -> Double {
            let part = Double(value >> shift & 255) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
    }
}
