import TestSupport
import Testing

@testable import Unlearning

/// How often each stage visits each record (Bourtoule et al. 2021, equation 1).
@Suite struct StageTests {
    private func recipe(epochs: Double, slices: Int) -> Recipe {
        var recipe = Recipe(name: "", backbone: "", data: Recipe.DataSource(train: []), labels: ["a", "b"])
        recipe.epochs = epochs
        recipe.slices = slices
        return recipe
    }

    /// `count` records in every slice.
    private func planRecords(_ count: Int, slices: Int, seed: UInt64 = 1) -> [PlanRecord] {
        var generator = SeededGenerator(seed: seed)
        return (0..<slices).flatMap { slice in
            (0..<count).map {
                PlanRecord(id: RecordID("\(slice)-\($0)"), cell: Cell(shard: 0, slice: slice), rank: generator.next())
            }
        }
    }

    private func passes(_ recipe: Recipe, _ records: [PlanRecord]) -> [Int] {
        (0..<recipe.slices).map { Stage($0, of: recipe, shard: 0).recordPasses(records) }
    }

    @Test(arguments: [1, 2, 3, 4, 16, 50], [0.25, 1, 2.5, 20])
    func allStagesTogetherVisitAsManyEqualSlicesAsTheEpochsDo(slices: Int, epochs: Double) {
        let stages = (0..<slices).map { Stage($0, of: recipe(epochs: epochs, slices: slices), shard: 0) }
        // Stage j has j slices, and every stage the same epochs.
        #expect(Set(stages.map(\.epochs)).count == 1)
        let visited = stages.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element.epochs }
        #expect(abs(visited - epochs * Double(slices)) < 1e-9 * visited)
        #expect(stages.allSatisfy { Double($0.wholePasses) <= $0.epochs && $0.epochs < Double($0.wholePasses + 1) })
    }

    @Test(arguments: [(1, 1.0, 1), (1, 5, 5), (3, 2, 1), (3, 4, 2), (4, 7.5, 3), (9, 20, 4)])
    func wholeEpochsAddUpToTheBudgetExactly(slices: Int, epochs: Double, each: Int) {
        let recipe = recipe(epochs: epochs, slices: slices)
        let found = passes(recipe, planRecords(10, slices: slices))
        #expect(found == (1...slices).map { each * 10 * $0 })
        #expect(Double(found.reduce(0, +)) == epochs * Double(10 * slices))
    }

    @Test(arguments: [(4, 3.5), (4, 6.0), (5, 20.0), (7, 5.0)], UInt64(0)..<3)
    func fractionalEpochsAddUpToTheBudgetWithinFiveSigma(shape: (slices: Int, epochs: Double), seed: UInt64) {
        let recipe = recipe(epochs: shape.epochs, slices: shape.slices)
        let found = passes(recipe, planRecords(500, slices: shape.slices, seed: seed)).reduce(0, +)
        let each = 2 * shape.epochs / Double(shape.slices + 1)
        let rest = each - each.rounded(.down)
        let draws = Double(500 * shape.slices * (shape.slices + 1) / 2)
        let expected = shape.epochs * Double(500 * shape.slices)
        #expect((Double(found) - expected).magnitude <= 5 * (draws * rest * (1 - rest)).squareRoot())
    }

    @Test(arguments: [4, 16, 50])
    func belowOneEpochAStageTakesItsNewSliceWholeAndThinsTheOthers(slices: Int) {
        let recipe = recipe(epochs: 1, slices: slices)
        let records = planRecords(200, slices: slices)
        let each = 2 / Double(slices + 1)
        for (stage, found) in passes(recipe, records).enumerated() {
            let others = Double(200 * stage)
            let sigma = (others * each * (1 - each)).squareRoot()
            #expect((Double(found - 200) - others * each).magnitude <= 5 * sigma)
        }
    }

    @Test(arguments: 1...60)
    func noStageIsWithoutPassesAndNoRecordIsLost(slices: Int) {
        for epochs in [0.1, 1.0, 20.0] {
            let recipe = recipe(epochs: epochs, slices: slices)
            let records = planRecords(2, slices: slices)
            #expect(passes(recipe, records).allSatisfy { $0 >= 2 })
            for record in records {
                #expect(Stage(record.slice, of: recipe, shard: 0).visits(record))
                for earlier in 0..<record.slice {
                    #expect(!Stage(earlier, of: recipe, shard: 0).visits(record))
                }
            }
        }
    }

    @Test(arguments: [0.5, 1, 3.5, 6])
    func takingRecordsAwayMovesNoOther(epochs: Double) {
        let recipe = recipe(epochs: epochs, slices: 4)
        let records = planRecords(30, slices: 4)
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<10 {
            let left = records.filter { _ in Bool.random(using: &generator) }
            let names = Set(left.map(\.id))
            for index in 0..<4 {
                let stage = Stage(index, of: recipe, shard: 0)
                for pass in 0..<stage.passes {
                    let all = stage.order(pass: pass, records).map { records[$0].id }
                    #expect(stage.order(pass: pass, left).map { left[$0].id } == all.filter(names.contains))
                }
            }
        }
    }

    @Test func theOrderOfTheListChangesNoOrderOfTraining() {
        let recipe = recipe(epochs: 3.5, slices: 4)
        let records = planRecords(30, slices: 4)
        var generator = SeededGenerator(seed: 4)
        let shuffled = records.shuffled(using: &generator)
        let stage = Stage(3, of: recipe, shard: 2)
        for pass in 0..<stage.passes {
            #expect(
                stage.order(pass: pass, records).map { records[$0].id }
                    == stage.order(pass: pass, shuffled).map { shuffled[$0].id })
        }
    }

    @Test func passesStagesShardsAndSeedsHaveOrdersOfTheirOwn() {
        var recipe = recipe(epochs: 6, slices: 2)
        let records = planRecords(20, slices: 1)
        var orders: [[Int]] = []
        for shard in 0..<2 {
            for stage in 0..<2 {
                let stage = Stage(stage, of: recipe, shard: shard)
                orders += (0..<stage.passes).map { stage.order(pass: $0, records) }
            }
        }
        recipe.seed += 1
        orders.append(Stage(0, of: recipe, shard: 0).order(pass: 0, records))
        #expect(Set(orders).count == orders.count)
        #expect(orders.allSatisfy { $0.sorted() == Array(0..<20) })
    }

    // Of a hundred records that two stages take with a chance of 0.4, by draws of their own, the same ones are taken
    // with one of 10^-28.
    @Test func stagesAndShardsAndSeedsThinByDrawsOfTheirOwn() {
        var recipe = recipe(epochs: 1, slices: 4)
        let records = planRecords(100, slices: 1)
        var taken = (1..<4).map { Stage($0, of: recipe, shard: 0).order(pass: 0, records).sorted() }
        taken.append(Stage(1, of: recipe, shard: 1).order(pass: 0, records).sorted())
        recipe.seed += 1
        taken.append(Stage(1, of: recipe, shard: 0).order(pass: 0, records).sorted())
        #expect(Set(taken).count == taken.count && taken.allSatisfy { 20..<60 ~= $0.count })
    }

    @Test func passesCountedAreTheRecordsInTheOrders() {
        let recipe = recipe(epochs: 3.5, slices: 4)
        let records = planRecords(25, slices: 4)
        for index in 0..<4 {
            let stage = Stage(index, of: recipe, shard: 1)
            let sum = (0..<stage.passes).reduce(0) { $0 + stage.order(pass: $1, records).count }
            #expect(stage.recordPasses(records) == sum)
            #expect(stage.recordPasses(records.filter { $0.slice != index }) == 0)
        }
    }
}
