import Testing

@testable import Unlearning

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("", "abc", 3), ("abc", "abc", 0), ("kitten", "sitting", 3),
        ("shrads", "shards", 1), ("ca", "ac", 1), ("a cat", "an abct", 4), ("é", "e", 1)
    ])
    func distancesAreThoseOfThePapers(left: String, right: String, distance: Int) {
        #expect(Suggestion.distance(left, right) == distance)
        #expect(Suggestion.distance(right, left) == distance)
    }

    @Test func theNearestIsSuggestedAndTheFarIsNot() {
        let keys = ["shards", "slices", "seed", "batch"]
        #expect(Suggestion.nearest(to: "shrads", among: keys) == "shards")
        #expect(Suggestion.nearest(to: "SLICES", among: keys) == "slices")
        #expect(Suggestion.nearest(to: "slice", among: keys) == "slices")
        #expect(Suggestion.nearest(to: "sed", among: keys) == "seed")
        #expect(Suggestion.nearest(to: "workers", among: keys) == nil)
        #expect(Suggestion.nearest(to: "", among: keys) == nil)
        #expect(Suggestion.nearest(to: "x", among: ["y"]) == nil)
        #expect(Suggestion.nearest(to: "slics", among: ["slick", "slice"]) == "slick")
        #expect(Suggestion.nearest(to: String(repeating: "s", count: 100_000), among: keys) == nil)
    }
}
