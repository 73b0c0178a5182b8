internal import Foundation

/// What lies where in a workspace's folder.
struct WorkspaceFiles: Sendable {
    /// Without links: below it there are none, and whoever meets one refuses it.
    let root: URL

    init(root: URL) { self.root = Self.withoutLinks(root) }

    /// Where a path leads, also where its end is not there yet.
    private static func withoutLinks(_ url: URL) -> URL {
        guard let real = unsafe realpath(url.path, nil) else {
            let folder = url.deletingLastPathComponent()
            return folder.path == url.path ? url : withoutLinks(folder).appending(path: url.lastPathComponent)
        }
        defer { unsafe free(real) }
        return unsafe URL(filePath: String(cString: real))
    }

    var ledger: URL { root.appending(path: "ledger.sqlite") }
    /// Where SQLite keeps what a transaction replaces.
    var journal: URL { root.appending(path: "ledger.sqlite-journal") }
    var key: URL { root.appending(path: "key") }
    var lock: URL { root.appending(path: "lock") }
    /// The private half of what signs log and receipts, and the one that a rotation is about to make it.
    var signingKey: URL { root.appending(path: "signing-key.pem") }
    var nextSigningKey: URL { root.appending(path: "signing-key-next.pem") }
    /// Names the cells whose files an addition writes; gone afterwards.
    var additions: URL { root.appending(path: "additions") }
    /// Room that is kept for the transaction of a deletion: on a full disk this file goes first.
    var reserve: URL { root.appending(path: "reserve") }
    static let reserveBytes = 128 << 10
    /// What commands cost, for people who plan.
    var costs: URL { root.appending(path: "costs.jsonl") }
    /// Where a measurement deletes from a copy; gone when it ends, and swept by the next writer if it was killed.
    var measurement: URL { root.appending(path: "measurement") }
    var log: URL { root.appending(path: "log") }
    /// Deletions under way, until their receipts are written.
    var requests: URL { root.appending(path: "requests") }
    var receipts: URL { root.appending(path: "receipts") }

    func request(_ id: String) -> URL { requests.appending(path: id + ".json") }
    func receipt(_ id: String) -> URL { receipts.appending(path: id + ".json") }
    var checkpoints: URL { root.appending(path: "checkpoints") }
    /// What sorts records and their places while a workspace is filled; gone afterwards.
    struct Staging: Sendable {
        let records, places: URL
        var all: [URL] { [records, places] }
    }
    var staging: Staging {
        Staging(
            records: root.appending(path: "staging.sqlite"), places: root.appending(path: "staging-places.sqlite"))
    }
    /// Where a verification trains; gone when it ends, and swept by the next writer if it was killed.
    var verification: URL { root.appending(path: "verification") }

    /// A folder of records. Another shape of the plan is written beside the one in use, which then goes.
    func records(_ generation: Int) -> URL {
        root.appending(path: generation == 1 ? "records" : "records-\(generation)")
    }

    /// The features of those records. They go with them.
    func features(_ generation: Int) -> URL {
        root.appending(path: generation == 1 ? "features" : "features-\(generation)")
    }

    /// The index of those records.
    func index(_ generation: Int) -> URL {
        root.appending(path: generation == 1 ? "index" : "index-\(generation)")
    }

    /// Refuses a folder that holds something else.
    func checkVacancy() throws {
        let names = try DurableFile.names(in: root)
        let ours = Set(
            ([key, signingKey, reserve, ledger, journal, lock, records(1), index(1)] + staging.all).map(
                \.lastPathComponent))
        // A key alone makes no workspace: it may have been put there for one, or belong to something else.
        if !names.contains(ledger.lastPathComponent),
            names.contains(where: { !ours.contains($0) && !$0.hasPrefix(DurableFile.temporaryPrefix) })
        {
            throw WorkspaceError.occupied(path: root.path)
        }
    }

    /// Keeps room for a deletion where there is none kept; a disk that is full has none to keep.
    func keepReserve() {
        if (try? DurableFile.size(reserve)) == Self.reserveBytes { return }
        // Not all zeros: a file system may keep none for those.
        try? DurableFile.write(
            (0..<Self.reserveBytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }, to: reserve)
    }

