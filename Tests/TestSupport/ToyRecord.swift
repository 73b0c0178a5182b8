internal import Engine
internal import Foundation

@testable package import Unlearning

/// A record as a file of the toy world holds it. Of a generation the text is the prompt, and the label the completion.
package struct ToyRecord: Sendable, Hashable, Codable {
    package var id: String
    package var owner: String?
    /// In JSON Lines only, where a recipe asks for it.
    package var date: String?
    package var text: String
    package var label: String

    package init(id: String, owner: String? = nil, text: String, label: String) {
        self.id = id
        self.owner = owner
        self.text = text
        self.label = label
    }

    package var recordID: RecordID { RecordID(id) }

    /// The twenty-four records of the world's recipe, of the same ids and owners for every task.
    package static func all() throws -> [ToyRecord] {
        var records: [ToyRecord] = []
        if ToyWorld.task == .generation {
            try RecordReader(columns: Columns(text: "prompt", label: "completion", owner: "owner"))
                .forEach(file: ToyWorld.recipeFolder.appending(path: "records.jsonl")) { raw, _ in
                    records.append(
                        ToyRecord(id: raw.id.rawValue, owner: raw.owner, text: raw.text, label: raw.label ?? ""))
                }
            return records
        }
        try RecordReader(columns: Columns(owner: "owner"))
            .forEach(file: ToyWorld.recipeFolder.appending(path: "records.csv")) { raw, _ in
                records.append(
                    ToyRecord(id: raw.id.rawValue, owner: raw.owner, text: raw.text, label: raw.label ?? ""))
            }
        return records
    }

    /// What all shards are asked: sentences of shards/toy's test file, and odd ones.
    package static let questions = [
        "Heavy rain is expected in the east.", "We shared a bowl of hot noodles.", "", "?",
        "The boat to the island sails at dawn and comes back by night."
    ]
}

extension [ToyRecord] {
    /// All but some.
    package func without(_ gone: some Sequence<ToyRecord>) -> [ToyRecord] {
        let gone = Set(gone.map(\.id))
        return filter { !gone.contains($0.id) }
    }

    package var recordIDs: [RecordID] { map(\.recordID) }
}

/// Random choices that are the same in every run: SplitMix64 (Steele, Lea, Flood 2014).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension ToyRecord {
    /// The record as a workspace has it, with the first label.
    package var stored: Record {
        let content: RecordContent =
            ToyWorld.task == .generation
            ? .dialogue(Dialogue(prompt: [Turn(.user, text)], completion: label)) : .labelled(text: text, label: 0)
        return Record(id: recordID, attributes: RecordAttributes(owner: owner), content: content)
    }
}
