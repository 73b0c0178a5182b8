import Foundation
import Testing

@testable import Engine

/// Threads at hand do each piece once, and none is lost between work and sleep.
@Suite struct TeamTests {
    @Test(arguments: [1, 2, 3, 4, 7]) func everyMemberWorksOnceATurn(size: Int) {
        let team = Team(size: size)
        for turn in 0..<2_000 {
            // Long enough now and then for the members to fall asleep.
            if turn % 500 == 499 { Thread.sleep(forTimeInterval: 0.01) }
            let found = team.map(3 * size + turn % 5) { member, index in [member, index] }
            #expect(found == (0..<3 * size + turn % 5).map { [size == 1 ? 0 : $0 % size, $0] })
        }
    }

    @Test func aTeamOfNobodyIsItsCaller() {
        let team = Team(size: 0)
        #expect(team.size == 1)
        #expect(team.map(3) { _, index in index } == [0, 1, 2])
        #expect(team.map(0) { _, index in index }.isEmpty)
    }

    @Test func teamsComeAndGo() {
        for round in 0..<200 {
            let team = Team(size: 1 + round % 4)
            if round % 3 > 0 { #expect(team.map(4) { _, index in index * round } == (0..<4).map { $0 * round }) }
        }
    }
}
