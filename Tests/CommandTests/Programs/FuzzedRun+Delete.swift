import Foundation
import TestSupport

@testable import Unlearning

extension FuzzedRun {
    func isFinished(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: subject.files.receipt(name).path)
    }

    func expectation(of deletion: FuzzedDeletion) -> FuzzedModel.Expectation {
        model.expectation(of: deletion, isFinished: isFinished)
    }

    mutating func delete(_ deletion: FuzzedDeletion, _ progress: @escaping TrainingProgress) throws {
        let expected = expectation(of: deletion)
        let request = try deletion.request(world.recipe)
        switch expected {
        case .refuses: try expectRefusal(request)
        case .repeats:
            let report = try subject.delete(request)
            guard report.isRepeated, report.receipt != nil else { throw Fault(description: "not repeated") }
        case .deletes(let found, let new, let left):
            let isSettled = model.pending.isEmpty && !model.needsTraining && !model.isUncertain
            let plan = isSettled ? try subject.planDeletion(request) : nil
            let report = try subject.delete(request, progress: progress)
            model.accept(new, name: report.request ?? "")
            model.destroy()
            if !deletion.defersRepair { model.settle() }
            try check(report, deletion, found: found.count, new: new.count, left)
            if let plan, plan.recordPasses != report.recordPasses || plan.recordsDeleted != found.count {
                throw Fault(
                    description: "the plan said \(plan.recordPasses) record-passes, and \(report.recordPasses) it was")
            }
        }
    }

    private func expectRefusal(_ request: DeletionRequest) throws {
        do {
            let report = try subject.delete(request)
            throw Fault(
                description:
                    "refused nothing, but deleted \(report.recordsDeleted)\(report.isRepeated ? ", repeated" : "")")
        } catch DeletionError.unknownIDs, DeletionError.unknownOwner, DeletionError.nothingMeets,
            ReceiptError.requestTaken
        {}
    }

    private func check(
        _ report: DeletionReport, _ deletion: FuzzedDeletion, found: Int, new: Int, _ left: Set<RecordID>?
    ) throws {
        var wrong: [String] = []
        if report.isRepeated { wrong.append("repeated what was not finished") }
        if report.recordsDeleted != found { wrong.append("deleted \(report.recordsDeleted) of \(found)") }
        if (report.request != nil) != (new > 0) { wrong.append("\(new) new, request \(report.request ?? "none")") }
        if let name = deletion.name, new > 0, report.request != name { wrong.append("another name") }
        if !model.isUncertain, report.duplicates.map(Set.init) != left { wrong.append("other duplicates") }
        if report.isRepaired == deletion.defersRepair { wrong.append("deferred or not") }
        if let name = report.request, isFinished(name) == deletion.defersRepair { wrong.append("its receipt") }
        if !wrong.isEmpty { throw Fault(description: wrong.joined(separator: ", ")) }
    }
}
