import Engine
import Foundation
import Testing

@testable import Unlearning

@Suite struct OutcomeTests {
    @Test func everyOutcomeHasAnExitStatusAndAnHTTPStatus() {
        #expect(Set(Outcome.allCases.map(\.exitStatus)) == Set(ExitStatus.allCases))
        for outcome in Outcome.allCases {
            let isSuccess = outcome.exitStatus == .done || outcome == .faultFound
            #expect((200..<300).contains(outcome.httpStatus) == isSuccess, "\(outcome)")
            #expect((200..<300).contains(outcome.httpStatus) || (400..<600).contains(outcome.httpStatus))
        }
    }

    @Test func whoIsToBlameIsTheSameToAShellAndToAnHTTPClient() {
        for outcome in Outcome.allCases where !(200..<300).contains(outcome.httpStatus) {
            let isOurs = [.inputOutput, .tryAgain, .configuration].contains(outcome.exitStatus) && outcome != .locked
            #expect((outcome.httpStatus >= 500) == isOurs, "\(outcome)")
        }
    }

    @Test func anErrorOfTheSystemIsOneOfInputAndOutput() {
        #expect(Outcome(CocoaError(.fileWriteUnknown)) == .inputOutput)
        #expect(Outcome(LedgerError.busy(path: "l")).httpStatus == 423)
        #expect(Outcome(LedgerError.full(path: "l")).httpStatus == 507)
    }

    /// A deletion whose repair failed ends as what stopped the repair does.
    @Test func anErrorThatHasACauseEndsAsItsCause() {
        let cause = LedgerError.busy(path: "l")
        #expect(Outcome(DeletionError.repairPending(records: 1, cause: cause)) == .locked)
        let untrained = DeletionError.receiptPending(records: 1, cause: PredictionError.untrained)
        #expect(Outcome(untrained) == .nothingToAnswerFrom)
    }
}

@Suite struct AnswerJSONTests {
    private struct Sample: Encodable {
        let shard: Ordinal
        let influenceFreeMs: Double
        let request: OrNull<String>
        let leftOut: String?
        let path: String
        let probabilities: [String: Double]
    }

    @Test func numbersAreCountedFromOneAndKeysAreSortedInSnakeCase() throws {
        let sample = Sample(
            shard: Ordinal(0), influenceFreeMs: 0.5, request: OrNull(nil), leftOut: nil, path: "a/b",
            probabilities: ["aLabel": 1])
        #expect(
            try String(decoding: AnswerJSON.encode(sample), as: UTF8.self) == """
                {
                  "influence_free_ms" : 0.5,
                  "path" : "a/b",
                  "probabilities" : {
                    "aLabel" : 1
                  },
                  "request" : null,
                  "shard" : 1
                }
                """)
    }

    @Test func aNumberThatSomebodyWroteIsThePlaceBelowIt() {
        #expect(Ordinal(number: 1).index == 0 && Ordinal(0).number == 1 && "\(Ordinal(11))" == "12")
        // Out of range, and no trap: whoever is asked for it refuses it.
        #expect(Ordinal(number: 0).index == -1 && Ordinal(number: .min).number == .min)
    }
}
