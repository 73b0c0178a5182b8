internal import Foundation
package import Testing
internal import Unlearning

/// Runs tests in the toy world of every task, one after another: what holds for labels has to hold for texts.
///
/// A test in which a failure is seen runs in one world alone with the environment variable `SISA_TOY_TASK`.
package struct EveryTask: TestTrait, SuiteTrait, TestScoping {
    /// For all tests of a suite, each by itself.
    package let isRecursive = true

    /// Runs one test in each world.
    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        for task in Self.tasks { try await ToyWorld.$task.withValue(task) { try await function() } }
    }

    private static let tasks: [Recipe.TaskKind] = {
        let name = ProcessInfo.processInfo.environment["SISA_TOY_TASK"]
        return name.flatMap(Recipe.TaskKind.init(rawValue:)).map { [$0] } ?? Recipe.TaskKind.allCases
    }()
}

extension Trait where Self == EveryTask {
    /// Runs tests in the toy world of every task.
    package static var everyTask: Self { EveryTask() }
}
