import Costs
import Engine
import Foundation
import Unlearning

/// What an error means to a person, and to a script by its exit code (sysexits.h).
struct Explanation {
    let message: String
    let exitCode: Int32

    init(_ error: any Error) {
        switch error {
        case UsageError.outputLost: exitCode = 74
        case UsageError.unwritable: exitCode = 73
        case is UsageError, is InstructionSetError: exitCode = 64
        case let error as InputError: exitCode = error.problem.exitCode
        case is RecordsError: exitCode = 65
        case let error as WorkspaceError: exitCode = error.exitCode
        case let error as LedgerError: exitCode = error.exitCode
        case is LockError: exitCode = 78
        case let error as DeletionError: exitCode = error.exitCode
        case let error as EvidenceError: exitCode = error.exitCode
        case let error as CostError: exitCode = error.exitCode
        case let error as CostPlanError: exitCode = error.exitCode
        case let error as ExportError: exitCode = error.exitCode
        case let error as SimulationError: exitCode = error.exitCode
        case let error as RecipeError: exitCode = error.exitCode
        case is BackboneConfigurationError, is TokenizerError, is SafeTensorsError: exitCode = 78
        case let error as NetworkError: exitCode = error == .notFinite ? 65 : 78
        case let error as CheckpointError: exitCode = error.exitCode
        default: exitCode = 74
        }
        message = Self.text(of: error)
        assert(ExitStatus(rawValue: exitCode) != nil, "\(exitCode) is no status of this program")
    }

    private static func text(of error: any Error) -> String {
        let error = error as Any
        if let described = error as? any CustomStringConvertible { return described.description }
        if let error = error as? any Error { return error.localizedDescription }
        return "\(error)"
    }
}

extension RecipeError {
    fileprivate var exitCode: Int32 {
        switch problem {
        case .unreadable(let problem): problem.exitCode
        default: 78
        }
    }
}

extension WorkspaceError {
    var exitCode: Int32 {
        switch self {
        case .notAWorkspace, .noBackbone: 66
        case .occupied, .notWritable: 73
        case .badKey, .noDataFiles, .noSuchShard: 64
        case .duplicateID, .unusableID, .idIsThere, .idWasDeleted, .noRecords, .labelDamaged: 65
        case .untrained, .noSurvivors: 69
        case .planChanged: 75
        case .foreignRoot: 77
        case .keyMissing, .keyDiffers, .checkpointOfAnotherModel, .ledgerDamaged, .recipeDamaged, .recordsDamaged,
            .recordsMissing, .recordsTooMany, .strangers, .voteLost, .noSuchCell,
            .indexDamaged,
            .otherData,
            .otherLabels, .backboneChanged, .backboneUnreadable,
            .tooManyCells:
            78
        }
    }
}

extension LedgerError {
    var exitCode: Int32 {
        switch self {
        case .empty: 66
        case .full, .failed, .unopenable: 74
        case .busy, .noMemory: 75
        case .readOnly: 77
        case .damaged, .foreign, .newer, .unnumbered: 78
        }
    }
}

extension DeletionError {
    var exitCode: Int32 {
        switch self {
        case .unknownIDs, .unknownOwner, .nothingMeets: 65
        case .nothingNamed, .noOwners, .unreadableFilter, .noSuchLabel, .noDates, .filterWithOthers: 64
        case .repairPending(_, let cause), .receiptPending(_, let cause): Explanation(cause).exitCode
        }
    }
}

extension EvidenceError {
    var exitCode: Int32 {
        switch self {
        case .noSuchFile: 66
        case .noKey, .noReceipt, .requestTaken, .saltsMissing: 65
        case .badRequestID: 64
        case .keyMissing, .otherKey, .logDamaged, .logBehind, .logForked, .restored, .noLog, .notPurged, .draftDamaged:
            78
        }
    }
}

extension ExportError {
    var exitCode: Int32 {
        switch self {
        case .noSuchStage, .insideWorkspace: 64
        case .damaged: 65
        case .nothingTrained: 69
        case .occupied: 73
        }
    }
}
