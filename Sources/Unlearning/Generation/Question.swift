package import Engine

/// What is asked: a prompt, and for a comparison the answer that should come.
package struct Question: Sendable {
    /// The record's id, where it has one.
    package var id: String?
    /// What was said before the answer.
    package var prompt: [Turn]
    /// The answer, where one is given.
    package var completion: String?
    /// The person who is asked about, where somebody is named.
    package var owner: String?
    /// How messages call it: "prompt 2", or a file and a line. Never its text.
    package var name: String

    /// A question that a person typed. `number`: Which of several, counted from 1.
    package init(_ text: String, completion: String? = nil, owner: String? = nil, number: Int) {
        prompt = [Turn(.user, text)]
        self.completion = completion
        self.owner = owner
        name = "prompt \(number)"
    }

    fileprivate init(name: String, prompt: [Turn]) {
        self.name = name
        self.prompt = prompt
    }

    /// What was said last before the answer.
    package var text: String { prompt.last?.content ?? "" }
}

extension Question {
    /// What a file of questions holds.
    package enum Format: String, CaseIterable, Sendable {
        /// A prompt on each line.
        case txt
        /// JSON Lines, an object a question.
        case jsonl
    }

    /// Reads the questions of a file, in its order.
    ///
    /// Of JSON Lines it takes the members that the recipe names, else those of the usual names: `prompt` and
    /// `completion`, or `messages`, whose last turn is the answer if it is the assistant's; `id`; `owner`. Others are
    /// passed over. `format`: What it holds; nil: lines for `.txt` and standard input, else JSON Lines by its
    /// extension. `answered`: Whether every question must have its answer.
    package static func read(
        _ file: InputFile, _ format: Format?, _ recipe: Recipe, answered: Bool
    ) throws -> [Question] {
        let isText = !answered && (file.isStandardInput || file.pathExtension.lowercased() == Format.txt.rawValue)
        var questions: [Question] = []
        if format == .txt || format == nil && isText {
            try TextLines.forEach(file) { line, number in
                if line.isEmpty { throw RecordsError(file: file.name, line: number, problem: .emptyPrompt) }
                questions.append(Question(name: "\(file.name):\(number)", prompt: [Turn(.user, line)]))
            }
        } else {
            guard format == .jsonl || file.isStandardInput || DataFormat(extension: file.pathExtension) == .jsonl else {
                try file.check()
                throw RecordsError(file: file.name, problem: .linesOnly)
            }
            let reader = QuestionReader(file: file.name, recipe: recipe, answered: answered)
            try TextLines.forEach(file) { line, number in
                if let question = try reader.question(Array(line.utf8), number) { questions.append(question) }
            }
        }
        if questions.isEmpty { throw RecordsError(file: file.name, problem: .emptyFile) }
        return questions
    }
}

/// Reads the objects of one file of questions.
private struct QuestionReader {
    let file: String
    let recipe: Recipe
    let answered: Bool

    /// The question of a line; nil where it is blank.
    func question(_ line: [UInt8], _ number: Int) throws(RecordsError) -> Question? {
        if line.allSatisfy(JSONLine.isBlank) { return nil }
        let members: [JSONLine.Member]
        do {
            members = try JSONLine.members(line)
        } catch {
            throw RecordsError(file: file, line: number, problem: .malformedJSON(error))
        }
        let object = QuestionObject(file: file, line: number, members: members)
        let columns = recipe.data.columns
        var question = Question(name: "\(file):\(number)", prompt: [])
        question.id = try object.word([columns.id, "id"])
        question.owner = try object.word([columns.owner, "owner"])
        let (prompt, completion, messages) = names(columns.dialogue)
        if let turns = try object.turns(messages, line) {
            let dialogue = Dialogue(turns: turns)
            question.prompt = dialogue?.prompt ?? turns
            question.completion = dialogue?.completion
        } else if let text = try object.text(prompt) {
            question.prompt = [Turn(.user, text)]
            question.completion = try object.text(completion)
        } else {
            throw object.missing(prompt[0])
        }
        if question.prompt.allSatisfy(\.content.isEmpty) { throw object.refusal(prompt[0], .emptyPrompt) }
        guard answered else { return question }
        guard let answer = question.completion else { throw object.missing(completion[0]) }
        if answer.isEmpty { throw object.refusal(completion[0], .emptyCompletion) }
        return question
    }

    /// The names under which each part may stand, the recipe's first.
    private func names(_ columns: DialogueColumns?) -> (prompt: [String], completion: [String], messages: [String]) {
        switch columns {
        case .pair(let prompt, let completion): ([prompt, "prompt"], [completion, "completion"], ["messages"])
        case .messages(let name): (["prompt"], ["completion"], [name, "messages"])
        case nil: (["prompt"], ["completion"], ["messages"])
        }
    }
}

/// One object of a file of questions.
private struct QuestionObject {
    let file: String
    let line: Int
    let members: [JSONLine.Member]

    func refusal(_ column: String, _ problem: RecordsError.Problem) -> RecordsError {
        RecordsError(file: file, line: line, column: column, problem: problem)
    }

    func missing(_ column: String) -> RecordsError {
        refusal(column, .missingKey(found: members.map { RecordsError.shown($0.key.rawValue) }))
    }

    /// The first member of these names that is there and not null.
    private func member(_ names: [String?]) -> (name: String, member: JSONLine.Member)? {
        for case let name? in names {
            if let member = members.first(where: { $0.key == RecordID(name) }), member.value != .null {
                return (name, member)
            }
        }
        return nil
    }

    /// A text.
    func text(_ names: [String]) throws(RecordsError) -> String? {
        guard let (name, member) = member(names) else { return nil }
        if case .string(let text) = member.value { return text }
        throw refusal(name, .wrongType(found: member.value.kind, expected: "a string"))
    }

    /// An id or an owner: a whole number too. An empty one is none.
    func word(_ names: [String?]) throws(RecordsError) -> String? {
        guard let (name, member) = member(names) else { return nil }
        switch member.value {
        case .string(let text): return text.isEmpty ? nil : text
        case .integer(let digits): return digits
        default: throw refusal(name, .wrongType(found: member.value.kind, expected: "a string or a whole number"))
        }
    }

    /// A list of turns.
    func turns(_ names: [String], _ bytes: [UInt8]) throws(RecordsError) -> [Turn]? {
        guard let (name, member) = member(names) else { return nil }
        guard member.value == .array else {
            throw refusal(name, .wrongType(found: member.value.kind, expected: "a list of turns"))
        }
        do {
            return try Messages(bytes[member.range]).turns
        } catch {
            throw refusal(name + error.place, error.problem)
        }
    }
}
