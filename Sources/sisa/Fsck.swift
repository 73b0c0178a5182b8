import ArgumentParser
import Foundation
import Unlearning

struct Fsck: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare every file of the workspace with its digest; change nothing.",
        discussion: """
            Records, checkpoints, features, index, ledger, log and backbone. Nothing damaged is ever used. Checkpoints and index are made again by \
            `sisa train`, bit for bit; a file of features may be removed, and is made again when its shard trains; damaged records are for \
            a backup. Exits with 65 where anything is damaged. Whether the digests are those of an honest training is for `sisa verify`.

            EXAMPLES:
              sisa fsck --workspace workspaces/reviews
            """)

    @OptionGroup var options: WorkspaceOptions

    private struct Output: Encodable {
        struct Damage: Encodable { let kind, path: String }
        let sound: Bool
        let filesChecked: Int
        let damages: [Damage]
    }

    func perform() throws {
        let checkup = try options.openToRead().checkup(threads: options.threadCount, waiting: options.waiting)
        if options.json {
            try Console.json(
                Output(
                    sound: checkup.isSound, filesChecked: checkup.filesChecked,
                    damages: checkup.damages.map { Output.Damage(kind: $0.kind.rawValue, path: $0.path) }))
        } else if checkup.isSound {
            Console.out("sound: \(checkup.filesChecked) files are what their digests say")
        } else {
            var table = TextTable(header: ["damaged", "file"])
            table.rows = checkup.damages.map { [$0.kind.rawValue, $0.path] }
            table.print()
            for kind in Set(checkup.damages.map(\.kind)).sorted(by: { $0.rawValue < $1.rawValue }) {
                Console.out("\(kind.rawValue): \(remedy(kind))")
            }
        }
        if !checkup.isSound { throw ExitCode(65) }
    }

    private func remedy(_ kind: Checkup.Kind) -> String {
        switch kind {
        case .checkpoint, .index: "`sisa train --workspace \(options.folder.path)` makes it again"
        case .log: "`sisa log consistency` says what is wrong; restore the folder from a copy"
        case .features: "remove the file; it is made again when its shard trains"
        case .records, .ledger: "cannot be made again from what is here; restore it from a backup"
        case .backbone: "put the old one back, or name where it lies with `sisa train --backbone`"
        }
    }
}
