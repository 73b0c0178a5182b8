import Testing

@testable import Unlearning

@Suite struct RecordIDTests {
    @Test func idsThatLookTheSameAreTwoRecords() {
        let composed = RecordID("caf\u{E9}")
        let decomposed = RecordID("cafe\u{301}")
        #expect(composed.rawValue == decomposed.rawValue)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
    }

    @Test func orderIsByUnsignedBytes() {
        let ids = ["", "A", "a", "aa", "b", "z", "\u{7F}", "\u{80}", "\u{FFFD}", "\u{10000}"].map {
            RecordID($0)
        }
        #expect(ids.reversed().sorted() == ids)
    }

    @Test func equalBytesAreEqualHoweverTheTextWasMade() {
        let made = RecordID(["r", "1"].joined())
        #expect(made == RecordID("r1"))
        #expect(made.hashValue == RecordID("r1").hashValue)
        #expect(!(made < RecordID("r1")))
        #expect(RecordID("r1") != RecordID("r1 ") && RecordID("r1") != RecordID("R1"))
    }
}
