internal import Foundation

/// What the file system says of a backbone's files, beside the digest that was computed from them: so that a command need not
/// hash a model of many megabytes to know that it is still the one.
///
/// The rule: path, and device, inode, size, time of change and time of change of status (in nanoseconds) of every file must be what they were,
/// and both times must lie at least two seconds before the moment at which the files were hashed. A file that is written again later
/// gets a later time of change of status, which no program can set back; one that was written while it was hashed might keep
/// the same one, because file systems count time in ticks, and so a young file is never vouched for.
/// `sisa verify` does not ask here: it hashes the files.
struct BackboneStamp: Codable, Equatable {
    struct File: Codable, Equatable {
        let name: String
        let device, inode: UInt64
        let size: Int64
        /// Nanoseconds since 1970.
        let modified, changed: Int64
    }

    let path: String
    let files: [File]
    /// When the files were looked at, before they were hashed; nanoseconds since 1970.
    let taken: Int64
    let digest: [UInt8]

    private static let age: Int64 = 2_000_000_000

    /// `digest`: of the files as `taken` describes them.
    init(_ look: Look, digest: [UInt8]) {
        (path, files, taken) = (look.path, look.files, look.taken)
        self.digest = digest
    }

    /// Whether it may be believed at all.
    var isOldEnough: Bool { files.allSatisfy { max($0.modified, $0.changed) <= taken &- Self.age } }

    func vouches(for look: Look) -> Bool {
        isOldEnough && !files.isEmpty && path == look.path && files == look.files
    }

    /// One look at a backbone's files.
    struct Look {
        let path: String
        let files: [File]
        let taken: Int64
    }
}

extension BackboneStamp.Look {
    init(_ folder: URL) {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        taken = Self.nanoseconds(now)
        path = folder.path
        files = Model.files.compactMap { name in
            var status = stat()
            guard unsafe stat(folder.appending(path: name).path, &status) == 0 else { return nil }
            return BackboneStamp.File(
                name: name, device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
                modified: Self.nanoseconds(status.st_mtim), changed: Self.nanoseconds(status.st_ctim))
        }
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        let (seconds, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : seconds &+ Int64(time.tv_nsec)
    }
}

extension Workspace {
    private static let stampFact = "backbone_stamp"

    /// The backbone's digest, checked against the one that this workspace was trained on.
    ///
    /// The files are hashed, unless `BackboneStamp` vouches for them. A command that writes notes the stamp for the next one; `isFull`
    /// takes nobody's word, and leaves none.
    func checkedBackbone(isFull: Bool = false) throws -> (folder: URL, digest: [UInt8]) {
        let folder = try backboneFolder()
        let expected = try backboneDigest()
        let look = BackboneStamp.Look(folder)
        let stored = try ledger.fact(Self.stampFact).flatMap { try? JSONDecoder().decode(BackboneStamp.self, from: $0) }
        if !isFull, let stored, stored.vouches(for: look), stored.digest == expected { return (folder, expected) }
        let found = try Self.digest(ofBackbone: folder)
        guard found == expected else {
            throw WorkspaceError.backboneChanged(
                path: folder.path, expected: expected.hexadecimal, found: found.hexadecimal)
        }
        let stamp = BackboneStamp(look, digest: found)
        if !isFull, ledger.access != .read, stamp.isOldEnough, BackboneStamp.Look(folder).files == look.files {
            try ledger.set([Self.stampFact: try JSONEncoder().encode(stamp)])
        }
        return (folder, found)
    }
}
