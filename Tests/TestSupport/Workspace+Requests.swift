package import Foundation

@testable package import Unlearning

/// What tests ask for most: records by their ids.
extension Workspace {
    @discardableResult
    package func delete(
        _ ids: [RecordID], threads: Int = 1, progress: @escaping TrainingProgress = { _ in }
    ) throws -> DeletionReport {
        try delete(DeletionRequest(ids: ids), threads: threads, progress: progress)
    }

    @discardableResult
    package func add(
        _ files: [URL], threads: Int = 1, progress: @escaping TrainingProgress = { _ in }
    ) throws -> AdditionReport {
        try add(files.map { InputFile($0) }, threads: threads, progress: progress)
    }

    package func planDeletion(_ ids: [RecordID]) throws -> DeletionReport {
        try planDeletion(DeletionRequest(ids: ids))
    }

    /// The commit of a deletion and nothing that follows it: a process that was killed right there.
    package func acceptOnly(_ ids: [RecordID]) throws {
        try write(1) { session in
            _ = try session.accept(session.finder().find(DeletionRequest(ids: ids)).gone, request: nil)
        }
    }

    /// The second step of a deletion, as far as it concerns records, and nothing that follows it.
    package func destroyRecordsOnly() throws {
        try write(1) { session in try session.destroyRecords() }
    }

    /// The last three steps of a deletion, without what ends a command: no receipt is written.
    @discardableResult
    package func bringUpToDateOnly(_ shards: [Int]? = nil) throws -> Int {
        try write(1) { session in try session.bringUpToDate(shards) }
    }
}
