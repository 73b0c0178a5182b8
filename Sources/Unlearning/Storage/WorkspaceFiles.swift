internal import Foundation

/// What lies where in a workspace's folder: the one list of its files, from which all rules about them follow.
struct WorkspaceFiles: Sendable {
    /// The folder, without links: below it there are none, and whoever meets one refuses it.
    let root: URL

    /// A file or folder at the top of a workspace, under its name. A new one is a case here, with its rules beside it.
    enum Item: String, CaseIterable, Sendable {
        case ledger = "ledger.sqlite"
        /// Where SQLite keeps what a transaction replaces.
        case journal = "ledger.sqlite-journal"
        case key
        case lock
        /// The private half of what signs log and receipts.
        case signingKey = "signing-key.pem"
        /// The key that a rotation is about to make the signing key.
        case nextSigningKey = "signing-key-next.pem"
        /// Room that is kept for the transaction of a deletion: on a full disk this file goes first.
        case reserve
        /// What commands cost, for people who plan.
        case costs = "costs.jsonl"
        /// The digest of the program that ran here last, so that a receipt need not read the program again.
        case program = "program.json"
        case log
        /// Deletions under way, until their receipts are written.
        case requests
        case receipts
        case checkpoints
        case records
        /// The features of the records, which go with them.
        case features
        /// The index of the records.
        case index
        /// Names the cells whose files an addition writes; gone afterwards.
        case additions
        /// Sorts records while a workspace is filled; gone afterwards.
        case stagedRecords = "staging.sqlite"
        /// Sorts the places of records while a workspace is filled; gone afterwards.
        case stagedPlaces = "staging-places.sqlite"
        /// Where a verification trains; gone when it ends.
        case verification
        /// Where a measurement deletes from a copy; gone when it ends.
        case measurement

        var rules: Rules {
            switch self {
            case .ledger: [.standing, .early, .discarded, .copied]
            case .journal: [.early, .discarded, .passing]
            case .key: [.standing, .early, .secret, .copied]
            case .lock: [.standing, .early]
            case .signingKey: [.standing, .early, .secret, .copied]
            case .nextSigningKey: [.passing, .secret]
            case .reserve: [.standing, .early, .discarded]
            case .costs: [.standing, .copied]
            case .program: [.standing, .discarded]
            case .log: [.owned, .copied]
            case .requests: [.owned]
            case .receipts: []
            case .checkpoints: [.owned, .linked]
            case .records, .index: [.owned, .numbered, .linked, .early]
            case .features: [.owned, .numbered, .linked]
            case .additions: [.passing]
            case .stagedRecords, .stagedPlaces: [.passing, .early, .swept]
            case .verification, .measurement: [.passing, .swept]
            }
        }
    }

    /// What may be said of an item.
    struct Rules: OptionSet, Sendable {
        let rawValue: Int

        /// A file that may lie in a workspace at any time.
        static let standing = Rules(rawValue: 1 << 0)
        /// It may lie in a folder that holds no ledger yet: a training that was stopped leaves it.
        static let early = Rules(rawValue: 1 << 1)
        /// A command that is under way or was killed left it: the next one that writes removes or finishes it.
        static let passing = Rules(rawValue: 1 << 2)
        /// Nothing but its removal finishes it.
        static let swept = Rules(rawValue: 1 << 3)
        /// A folder in which only this program puts files.
        static let owned = Rules(rawValue: 1 << 4)
        /// A folder of one layout: another layout's is written beside the one in use, under a number.
        static let numbered = Rules(rawValue: 1 << 5)
        /// It is for the owner's eyes only.
        static let secret = Rules(rawValue: 1 << 6)
        /// It goes with a workspace that could not be filled.
        static let discarded = Rules(rawValue: 1 << 7)
        /// A copy of the workspace needs a copy of it.
        static let copied = Rules(rawValue: 1 << 8)
        /// A folder whose files are only ever replaced, never changed in place, so that a copy of the workspace may
        /// share them.
        static let linked = Rules(rawValue: 1 << 9)
    }

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

    subscript(_ item: Item) -> URL { root.appending(path: item.rawValue) }

    /// A folder of the layout with this number.
    subscript(_ item: Item, layout number: Int) -> URL {
        root.appending(path: number == 1 ? item.rawValue : "\(item.rawValue)-\(number)")
    }

    /// The draft of a request's receipt.
    func request(_ id: String) -> URL { self[.requests].appending(path: id + ".json") }

    /// The receipt of a request.
    func receipt(_ id: String) -> URL { self[.receipts].appending(path: id + ".json") }

