/// What to do where an id, an owner or a text begins with a hyphen, and was taken for an option.
enum LeadingHyphen {
    /// The advice for arguments that were refused with `message`; nil: they were refused for something else.
    static func hint(_ message: String, _ arguments: [String]) -> String? {
        let command = arguments.dropFirst().first ?? ""
        if message.hasPrefix("Unknown option '-"),
            let kind = ["delete": "an id", "predict": "a text", "generate": "a prompt", "score": "a text"][command]
        {
            let word = arguments.first { message.hasPrefix("Unknown option '\($0)'") } ?? "-x"
            return "If it is \(kind), put it behind `--`, after all options: sisa \(command) -- \(quoted(word))"
        }
        // Missing value for '--owner <owner>'
        guard message.hasPrefix("Missing value for '--"),
            let option = message.split(whereSeparator: { " '".contains($0) }).dropFirst(3).first,
            let place = arguments.firstIndex(of: String(option)), arguments.indices.contains(place + 1)
        else { return nil }
        let word = arguments[place + 1]
        return "If the value begins with a hyphen, join the two with an equals sign: \(option)=\(quoted(word))"
    }

    /// The word as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            "-._0123456789".utf8.contains(byte) || (0x61...0x7A).contains(byte | 0x20)
        }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
