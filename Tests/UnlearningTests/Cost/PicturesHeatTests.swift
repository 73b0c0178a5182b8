import Foundation
import Testing

@testable import Unlearning

@Suite struct PicturesHeatTests {
    private func document(_ hits: [[Int]], title: String = "Hits", width: Int = 720) throws -> PicturesDocument {
        let heat = Heat(title: title, hits: hits)
        let svg = heat.svg(width: width)
        #expect(svg == heat.svg(width: width))
        let document = try PicturesDocument(svg)
        #expect(document.dangers.isEmpty)
        return document
    }

    @Test func aCellForEachSliceWithItsCount() throws {
        let document = try document([[0, 3, 0], [12, 0, 1]])
        let cells = document.elements.filter { $0.name == "rect" && ($0.attributes["class"] ?? "").hasPrefix("h") }
        let legend = HeatScale(most: 12).classes.count + 1
        #expect(cells.count == 6 + legend)
        #expect(cells.prefix(6).map { $0.attributes["class"] } == ["h0", "h2", "h0", "h8", "h0", "h1"])
        #expect(document.texts("text").filter { ["3", "12"].contains($0) }.count >= 2)
    }

    @Test func shardsMayHaveFewerSlices() throws {
        let document = try document([[1, 1, 1], [1], []])
        let legend = HeatScale(most: 1).classes.count + 1
        #expect(
            document.elements.count { ($0.attributes["class"] ?? "").hasPrefix("h") && $0.name == "rect" } == 4 + legend
        )
    }

    @Test func manyShardsAndSlicesAreAddedUp() throws {
        let hits = (0..<121).map { shard in (0..<200).map { shard + $0 } }
        let grid = HeatGrid(hits)
        #expect(grid.cells.count <= HeatGrid.most && grid.cells.allSatisfy { $0.count <= HeatGrid.most })
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
        for count in PicturesFixture.oddInts {
            for other in PicturesFixture.oddInts {
                _ = try document([[count, other], [other, .max], [.max, .max, .max]], width: 360)
            }
        }
        #expect(HeatGrid.sum([Int.max, 1, -5]) == Int.max)
        #expect(try document([]).texts("text").contains("no shards"))
        #expect(try document([[], []]).texts("text").contains("no shards"))
        #expect(try document([[-3, 2]]).texts("desc").first?.contains("below zero, drawn as none: 1") == true)
    }

    @Test(arguments: PicturesFixture.hostileNames)
    func titlesAreTextAndNothingElse(name: String) throws {
        _ = try document([[1]], title: name)
    }

    @Test(arguments: [1, 2, 7, 8, 9, 100, Int.max])
    func levelsFollowTheCounts(most: Int) {
        let scale = HeatScale(most: most)
        #expect(scale.level(0) == 0 && scale.level(most) == HeatScale.levels)
        #expect(scale.classes.first?.counts.lowerBound == 1 && scale.classes.last?.counts.upperBound == most)
        for (level, counts) in scale.classes {
            #expect(scale.level(counts.lowerBound) == level && scale.level(counts.upperBound) == level)
        }
        for (before, after) in zip(scale.classes, scale.classes.dropFirst()) {
            #expect(before.counts.upperBound + 1 == after.counts.lowerBound)
        }
    }

    @Test(arguments: [true, false])
    func moreIsFurtherFromThePaperAndCountsCanBeRead(dark: Bool) {
        let colors = (0...HeatScale.levels).map { HeatScale.color($0, dark: dark) }
        for (less, more) in zip(colors, colors.dropFirst()) {
            #expect(dark ? less.luminance < more.luminance : less.luminance > more.luminance)
        }
        for level in 0...HeatScale.levels {
            #expect(colors[level].contrast(HeatScale.ink(level, dark: dark)) >= 4.5)
        }
        #expect(Set(colors.map(\.hex)).count == colors.count)
    }
}
