import Foundation
import TestSupport

@testable import Unlearning

/// Runs a program at a workspace, beside a model of it, and finds where they differ.
struct FuzzedRun {
    /// One sentence; the steps after it would tell nothing.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    let program: FuzzedProgram
    var world: ToyWorld
    var model: FuzzedModel
    var subject: Workspace
    let faults: Faults?

    /// Runs all of a program; nil: nothing was wrong.
    static func fault(of program: FuzzedProgram, _ faults: Faults?) -> String? {
        var place = "the first training"
        do {
            try ToyWorld.with(changing: program.change) { world in
                var run = try FuzzedRun(program, world, faults)
                for (number, step) in program.steps.enumerated() {
                    place = "step \(number + 1)"
                    try run.take(step)
                }
                place = "the end"
                try run.finish()
            }
            return nil
        } catch {
            return "\(place): \(error)"
        }
    }

    private init(_ program: FuzzedProgram, _ world: ToyWorld, _ faults: Faults?) throws {
        self.program = program
        self.world = world
        self.faults = faults
        model = FuzzedModel(program.records, refuses: program.refusesDeleted)
        let sources = TrainingSources(
            backbone: world.backbone, files: [try world.file("records.jsonl", program.records)], key: world.key)
        let copy = FuzzedCopy(world.root("subject"), to: world.root("copy"), at: program.firstStop ?? -1)
        subject = try Workspace.train(world.recipe, sources, at: world.root("subject"), progress: copy.progress)
            .workspace
        if try copy.replace() {
            subject = try Workspace(at: world.root("subject"))
            model.needsTraining = true
        }
    }

    mutating func take(_ step: FuzzedStep) throws {
        // What a killed process left is not known; whoever reads records says so, and is told to repair first.
        if model.isUncertain, step.readsRecords { try repair(hasTime: true) }
        if case .stop(let step, let stop) = step { return try take(step, stop) }
        try take(step) { _ in }
        if case .compare = step { return }
        try expectNoTraces()
    }

    /// `progress`: sees the training that the step causes.
    mutating func take(_ step: FuzzedStep, progress: @escaping TrainingProgress) throws {
        switch step {
        case .delete(let deletion): try delete(deletion, progress)
        case .deleteByAnswer(let choice, let defers):
            guard let id = try singledOut(choice) else { return }
            try delete(FuzzedDeletion(ids: [id], defersRepair: defers), progress)
        case .add(let records): try add(records, progress)
        case .repair(let hasTime): try repair(hasTime: hasTime, progress)
        case .resume:
            try subject.resume(progress: progress)
            model.finish()
        case .change(let shape):
            shape.apply(to: &world.recipe)
            subject = try Workspace.train(
                world.recipe, TrainingSources(backbone: world.backbone, files: []), at: subject.root,
                progress: progress
            ).workspace
            model.finish()
        case .rotateKey: try subject.rotateKey()
        case .reopen: subject = try Workspace(at: subject.root)
        case .compare: try compare()
        case .stop(let step, _): try take(step, progress: progress)
        }
    }

    private mutating func repair(hasTime: Bool, _ progress: @escaping TrainingProgress = { _ in }) throws {
        let isStale = try subject.ledger.fact(Ledger.staleFact) != nil
        let report = try subject.repair(within: hasTime ? nil : 0, progress: progress)
        model.destroy()
        if hasTime || isStale { model.settle() }
        model.isUncertain = false
        if try model.pending.isEmpty != (subject.ledger.pending().isEmpty && report.shardsLeft == 0) {
            throw Fault(description: "\(report.shardsLeft) shards wait, and \(model.pending.count) deletions should")
        }
    }

    private mutating func add(_ records: [ToyRecord], _ progress: @escaping TrainingProgress) throws {
        let file = try world.file("added.jsonl", records)
        defer { try? FileManager.default.removeItem(at: file) }
        do {
            let report = try subject.add([file], progress: progress)
            guard model.takes(records), report.records == records.count else {
                throw Fault(description: "added what it should refuse")
            }
            model.add(records)
            model.isUncertain = false
        } catch let error where error is WorkspaceError || error is RecordsError {
            guard !model.takes(records) else { throw error }
            // What waited there was destroyed before the new records were looked at.
            model.destroy()
            switch error {
            case WorkspaceError.idIsThere, WorkspaceError.idWasDeleted: return
            case let error as RecordsError:
                guard case .duplicateID = error.problem else { throw error }
            default: throw error
            }
        }
    }

    /// The record that somebody would delete who watches the answers.
    private func singledOut(_ choice: FuzzedChoice) throws -> String? {
        do {
            let answers = try subject.predict(model.live.map(\.text))
            let best = answers.map { $0.probabilities.max() ?? 0 }
            let index: Int? =
                switch choice {
                case .surest: best.indices.max { best[$0] < best[$1] }
                case .mostDoubtful: best.indices.min { best[$0] < best[$1] }
                case .wrong:
                    answers.indices.first { world.recipe.labels[answers[$0].label] != model.live[$0].label }
                }
            return (index.map { model.live[$0] } ?? model.live.first)?.id
        } catch PredictionError.untrained, PredictionError.noSurvivors {
            return model.live.first?.id
        }
    }
}
