/// Turns conversations into tokens, by a template and a model's tokenizer.
///
/// What stands between two control tokens is one text, so that its tokens are those that the model was trained with.
/// Prompt and completion are texts apart: no token lies in both.
package struct PromptEncoder: Sendable {
    /// The tokens that end an answer; the first is the one that training appends and scores.
    package let ends: [Int32]
    private let template: PromptTemplate
    private let tokenizer: BytePairTokenizer
    private let control: [String: Int32]
    private let system: String?

    /// Throws where the tokenizer has not the tokens that the template needs.
    package init(_ template: PromptTemplate, _ tokenizer: Tokenizer) throws(PromptTemplateError) {
        guard case .bytePairs(let tokenizer) = tokenizer else { throw .noLanguageModel }
        self.template = template
        self.tokenizer = tokenizer
        var control: [String: Int32] = [:]
        for token in template.controlTokens {
            guard let id = tokenizer.literal(token) else {
                throw .missingToken(template: template.word, token: token)
            }
            control[token] = id
        }
        self.control = control
        var ends = template.end.flatMap { control[$0] }.map { [$0] } ?? []
        ends += tokenizer.ends.filter { !ends.contains($0) }
        guard !ends.isEmpty else { throw .noEnd(template: template.word) }
        self.ends = ends
        let known = tokenizer.template.flatMap { ChatTemplates.known[$0] }
        system = known?.template == template ? known?.system : nil
    }

    /// The tokens of a prompt: what comes before the answer.
    ///
    /// What looks like a control token in the content of a turn stays text.
    package func prompt(_ turns: [Turn]) -> [Int32] {
        var turns = turns
        if let system, turns.first?.role != .system { turns.insert(Turn(.system, system), at: 0) }
        return encode(template.prompt(turns, begin: tokenizer.prefix))
    }

    /// The tokens of an answer, the one that ends it included. Only that one: the answer has no token.
    package func completion(_ text: String) -> [Int32] {
        tokenizer.encode(template.completion(text)) + ends.prefix(1)
    }

    private func encode(_ parts: [PromptTemplate.Part]) -> [Int32] {
        var ids: [Int32] = []
        var text = ""
        func flush() {
            if !text.isEmpty { ids += tokenizer.encode(text, isBeginning: ids.isEmpty) }
            text = ""
        }
        for part in parts {
            switch part {
            case .text(let more): text += more
            case .tokens(let tokens):
                flush()
                ids += tokens
            case .control(let token):
                flush()
                if let id = control[token] { ids.append(id) }
            }
        }
        flush()
        return ids
    }
}
