/// What is wrong with a file: each asks for something else.
package enum StoredFault: String, Sendable {
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

extension StoredFault {
    /// What keeps a file from being what it should be; nil: nothing.
    init?(_ isSound: () throws -> Bool) {
        do {
            if try isSound() { return nil }
            self = .damaged
        } catch StorageError.link {
            self = .link
        } catch let error as StorageError where error.isPermission {
            self = .notPermitted
        } catch CorpusError.recordsMissing {
            self = .missing
        } catch CorpusError.recordsTooMany {
            self = .surplus
        } catch {
            self = .damaged
        }
    }
}
