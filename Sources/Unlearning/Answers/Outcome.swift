/// How a request ends, as programs tell it: an exit status to a shell, a status to an HTTP client.
///
/// Every error of this package has one (`Outcome+Errors.swift`); what does not say so failed as input or output does.
package enum Outcome: CaseIterable, Sendable {
    /// What was asked is done.
    case done
    /// The request itself is wrong: an option, a number, a condition.
    case usage
    /// Data is wrong: a record, a label, a receipt.
    case badData
    /// No record, owner, key or receipt has the name that was given.
    case unknownName
    /// What is there already stands against it: an id, a request's name.
    case conflict
    /// A check ran to its end and found something.
    case faultFound
    /// A file or a workspace that was named is not there.
    case missingInput
    /// No shard can answer: nothing is trained, or no records are left.
    case nothingToAnswerFrom
    /// Something cannot be made or written where it was to be.
    case cannotCreate
    /// The system failed to read or write.
    case inputOutput
    /// There is no room: on the disk, or within a quota.
    case noRoom
    /// What runs beside it stands in the way, and will not for ever.
    case tryAgain
    /// Another process holds the workspace.
    case locked
    /// The user may not do this.
    case notPermitted
    /// A recipe, a backbone or a workspace does not fit, or is damaged.
    case misconfigured

    /// What a program ends with.
    package var exitStatus: ExitStatus {
        switch self {
        case .done: .done
        case .usage: .usage
        case .badData, .unknownName, .conflict, .faultFound: .data
        case .missingInput: .missing
        case .nothingToAnswerFrom: .unavailable
        case .cannotCreate: .cannotCreate
        case .inputOutput, .noRoom: .inputOutput
        case .tryAgain, .locked: .tryAgain
        case .notPermitted: .notPermitted
        case .misconfigured: .configuration
        }
    }

    /// What an HTTP server answers with. A check that found something was done as asked: its answer says what it found.
    package var httpStatus: Int {
        switch self {
        case .done, .faultFound: 200
        case .usage: 400
        case .notPermitted: 403
        case .unknownName, .missingInput: 404
        case .conflict, .nothingToAnswerFrom, .cannotCreate: 409
        case .badData: 422
        case .locked: 423
        case .inputOutput, .misconfigured: 500
        case .tryAgain: 503
        case .noRoom: 507
        }
    }
}

/// What a program can end with (sysexits.h), each with what it means; `sisa --help` and docs/formats.md say the same.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    /// `meaning` says what each of these is.
    case done = 0
    case usage = 64
    case data = 65
    case missing = 66
    case unavailable = 69
    case cannotCreate = 73
    case inputOutput = 74
    case tryAgain = 75
    case notPermitted = 77
    case configuration = 78

    /// A few words for the program's help.
    package var meaning: String {
        switch self {
        case .done: "done"
        case .usage: "wrong usage"
        case .data: "wrong data, an unknown id, or a check that found something"
        case .missing: "a file is missing"
        case .unavailable: "nothing to answer from"
        case .cannotCreate: "cannot create"
        case .inputOutput: "input or output failed"
        case .tryAgain: "try again"
        case .notPermitted: "not permitted"
        case .configuration: "a recipe, a backbone or a workspace does not fit"
        }
    }

    /// All of them in one sentence.
    package static var summary: String {
        allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ") + "."
    }
}
