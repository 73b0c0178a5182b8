import Foundation
import TestSupport

@testable import Unlearning

/// How a step does not come to its end.
extension FuzzedRun {
    mutating func take(_ step: FuzzedStep, _ stop: FuzzedStop) throws {
        let before = model
        switch stop {
        case .event(let number):
            let copy = FuzzedCopy(subject.root, to: world.root("copy"), at: number)
            try take(step, progress: copy.progress)
            if try copy.replace() { try reopen(before: before, after: model, isAddition: step.isAddition) }
        case .commit:
            guard case .delete(let deletion) = step, case .deletes(let found, let new, _) = expectation(of: deletion)
            else { return try take(step) }
            let name = deletion.name ?? "stopped"
            try subject.write(1) { session in
                let all = try session.finder(unfinished: true).find(deletion.request(world.recipe)).gone
                guard Set(all.map(\.id)) == Set(found.map(\.recordID)) else { throw Fault(description: "found others") }
                _ = try session.accept(all, request: name)
            }
            model.accept(new, name: name)
            subject = try Workspace(at: subject.root)
        case .call(let number, let way):
            guard let faults, let words = try words(of: step) else { return try take(step) }
            var program = Program(folder: world.folder)
            program.environment["SISA_WORKSPACE"] = subject.root.path
            let outcome = try faults.run(program, words + ["--threads", "1"], "\(number):\(way)")
            guard outcome.code != nil || way == "kill", ![64, 65, 70].contains(outcome.code) else {
                throw Fault(description: "ended with \(outcome.code ?? -1): \(outcome.everything)")
            }
            var after = model
            switch step {
            case .delete(let deletion):
                guard case .deletes(_, let new, _) = expectation(of: deletion) else { break }
                after.accept(new, name: deletion.name ?? "")
            case .add(let records): after.add(records)
            default: break
            }
            try reopen(before: before, after: after, isAddition: step.isAddition)
            model.isUncertain = true
        }
    }

    /// A command line for a step that should succeed; nil: it is none, or should not.
    private func words(of step: FuzzedStep) throws -> [String]? {
        switch step {
        case .delete(let deletion):
            guard case .deletes = expectation(of: deletion) else { return nil }
            try Data(deletion.ids.joined(separator: "\n").utf8).write(to: world.root("ids"))
            return deletion.words(file: "ids")
        case .add(let records):
            guard model.takes(records) else { return nil }
            return ["add", try world.file("added.jsonl", records).path]
        case .repair(let hasTime): return ["repair"] + (hasTime ? [] : ["--seconds", "0"])
        case .resume: return ["train"]
        case .change(let shape):
            var recipe = world.recipe
            shape.apply(to: &recipe)
            return ["train", try FuzzedRecipeFile(recipe, in: world.root("recipe")).folder.path]
        case .rotateKey: return ["key", "rotate"]
        default: return nil
        }
    }

    /// Opens what a stopped step left. Its transaction was made or not, and the ledger says which; there is nothing in
    /// between.
    private mutating func reopen(before: FuzzedModel, after: FuzzedModel, isAddition: Bool) throws {
        subject = try Workspace(at: subject.root)
        world.recipe = subject.recipe
        let count = try subject.ledger.recordCount()
        guard let state = [after, before].first(where: { $0.live.count == count }) else {
            throw Fault(description: "\(count) records, and neither \(before.live.count) nor \(after.live.count)")
        }
        let ids = Set(state.live.map(\.recordID))
        let gone = before.pending + before.live.filter { !ids.contains($0.recordID) }
        model = state
        let tags = Set(try subject.ledger.pending().values.joined())
        let corpus = try subject.layout().corpus
        model.pending = gone.filter { tags.contains(corpus.tag($0.recordID)) }
        model.withText = []
        model.isUncertain = before.isUncertain
        model.needsTraining = before.needsTraining || isAddition
        guard Set(model.pending.map(\.recordID)).count == tags.count else {
            throw Fault(description: "\(tags.count) deletions wait, and \(model.pending.count) of them were asked for")
        }
    }
}

extension FuzzedStep {
    fileprivate var isAddition: Bool { if case .add = self { true } else { false } }
}
