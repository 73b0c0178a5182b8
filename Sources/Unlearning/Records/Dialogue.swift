package import Engine

/// What was said, and what should be answered: the content of a record of a generation.
package struct Dialogue: Sendable {
    /// What comes before the answer, in its order.
    package var prompt: [Turn]
    /// The answer. Empty only where a file is read that is asked about, and has none.
    package var completion: String

    /// A conversation and its answer.
    package init(prompt: [Turn], completion: String) {
        self.prompt = prompt
        self.completion = completion
    }

    /// A conversation whose last turn is the answer; nil where that is not the assistant's.
    package init?(turns: [Turn]) {
        guard let last = turns.last, last.role == .assistant else { return nil }
        self.init(prompt: Array(turns.dropLast()), completion: last.content)
    }

    /// Whether nothing was said before the answer.
    var lacksPrompt: Bool { prompt.allSatisfy(\.content.isEmpty) }

    /// Bytes of text.
    var bytes: Int { prompt.reduce(completion.utf8.count) { $0 + $1.content.utf8.count } }

    /// All turns, the answer last, as a workspace keeps them: `[{"role":"user","content":"..."},...]`. Two dialogues
    /// have the same bytes only if they are the same.
    package var json: [UInt8] {
        var bytes: [UInt8] = []
        for turn in prompt + [Turn(.assistant, completion)] {
            bytes += "\(bytes.isEmpty ? "[" : ","){\"role\":\"\(turn.role.rawValue)\",\"content\":".utf8
            JSONText.append(turn.content, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        return bytes + "]".utf8
    }
}

/// Reads a list of turns strictly: `{role, content}` each, and nothing else.
struct Messages {
    /// The turns, in their order.
    let turns: [Turn]

    /// What is wrong with the list, and where in it, for example `[2].role`.
    struct Fault: Error {
        let place: String
        let problem: RecordsError.Problem
    }

    /// `array`: The bytes of the list, a part of a line that was read.
    init(_ array: ArraySlice<UInt8>) throws(Fault) {
        let items: [[JSONLine.Member]?]
        do {
            items = try JSONLine.items(array)
        } catch {
            throw Fault(place: "", problem: .malformedJSON(error))
        }
        var turns: [Turn] = []
        for (number, members) in items.enumerated() { turns.append(try Self.turn(members, "[\(number)]")) }
        if turns.isEmpty { throw Fault(place: "", problem: .noTurns) }
        self.turns = turns
    }

    private static func turn(_ members: [JSONLine.Member]?, _ place: String) throws(Fault) -> Turn {
        guard let members else { throw Fault(place: place, problem: .strangeTurn) }
        func text(_ name: String) throws(Fault) -> String {
            guard let value = members.first(where: { $0.key == RecordID(name) })?.value else {
                throw Fault(place: place, problem: .strangeTurn)
            }
            guard case .string(let text) = value else {
                throw Fault(place: "\(place).\(name)", problem: .wrongType(found: value.kind, expected: "a string"))
            }
            return text
        }
        let (word, content) = (try text("role"), try text("content"))
        // What stands beside them would change what was meant, and nobody would know.
        guard members.count == 2 else { throw Fault(place: place, problem: .strangeTurn) }
        guard let role = Turn.Role(rawValue: word) else {
            throw Fault(place: "\(place).role", problem: .unknownRole(length: word.utf8.count))
        }
        return Turn(role, content)
    }
}
