/// What is known of the chat templates that models bring along: programs that this program does not run.
///
/// A template is known by its digest, never by what it looks like: two that look alike may differ in the message that
/// they put before a conversation.
enum ChatTemplates {
    /// How a template writes, and what it says first in a conversation without a message of the system.
    struct Known {
        let template: PromptTemplate
        let system: String?
    }

    /// By the SHA-256 of the template's text, in lower-case hexadecimal.
    static let known: [String: Known] = [
        // SmolLM2-Instruct
        "872be49dbb638044ad01b60388f48d469ff2980e5f0dccdc22ec907db54d0788": Known(
            template: .chatml, system: "You are a helpful AI assistant named SmolLM, trained by Hugging Face"),
        // Qwen2.5-Instruct, Qwen2.5-Coder-Instruct
        "cd8e9439f0570856fd70470bf8889ebd8b5d1107207f67a5efb46e342330527f": Known(
            template: .chatml, system: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."),
        // Qwen2
        "af9c0233881b083b52ff773580215222b5440ac3d0beeeca99b76329b048f8db": Known(
            template: .chatml, system: "You are a helpful assistant")
    ]
}
