package import Engine
internal import Foundation

/// An error that says how the request ends which it stops.
package protocol OutcomeError: Error {
    /// How the request ends.
    var outcome: Outcome { get }
}

extension Outcome {
    /// How a request ends that an error stops. An error that does not say so is the system's.
    package init(_ error: any Error) {
        self = (error as? any OutcomeError)?.outcome ?? .inputOutput
    }
}

// One extension an error type, lowest floor first. A new error type gets its extension here; an error of a target above
// this one conforms in its own target.

extension InstructionSetError: OutcomeError {
    /// Only a variable of the environment chooses one, so a wrong name is wrong usage.
    package var outcome: Outcome { .usage }
}

extension BackboneConfigurationError: OutcomeError {
    /// A backbone that cannot be used does not fit.
    package var outcome: Outcome { .misconfigured }
}

extension TokenizerError: OutcomeError {
    /// A tokenizer that cannot be used does not fit.
    package var outcome: Outcome { .misconfigured }
}

extension PromptTemplateError: OutcomeError {
    /// A template that the model cannot write does not fit it.
    package var outcome: Outcome { .misconfigured }
}

extension SafeTensorsError: OutcomeError {
    /// Weights that cannot be used do not fit.
    package var outcome: Outcome { .misconfigured }
}

extension GGUFError: OutcomeError {
    /// A model file that cannot be used does not fit.
    package var outcome: Outcome { .misconfigured }
}

extension WeightIndexError: OutcomeError {
    /// Files of weights that cannot be used do not fit.
    package var outcome: Outcome { .misconfigured }
}

extension NetworkError: OutcomeError {
    /// A training that collapsed has wrong data; else the recipe does not fit the backbone.
    package var outcome: Outcome { self == .notFinite ? .badData : .misconfigured }
}

extension StorageError: OutcomeError {
    /// The errno decides; what lies where a file should be does not fit.
    package var outcome: Outcome {
        switch self {
        case .link, .notAFile, .cut, .noLocks: .misconfigured
        case .notWritable: .cannotCreate
        case .outOfMemory: .inputOutput
        case .file(_, _, EACCES, _), .file(_, _, EPERM, _): .notPermitted
        case .file(_, _, EROFS, _): .cannotCreate
        case .file(_, _, ENOSPC, _), .file(_, _, EDQUOT, _): .noRoom
        case .file: .inputOutput
        }
    }
}

extension InputError: OutcomeError {
    /// The problem decides.
    package var outcome: Outcome { problem.outcome }
}

extension InputError.Problem {
    /// How a request ends that a file with this problem stops.
    package var outcome: Outcome {
        switch self {
        case .missing, .folder, .notARegularFile: .missingInput
        case .notPermitted: .notPermitted
        case .tooLong, .foreign: .badData
        case .failed: .inputOutput
        }
    }
}

extension RecipeError: OutcomeError {
    /// A recipe that can be read and is wrong does not fit.
    package var outcome: Outcome {
        switch problem {
        case .unreadable(let problem): problem.outcome
        default: .misconfigured
        }
    }
}

extension RecordsError: OutcomeError {
    /// A file of records is data; that none was named is usage.
    package var outcome: Outcome { problem == .noFiles ? .usage : .badData }
}

extension KeyError: OutcomeError {
    /// A key is handed in on the command line.
    package var outcome: Outcome { .usage }
}

extension LedgerError: OutcomeError {
    /// What SQLite says of a file, a disk or another process.
    package var outcome: Outcome {
        switch self {
        case .empty, .missing: .missingInput
        case .full: .noRoom
        case .failed, .unopenable: .inputOutput
        case .busy: .locked
        case .noMemory, .planChanged: .tryAgain
        case .readOnly: .notPermitted
        case .damaged, .foreign, .newer, .unnumbered, .column: .misconfigured
        }
    }
}

extension CorpusError: OutcomeError {
    /// Stored records or an index that are not what the ledger says do not fit.
    package var outcome: Outcome { .misconfigured }
}

extension TrainingError: OutcomeError {
    /// A label that does not exist is data.
    package var outcome: Outcome {
        switch self {
        case .labelDamaged: .badData
        case .checkpointOfAnotherModel, .recordsDoNotFit: .misconfigured
        }
    }
}

extension LogError: OutcomeError {
    /// What was handed in is data; what the workspace lost or was given does not fit.
    package var outcome: Outcome {
        switch self {
        case .noSuchFile: .missingInput
        case .noKey: .badData
        case .keyMissing, .otherKey, .logDamaged, .logBehind, .logForked, .restored, .noLog: .misconfigured
        }
    }
}

extension ReceiptError: OutcomeError {
    /// A receipt that was handed in is data; what a deletion left that should be gone does not fit.
    package var outcome: Outcome {
        switch self {
        case .noReceipt, .saltsMissing: .badData
        case .requestTaken: .conflict
        case .badRequestID: .usage
        case .notPurged, .draftDamaged: .misconfigured
        }
    }
}

extension PredictionError: OutcomeError {
    /// Where nothing is damaged, there is nothing to answer from.
    package var outcome: Outcome {
        switch self {
        case .untrained, .noSurvivors: .nothingToAnswerFrom
        case .voteLost: .misconfigured
        case .noLabels, .noTexts: .usage
        }
    }
}

extension QuestionError: OutcomeError {
    /// A text that does not fit is data; what no workspace like this can do is usage.
    package var outcome: Outcome {
        switch self {
        case .noTokens, .tooLong, .ownerMissing: .badData
        case .notByOwner, .ownersInBands: .usage
        }
    }
}

extension ModelError: OutcomeError {
    /// A folder that is no model is missing; another model does not fit.
    package var outcome: Outcome {
        switch self {
        case .noBackbone: .missingInput
        case .backboneUnreadable, .backboneChanged, .otherTask, .noSuchModule: .misconfigured
        }
    }
}

extension WorkspaceError: OutcomeError {
    /// What was asked is wrong, or the workspace does not fit.
    package var outcome: Outcome {
        switch self {
        case .occupied: .cannotCreate
        case .noSuchShard, .insideWorkspace: .usage
        case .idIsThere, .idWasDeleted: .conflict
        case .foreignRoot: .notPermitted
        case .keyMissing, .keyDiffers, .recipeDamaged, .unreferenced, .otherData, .otherLabels, .tooManyCells:
            .misconfigured
        }
    }
}

extension DeletionError: OutcomeError {
    /// A request that finds nothing names nothing; one that was stopped ends as its cause does.
    package var outcome: Outcome {
        switch self {
        case .unknownIDs, .unknownOwner, .nothingMeets: .unknownName
        case .nothingNamed, .noOwners, .unreadableFilter, .noSuchLabel, .noLabels, .noDates, .filterWithOthers:
            .usage
        case .repairPending(_, let cause), .receiptPending(_, let cause): Outcome(cause)
        }
    }
}

extension ExportError: OutcomeError {
    /// What was asked is wrong, is not there, or is in the way.
    package var outcome: Outcome {
        switch self {
        case .noSuchStage, .notForLlamaCpp: .usage
        case .damaged: .badData
        case .nothingTrained: .nothingToAnswerFrom
        case .occupied: .cannotCreate
        }
    }
}
