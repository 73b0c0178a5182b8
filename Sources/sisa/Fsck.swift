import ArgumentParser
import Foundation
import Unlearning

struct Fsck: WorkspaceCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare every file of the workspace with its digest; change nothing.",
        discussion: """
            Records, checkpoints, features, index, ledger, log and backbone. Nothing damaged is ever used. Checkpoints \
            and index are made again by `sisa train`, bit for bit; a file of features may be removed, and is made \
            again when its shard trains; damaged records are for a backup. Exits with 65 where anything is damaged. \
            Whether the digests are those of an honest training is for `sisa verify`.

            EXAMPLES:
              sisa fsck --workspace workspaces/reviews
            """)

    @OptionGroup var options: WorkspaceOptions

    func perform() throws {
        let checkup = try options.openToExamine().checkup(threads: options.threadCount, waiting: options.waiting)
        if options.json {
            try Console.json(CheckupAnswer(checkup))
        } else if checkup.isSound {
            Console.out("sound: \(checkup.filesChecked) files are what their digests say")
        } else {
            var table = TextTable(header: ["kind", "fault", "file"])
            table.rows = checkup.damages.map { [$0.kind.rawValue, $0.fault.rawValue, $0.path] }
            table.print()
            var told: Set<String> = []
            for damage in checkup.damages where told.insert(remedy(damage)).inserted {
                Console.out("\(damage.kind.rawValue), \(damage.fault.rawValue): \(remedy(damage))")
            }
        }
        if checkup.isSound { return }
        // Where nothing but the permission is wrong, nothing may be wrong.
        throw ExitCode(checkup.damages.allSatisfy { $0.fault == .notPermitted } ? .notPermitted : .faultFound)
    }

    private func remedy(_ damage: Checkup.Damage) -> String {
        switch damage.fault {
        case .notPermitted:
            "this user may not read it, so nothing is known of it; do not restore it from a backup: run this as the "
                + "owner of the workspace, or "
                + "give the files back to them (`chown -R`)"
        case .link: "put the file itself in its place, and remove what the link leads to: it may hold deleted records"
        case .surplus:
            "it holds records that the ledger does not know, as after an old backup was restored; `sisa repair` takes "
                + "them out where it can tell "
                + "which they are"
        case .stranger:
            "no command of this workspace left it; an old backup may have brought it back, deleted records in it: look "
                + "at it and remove it"
        case .leftover:
            "a command that was killed left it, with records in it; the next one that writes removes it, for example "
                + "`sisa repair --workspace \(options.folder.path)`"
        case .missing, .damaged: remedy(damage.kind)
        }
    }

    private func remedy(_ kind: Checkup.Kind) -> String {
        switch kind {
        case .checkpoint, .index: "`sisa train --workspace \(options.folder.path)` makes it again"
        case .log: "`sisa log consistency` says what is wrong, and what to do"
        case .features: "remove the file; it is made again when its shard trains"
        case .records, .ledger:
            "cannot be made again from what is here; restore it as it was after the last command: an older backup "
                + "brings deleted records back"
        case .backbone: "put the old one back, or name where it lies with `sisa train --backbone`"
        case .stranger, .copy: "look at it and remove it"
        }
    }
}
