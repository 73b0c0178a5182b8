import TestSupport

@testable import Unlearning

/// Draws the steps of a program.
///
/// It does not know what the workspace will hold, but what it has named so far: so requests are repeated, records come
/// back and ids are wrong often enough.
struct FuzzedStepMaker {
    private static let names = ["dsr-1", "dsr-2"]
    private static let ways = ["kill", "kill", "eio", "enospc", "short"]

    private var generator: SeededGenerator
    private var corpus: FuzzedCorpus
    private var shape: FuzzedShape
    /// Every record that was ever named, as it was last.
    private var known: [ToyRecord] = []
    private var deletions: [FuzzedDeletion] = []
    private var named = 0

    init(_ shape: FuzzedShape, _ corpus: FuzzedCorpus, _ generator: SeededGenerator) {
        (self.shape, self.corpus, self.generator) = (shape, corpus, generator)
    }

    mutating func firstRecords() -> [ToyRecord] {
        (0..<Int.random(in: 3...24, using: &generator)).map { _ in record() }
    }

    mutating func steps() -> [FuzzedStep] {
        (0..<Int.random(in: 3...9, using: &generator)).flatMap { _ in
            let steps = Int.random(in: 0..<16, using: &generator) == 0 ? comeback() : [step()]
            return steps.map { stopped($0) }
        }
    }

    /// Now and then a step that does not come to its end.
    private mutating func stopped(_ step: FuzzedStep) -> FuzzedStep {
        switch Int.random(in: 0..<16, using: &generator) {
        case 0...2: return .stop(named(step), .event(event()))
        case 3: return .stop(named(step), .commit)
        case 4:
            let way = Self.ways.randomElement(using: &generator) ?? "kill"
            return .stop(named(step), .call(Int.random(in: 1...90, using: &generator), way: way))
        default: return step
        }
    }

    /// Records go, one of them comes back corrected, and the first request is made again.
    private mutating func comeback() -> [FuzzedStep] {
        let gone = known.shuffled(using: &generator).prefix(Int.random(in: 1...2, using: &generator))
        let defers = Bool.random(using: &generator)
        let deletion = FuzzedDeletion(ids: gone.map(\.id), defersRepair: defers)
        guard var back = gone.first else { return [] }
        if Bool.random(using: &generator) { back.owner = FuzzedCorpus.owner(using: &generator) }
        return [.delete(deletion), .add([back]), .delete(deletion)]
    }

    private mutating func step() -> FuzzedStep {
        switch Int.random(in: 0..<24, using: &generator) {
        case 0...8: return .delete(deletion())
        case 9...10:
            return .deleteByAnswer(
                FuzzedChoice.allCases.randomElement(using: &generator) ?? .wrong,
                defersRepair: Bool.random(using: &generator))
        case 11...15: return .add(added())
        case 16: return .repair(hasTime: Bool.random(using: &generator))
        case 17: return .resume
        case 18...19:
            shape =
                Bool.random(using: &generator)
                ? FuzzedShape(using: &generator) : FuzzedShape(like: shape, using: &generator)
            return .change(shape)
        case 20: return .rotateKey
        case 21: return .reopen
        default: return .compare
        }
    }

    private mutating func deletion() -> FuzzedDeletion {
        if Int.random(in: 0..<5, using: &generator) == 0, let again = deletions.randomElement(using: &generator) {
            return again
        }
        var deletion = FuzzedDeletion()
        switch Int.random(in: 0..<12, using: &generator) {
        case 0...4: deletion.ids = ids(1)
        case 5...7: deletion.ids = ids(Int.random(in: 2...5, using: &generator))
        case 8: deletion.ids = ids(Int.random(in: 0...2, using: &generator)) + ["nobody"]
        case 9: deletion.owners = [owner(), owner()]
        case 10: (deletion.ids, deletion.owners) = (ids(1), [owner()])
        default: deletion.conditions = conditions()
        }
        deletion.takesDuplicates = Int.random(in: 0..<4, using: &generator) == 0
        deletion.defersRepair = Int.random(in: 0..<3, using: &generator) == 0
        if Int.random(in: 0..<6, using: &generator) == 0 { deletion.name = Self.names.randomElement(using: &generator) }
        deletions.append(deletion)
        return deletion
    }

    /// Ids of records; the same one may stand twice.
    private mutating func ids(_ count: Int) -> [String] {
        (0..<count).compactMap { _ in known.randomElement(using: &generator)?.id }
    }

    private mutating func owner() -> String { FuzzedCorpus.owners.randomElement(using: &generator) ?? "ada" }

    private mutating func conditions() -> [String] {
        var conditions: [String] = []
        if Bool.random(using: &generator) { conditions.append("label=" + FuzzedCorpus.label(using: &generator)) }
        if corpus.hasDates, conditions.isEmpty || Bool.random(using: &generator) {
            let sign = ["<", "<=", "=", ">=", ">"].randomElement(using: &generator) ?? "="
            conditions.append("date" + sign + FuzzedCorpus.day(using: &generator))
        }
        return conditions.isEmpty ? ["label=food"] : conditions
    }

    private mutating func added() -> [ToyRecord] {
        var records = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            Bool.random(using: &generator) ? record() : returning() ?? record()
        }
        if Int.random(in: 0..<3, using: &generator) > 0 {
            var seen: Set<RecordID> = []
            records.removeAll { !seen.insert($0.recordID).inserted }
        }
        return records
    }

    /// One that was deleted, as a rule, as it was or corrected.
    private mutating func returning() -> ToyRecord? {
        let gone = Set(deletions.flatMap(\.recordIDs))
        let old = known.filter { gone.contains($0.recordID) }.randomElement(using: &generator)
        guard var record = old ?? known.randomElement(using: &generator) else { return nil }
        if Int.random(in: 0..<3, using: &generator) == 0 { record.text = corpus.text(using: &generator) }
        if Int.random(in: 0..<3, using: &generator) == 0 { record.owner = FuzzedCorpus.owner(using: &generator) }
        if Int.random(in: 0..<3, using: &generator) == 0 { record.label = FuzzedCorpus.label(using: &generator) }
        return record
    }

    private mutating func record() -> ToyRecord {
        let hasTwin = Int.random(in: 0..<5, using: &generator) == 0
        let record = corpus.record(like: hasTwin ? known.randomElement(using: &generator) : nil, using: &generator)
        known.append(record)
        return record
    }

    /// Early ones are more likely: most trainings have few.
    private mutating func event() -> Int {
        Int.random(in: 0...Int.random(in: 0...20, using: &generator), using: &generator)
    }

    /// With a name, by which it is known again after its process was killed.
    private mutating func named(_ step: FuzzedStep) -> FuzzedStep {
        guard case .delete(var deletion) = step, deletion.name == nil else { return step }
        named += 1
        deletion.name = "stopped-\(named)"
        return .delete(deletion)
    }
}
