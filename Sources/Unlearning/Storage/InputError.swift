package import Engine
internal import Foundation

/// Why something that was handed in could not be opened or read.
package struct InputError: Error, Equatable, Sendable {
    /// What is wrong with the file.
    package enum Problem: Equatable, Sendable {
        case missing
        case notPermitted
        case folder
        /// A pipe or a device, where only a file is read.
        case notARegularFile
        case tooLong(limit: Int)
        case foreign(ForeignContent)
        case failed(reason: String)
    }

    /// The path as the person wrote it, or `standard input`.
    package let name: String
    /// What is wrong with it.
    package let problem: Problem

    /// Makes the error of a file that is called `name`.
    package init(name: String, problem: Problem) {
        self.name = name
        self.problem = problem
    }

    /// What the system said.
    init(name: String, errno code: Int32) {
        self.name = name
        problem =
            switch code {
            case ENOENT, ENOTDIR, ENAMETOOLONG: .missing
            case EACCES, EPERM: .notPermitted
            case EISDIR: .folder
            // Links that lead to each other.
            case ELOOP: .notARegularFile
            default: .failed(reason: unsafe String(cString: strerror(code)))
            }
    }
}

extension InputError: CustomStringConvertible {
    /// The sentence for people: the file, what is wrong, and what to do.
    package var description: String { "\(name): \(problem)" }
}

extension InputError.Problem: CustomStringConvertible {
    /// What is wrong, and what to do.
    package var description: String { "\(reason). \(advice)" }

    /// What is wrong, without what to do.
    package var reason: String {
        switch self {
        case .missing: "there is no such file"
        case .notPermitted: "permission denied"
        case .folder: "this is a folder"
        case .notARegularFile: "this is not a regular file"
        case .tooLong(let limit): "this is longer than \(limit) bytes"
        case .foreign(let content): content.description
        case .failed(let reason): "it cannot be read (\(reason))"
        }
    }

    private var advice: String {
        switch self {
        case .missing: "Correct the path."
        case .notPermitted: "Let yourself read it (chmod, chown), or name another file."
        case .folder: "Name a file."
        case .notARegularFile:
            "Name a file; a pipe or device is read only where the command line names it."
        case .tooLong, .foreign: "Check that it is the right file."
        case .failed: "Mend that, or name another file."
        }
    }
}
