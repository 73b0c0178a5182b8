package import Engine
internal import Foundation

/// Why something that was handed in could not be opened or read.
package struct InputError: Error, Equatable, Sendable {
    /// What the system, or a look at the file, said.
    package enum Problem: Equatable, Sendable {
        /// There is no such file, the person may not read it, or it is a folder.
        case missing, notPermitted, folder
        /// A pipe or a device, where only a file is read.
        case notARegularFile
        /// It has more than `limit` bytes, where only small files are read.
        case tooLong(limit: Int)
        /// It is the file of another program.
        case foreign(ForeignContent)
        /// Opening or reading failed otherwise.
        case failed(reason: String)
    }

    /// The path as the person wrote it, or `standard input`.
    package let name: String
    /// What is wrong with it.
    package let problem: Problem

    /// An error of the file `name`.
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
    /// Name, reason and advice in one line.
    package var description: String { "\(name): \(problem)" }
}

extension InputError.Problem: CustomStringConvertible {
    /// Reason and advice.
    package var description: String { "\(reason). \(advice)" }

    /// What is wrong, as part of a sentence.
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
