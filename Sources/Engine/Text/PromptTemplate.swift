/// One part of a conversation.
package struct Turn: Sendable, Equatable {
    /// Who speaks.
    package enum Role: String, Sendable, CaseIterable { case system, user, assistant }

    /// Who speaks.
    package let role: Role
    /// What is said.
    package let content: String

    /// Something that somebody says.
    package init(_ role: Role, _ content: String) {
        self.role = role
        self.content = content
    }
}

/// How a conversation is written for a model: what stands around its turns.
package enum PromptTemplate: Sendable, Equatable {
    /// The turns as they are, one after another.
    case plain
    case chatml, llama3, zephyr
    /// A text of one's own, in which `{prompt}` and `{completion}` stand for them.
    case custom(prompt: String, completion: String)
}
