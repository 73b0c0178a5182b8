import ArgumentParser
import Foundation
import Unlearning

/// What an error means to a person, and to a script by its exit code.
struct Explanation {
    let message: String
    let exitCode: ExitCode

    init(_ error: any Error) {
        exitCode = ExitCode(Outcome(error))
        message = Self.text(of: error)
    }

    private static func text(of error: any Error) -> String {
        let error = error as Any
        if let described = error as? any CustomStringConvertible { return described.description }
        if let error = error as? any Error { return error.localizedDescription }
        return "\(error)"
    }
}

extension ExitCode {
    /// The exit code of an outcome.
    init(_ outcome: Outcome) {
        self.init(outcome.exitStatus.rawValue)
    }
}

extension UsageError: OutcomeError {
    var outcome: Outcome {
        switch self {
        case .outputLost: .inputOutput
        case .unwritable: .cannotCreate
        default: .usage
        }
    }
}
