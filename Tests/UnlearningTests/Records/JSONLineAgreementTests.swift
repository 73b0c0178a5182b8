import Foundation
import Testing

@testable import Unlearning

/// Our reader of JSON against Foundation's, on lines that are nearly right.
@Suite struct JSONLineAgreementTests {
    private static let seeds = [
        #"{"id":"r1","text":"a \"b\" \\ \u00e9 \ud83d\ude00","n":[1,-2.5e+3,true,false,null,{}],"o":{"k":[]}}"#,
        #" { "a" : 0 , "b" : "" , "c" : -1E-2 , "d" : [ ] } "#
    ]
    private static let alphabet = Array("{}[]:,\"\\u0019eE+-.tfn ad\t".utf8)

    /// Foundation takes a key that stands twice, and a comma before a closing bracket.
    private static func isStricterOnPurpose(_ error: JSONLineError, _ line: [UInt8]) -> Bool {
        guard case .unexpectedByte(let offset) = error else { return error == .duplicateKey }
        let before = line[..<offset].last { !JSONLine.isBlank($0) }
        return before == UInt8(ascii: ",")
            && [UInt8(ascii: "}"), UInt8(ascii: "]")].contains(line[offset])
    }

    @Test func acceptsWhatFoundationAcceptsAndReadsTheSame() throws {
        var random = SystemRandomNumberGenerator()
        var accepted = 0
        for round in 0..<20_000 {
            var line = Array(Self.seeds[round % Self.seeds.count].utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0..<line.count, using: &random)
                let byte = Self.alphabet.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<3, using: &random) {
                case 0: line[place] = byte
                case 1: line.insert(byte, at: place)
                default: line.remove(at: place)
                }
            }
            let theirs = (try? JSONSerialization.jsonObject(with: Data(line))) as? [String: Any]
            let members: [JSONLine.Member]
            do {
                members = try JSONLine.members(line)
            } catch {
                #expect(theirs == nil || Self.isStricterOnPurpose(error, line), "\(error)")
                continue
            }
            accepted += 1
            let object = try #require(theirs, "\(String(decoding: line, as: UTF8.self))")
            #expect(Set(members.map(\.key.rawValue)) == Set(object.keys))
            for member in members {
                if case .string(let text) = member.value {
                    #expect(object[member.key.rawValue] as? String == text)
                }
            }
        }
        #expect(accepted > 5_000)
    }
}
