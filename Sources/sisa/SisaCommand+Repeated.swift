import ArgumentParser
import Foundation

extension SisaCommand {
    /// Refuses an option of one value that was given twice: only the last would count, and nobody would be told.
    ///
    /// Which options take several values is asked of the command's own description.
    static func refuseRepeatedOptions(_ arguments: some Sequence<String>) throws {
        let options = try JSONDecoder().decode(Description.self, from: Data(_dumpHelp().utf8)).command.arguments ?? []
        var names: [String: String] = [:]
        for option in options where option.kind == "option" && !option.isRepeating {
            for name in option.names ?? [] { names[name.argument] = option.preferredName?.argument }
        }
        var seen: Set<String> = []
        for argument in arguments.prefix(while: { $0 != "--" }) {
            guard let name = names[String(argument.prefix { $0 != "=" })] else { continue }
            guard seen.insert(name).inserted else { throw UsageError.repeated(option: name) }
        }
    }
}

/// The part of a command's description that is used here.
private struct Description: Decodable {
    struct Command: Decodable { let arguments: [Argument]? }

    struct Argument: Decodable {
        let kind: String
        let isRepeating: Bool
        let names: [Name]?
        let preferredName: Name?
    }

    struct Name: Decodable {
        let kind, name: String

        /// The name as it is written on the command line.
        var argument: String { (kind == "long" ? "--" : "-") + name }
    }

    let command: Command
}