    /// The items that all of these rules hold of.
    func all(_ rules: Rules) -> [Item] { Item.allCases.filter { $0.rules.isSuperset(of: rules) } }

    /// The item that a name at the top of the folder is of.
    func item(_ name: String) -> Item? {
        if let item = Item(rawValue: name) { return item }
        return all(.numbered).first { item in
            name.hasPrefix(item.rawValue + "-") && Int(name.dropFirst(item.rawValue.count + 1)) != nil
        }
    }

    // MARK: - What lies there

    /// Whether the folder holds something that is not of a workspace, or of one that was being made.
    ///
    /// A key alone makes no workspace: it may have been put there for one, or belong to something else.
    func isOccupied() throws -> Bool {
        let names = try DurableFile.names(in: root)
        let early = Set(all(.early).map(\.rawValue))
        return !names.contains(Item.ledger.rawValue)
            && names.contains { !early.contains($0) && !$0.hasPrefix(DurableFile.temporaryPrefix) }
    }

    /// The folder and its keys, as far as group or others may read or change them. A new one is for its owner only; a
    /// copy may not be.
    func openToOthers() -> [URL] {
        ([root] + all(.secret).map { self[$0] }).filter { url in
            let attributes = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
            return (attributes?[.posixPermissions] as? NSNumber).map { $0.intValue & 0o066 != 0 } ?? false
        }
    }

    /// Refuses links at the top of the folder: what is read below, or by SQLite, would be followed through them.
    func refuseLinks() throws {
        for name in try DurableFile.names(in: root)
        where item(name) != nil || name.hasPrefix(DurableFile.temporaryPrefix) {
            _ = try DurableFile.exists(root.appending(path: name))
        }
    }

    /// Whether a path below the folder lies where only this program puts files.
    func isInOwnFolder(_ path: String) -> Bool {
        guard let first = path.split(separator: "/").first.map(String.init), first != path else { return false }
        return item(first)?.rules.contains(.owned) ?? false
    }

    /// Whether a path below the folder is of a command that is under way or was killed.
    func isLeftover(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard let first = parts.first.map(String.init), let last = parts.last else { return false }
        let rules = item(first)?.rules ?? []
        return rules.contains(.passing) || last.hasPrefix(DurableFile.temporaryPrefix)
            || rules.contains(.numbered) && last.hasSuffix(".next")
    }

    // MARK: - Changes

    /// Makes the folder, for its owner only.
    func makeRoot() throws {
        do {
            try FileManager.default.createDirectory(
                at: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StorageError.notWritable(path: root.path)
        }
    }

    private static let reserveBytes = 128 << 10

    /// Keeps room for a deletion where there is none kept; a disk that is full has none to keep.
    func keepReserve() {
        if (try? DurableFile.size(self[.reserve])) == Self.reserveBytes { return }
        // Not all zeros: a file system may keep none for those.
        try? DurableFile.write(
            (0..<Self.reserveBytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }, to: self[.reserve])
    }

    /// Takes back a workspace that could not be filled, and its folder if nothing else is in it.
    func discard(keepingKey: Bool) throws {
        // A journal whose ledger is gone is no danger: SQLite plays none back into an empty file. The other way round
        // it would be one. The lock goes last: whoever waits for it sees that it is another file by now
        // (WorkspaceLock).
        let keys: [Item] = keepingKey ? [] : [.key, .signingKey]
        try DurableFile.remove((all(.discarded) + keys + [.lock]).map { self[$0] })
        if try DurableFile.names(in: root).isEmpty { try DurableFile.removeFolder(root) }
    }

    /// Removes everything at the top of the folder that a finished command would not have left. `number`: That of the
    /// layout in use.
    func sweep(layout number: Int) throws {
        let names = try DurableFile.names(in: root)
        // Synced in any case: a process that was killed in its last commit has removed the journal, and not come to
        // that. Should the journal come back after a power failure, it takes back what this command is about to find
        // done.
        try DurableFile.remove(
            names.filter { $0.hasPrefix(DurableFile.temporaryPrefix) }.map { root.appending(path: $0) }
                + [self[.stagedRecords], self[.stagedPlaces]], in: self[.ledger])
        for name in names {
            guard let item = item(name), ![.stagedRecords, .stagedPlaces].contains(item) else { continue }
            let isOutdated = item.rules.contains(.numbered) && name != self[item, layout: number].lastPathComponent
            if isOutdated || item.rules.contains(.swept) { try DurableFile.removeFolder(root.appending(path: name)) }
        }
    }
}