    /// Makes the folder's key, or finds it there.
    func prepare(_ given: WorkspaceKey?) throws -> WorkspaceKey {
        if try DurableFile.exists(key) {
            let found = try readKey()
            if let given, given.hexadecimal != found.hexadecimal {
                throw WorkspaceError.keyDiffers(path: root.path)
            }
            return found
        }
        if try DurableFile.exists(ledger) {
            throw WorkspaceError.keyMissing(path: key.path)
        }
        let new = given ?? WorkspaceKey()
        try DurableFile.write(Array((new.hexadecimal + "\n").utf8), to: key)
        return new
    }

    func makeRoot() throws {
        do {
            try FileManager.default.createDirectory(
                at: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw WorkspaceError.notWritable(path: root.path)
        }
    }

    /// Of the folder and its keys what group or others may read or change. A new one is for its owner only; a copy may not be.
    func openToOthers() -> [URL] {
        [root, key, signingKey, nextSigningKey].filter { url in
            let attributes = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
            return (attributes?[.posixPermissions] as? NSNumber).map { $0.intValue & 0o066 != 0 } ?? false
        }
    }

    func readKey() throws -> WorkspaceKey {
        guard let bytes = try DurableFile.contents(key) else { throw WorkspaceError.keyMissing(path: key.path) }
        return try WorkspaceKey(hexadecimal: String(decoding: bytes, as: UTF8.self))
    }

    /// Refuses links at the top of the folder: what is read below, or by SQLite, would be followed through them.
    func refuseLinks() throws {
        for name in try DurableFile.names(in: root) where isOurs(name) {
            _ = try DurableFile.exists(root.appending(path: name))
        }
    }

    /// Whether a name at the top of the folder is one that a workspace gives.
    private func isOurs(_ name: String) -> Bool {
        let own =
            [
                ledger, journal, key, lock, signingKey, nextSigningKey, additions, reserve, costs, measurement, log,
                requests, receipts,
                checkpoints, verification
            ] + staging.all
        return own.contains { $0.lastPathComponent == name } || isNumbered(name)
            || name.hasPrefix(DurableFile.temporaryPrefix)
    }

    /// Whether a name is that of a folder that another shape of the plan replaces.
    private func isNumbered(_ name: String) -> Bool {
        ["records", "features", "index"].contains { kind in
            name == kind || name.hasPrefix(kind + "-") && Int(name.dropFirst(kind.count + 1)) != nil
        }
    }

    /// Whether a path below the folder lies where only this program puts files.
    func isInOwnFolder(_ path: String) -> Bool {
        guard let first = path.split(separator: "/").first.map(String.init), first != path else { return false }
        return isNumbered(first) || [checkpoints, log, requests].contains { $0.lastPathComponent == first }
    }

    /// Whether a path below the folder is of a command that is under way or was killed: the next one that writes removes or finishes it.
    func isLeftover(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard let first = parts.first, let last = parts.last else { return false }
        let passing = [journal, additions, nextSigningKey, verification, measurement] + staging.all
        return passing.contains { $0.lastPathComponent == first } || last.hasPrefix(DurableFile.temporaryPrefix)
            || isNumbered(String(first)) && last.hasSuffix(".next")
    }

    /// Takes back a workspace that could not be filled, and its folder if nothing else is in it.
    func discard(keepingKey: Bool) throws {
        // A journal whose ledger is gone is no danger: SQLite plays none back into an empty file. The other way round it would be
        // one. The lock goes last: whoever waits for it sees that it is another file by now (WorkspaceLock).
        try DurableFile.remove([ledger, journal] + (keepingKey ? [] : [key, signingKey]) + [reserve, lock])
        if try DurableFile.names(in: root).isEmpty { try DurableFile.removeFolder(root) }
    }

    /// Removes everything at the top of the folder that a finished command would not have left.
    func sweep(generation: Int) throws {
        let names = try DurableFile.names(in: root)
        let current = [records(generation), features(generation), index(generation)].map(\.lastPathComponent)
        // Synced in any case: a process that was killed in its last commit has removed the journal, and not come to that. Should the
        // journal come back after a power failure, it takes back what this command is about to find done.
        try DurableFile.remove(
            names.filter { $0.hasPrefix(DurableFile.temporaryPrefix) }.map { root.appending(path: $0) }
                + staging.all, in: ledger)
        for name in names
        where [verification, measurement].map(\.lastPathComponent).contains(name)
            || (isNumbered(name) && !current.contains(name))
        {
            try DurableFile.removeFolder(root.appending(path: name))
        }
    }
}
