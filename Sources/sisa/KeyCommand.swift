import ArgumentParser
import Foundation
import Unlearning

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Show, export or rotate the key that signs receipts and log.",
        subcommands: [KeyShow.self, KeyExport.self, KeyRotate.self], defaultSubcommand: KeyShow.self)
}

struct KeyShow: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the public keys that signed, the present one last.")

    @OptionGroup var options: WorkspaceOptions

    func perform() throws {
        let answers = try KeyAnswer.all(of: options.openToRead())
        if options.json { return try Console.json(answers) }
        for answer in answers {
            Console.out("\(answer.fingerprint)\(answer.present ? "" : " (former)")")
            Console.out("  \(answer.line)")
        }
    }
}

struct KeyExport: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print the public key as PEM, for whoever checks receipts.",
        discussion: """
            EXAMPLES:
              sisa key export --workspace workspaces/reviews > operator.pem
              openssl pkey -pubin -in operator.pem -text
            """)

    @OptionGroup var options: WorkspaceOptions

    @Option(
        help: "The beginning of a former key's fingerprint, as `sisa key show` prints it. Default: the present key.")
    var fingerprint: String?

    func perform() throws {
        let keys = try options.openToRead().verificationKeys()
        guard let key = keys.last(where: { $0.fingerprint.hasPrefix(fingerprint ?? "") }) else {
            throw UsageError.unknownKey(found: keys.map { String($0.fingerprint.prefix(16)) })
        }
        if options.json { return try Console.json(ExportedKeyAnswer(key)) }
        Console.write(key.pem, to: .standardOutput)
    }
}

struct KeyRotate: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new key; the log says so, signed by both.",
        discussion: """
            Receipts that were written before are checked with the old key: `sisa key export --fingerprint`. With \
            --lost, or where the old key may be in other hands, tell the new one to whoever trusts you.
            """)

    @OptionGroup var options: WorkspaceOptions

    @Flag(help: "The old key is gone; only the new one signs.")
    var lost = false

    func perform() throws {
        let key = try options.open().rotateKey(isLost: lost, waiting: options.waiting)
        if options.json { return try Console.json(RotatedKeyAnswer(key)) }
        Console.out("the workspace signs with \(key.fingerprint) now")
    }
}
