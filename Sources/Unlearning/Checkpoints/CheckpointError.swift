package enum CheckpointError: Error, Equatable {
    case outOfMemory
    /// A system call on a file of the workspace failed.
    case file(operation: String, path: String, code: Int32, reason: String)
}

extension CheckpointError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .outOfMemory:
            "memory ran out while a checkpoint was compressed; free some and run the command again"
        case .file(let operation, let path, _, let reason):
            "\(path): \(operation) failed: \(reason); nothing half written is left, "
                + "so mend the cause and run the command again"
        }
    }
}
