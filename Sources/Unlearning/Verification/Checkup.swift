/// What is damaged or missing in a workspace, found by digests and without training anything.
package struct Checkup: Sendable {
    package enum Kind: String, Sendable {
        /// Cannot be made again from anything that is here.
        case records, ledger, backbone
        /// `sisa train` makes them again, bit for bit.
        case checkpoint, index
        /// `sisa log consistency` says what is wrong.
        case log
        /// A cache: made again when its shard trains next.
        case features
        /// Belongs to nothing that the workspace knows.
        case stranger
        /// The copy that a measurement of costs deletes from, records and all.
        case copy
    }

    /// What is wrong with a file: each asks for something else.
    package enum Fault: String, Sendable {
        case missing
        /// Its content is not what its digest says.
        case damaged
        /// A symbolic link, which is not followed.
        case link
        /// It may not be read, and nothing is known of it.
        case notPermitted = "not permitted"
        /// It holds records that the ledger does not know, as an old backup does.
        case surplus
        /// No command left it: an old backup may have brought it back.
        case stranger
        /// A command that was killed left it; the next one that writes removes it.
        case leftover
    }

    package struct Damage: Sendable, Equatable {
        package let kind: Kind
        /// Below the workspace's folder, or the backbone's path.
        package let path: String
        package let fault: Fault
    }

    package let damages: [Damage]
    /// Files whose content was compared with a digest.
    package let filesChecked: Int

    package var isSound: Bool { damages.isEmpty }
}

extension Checkup.Fault {
    /// What keeps a file from being what it should be; nil: nothing.
    init?(_ isSound: () throws -> Bool) {
        do {
            if try isSound() { return nil }
            self = .damaged
        } catch CheckpointError.link {
            self = .link
        } catch let error as CheckpointError where error.isPermission {
            self = .notPermitted
        } catch WorkspaceError.recordsMissing {
            self = .missing
        } catch WorkspaceError.recordsTooMany {
            self = .surplus
        } catch {
            self = .damaged
        }
    }
}
