import Testing

@testable import Unlearning

/// Texts that end an answer, found in pieces of any length.
@Suite struct StopTextsTests {
    private func run(_ text: String, _ stops: [String], length: Int) -> (text: String, isStopped: Bool) {
        var watch = StopTexts(stops)
        var said = ""
        let scalars = Array(text.unicodeScalars)
        for start in stride(from: 0, to: scalars.count, by: length) {
            var piece = String.UnicodeScalarView()
            piece.append(contentsOf: scalars[start..<min(start + length, scalars.count)])
            let (certain, isStopped) = watch.take(String(piece))
            said += certain
            if isStopped { return (said, true) }
        }
        return (said + watch.finish(), false)
    }

    @Test(arguments: [
        ("The end. And more", ["."], "The end", true), ("aaab", ["aab"], "a", true),
        ("one\n\ntwo", ["\n\n", "x"], "one", true), ("no stop here", ["stops", "herein"], "no stop here", false),
        ("äöü€😀.", ["€"], "äöü", true), ("abcabd", ["abd", "abcabe"], "abc", true), ("text", [""], "text", false),
        ("early late", ["late", "early"], "", true), ("", ["a"], "", false)
    ])
    func aStopIsFoundWhateverThePieces(text: String, stops: [String], said: String, isStopped: Bool) {
        for length in 1...8 {
            let found = run(text, stops, length: length)
            #expect(found.text == said && found.isStopped == isStopped, "pieces of \(length)")
        }
    }

    @Test func whatCouldBeginAStopIsHeldBackAndNoMore() {
        var watch = StopTexts(["STOP"])
        #expect(watch.take("go S").text == "go ")
        #expect(watch.take("T").text == "")
        #expect(watch.take("ART").text == "START")
        #expect(watch.take(" on").text == " on")
    }
}
