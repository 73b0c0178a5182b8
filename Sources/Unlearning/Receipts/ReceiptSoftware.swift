internal import Crypto
internal import Engine
internal import Foundation
internal import Synchronization

extension ReceiptStatement.Software {
    /// The running program.
    static func current(_ program: ProgramDigest) -> Self {
        Self(
            name: "sisa", version: softwareVersion, numerics: numericsVersion, binary: program.current(),
            instructionSet: InstructionSet.current.rawValue)
    }
}

/// The SHA-256 of the running program, kept in a file of the workspace, because to read a program takes longer than a
/// short repair.
///
/// A program that is replaced or changed is another file by its inode, size or times; when it was changed is told by
/// the system, and set by nobody else. What is kept is believed only with the workspace's key under it. Like the
/// history of costs it is no part of any result, and is not waited for until it is durable.
struct ProgramDigest {
    private let cache: URL
    private let key: DigestKey

    /// `cache`: The file that keeps it. `key`: The workspace's.
    init(_ cache: URL, _ key: WorkspaceKey) {
        self.cache = cache
        self.key = key.subkey("program")
    }

    /// Which file a program is.
    private struct Identity: Codable, Equatable {
        let device, inode: UInt64
        let size, modified, changed: Int64

        init?(_ program: String) {
            var status = stat()
            guard unsafe stat(program, &status) == 0 else { return nil }
            (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
            modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
            changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
        }
    }

    private struct Kept: Codable {
        let program: Identity
        let digest: String
        let code: String
    }

    private static let program = "/proc/self/exe"
    /// The digest of this process, once it is known.
    private static let known = Mutex<String?>(nil)

    /// Begins to read the program while something else is waited for, where its digest is not known.
    func prepare() {
        if kept() != nil { return }
        SystemThread.start { Self.known.withLock { $0 = $0 ?? Self.read() } }?.detach()
    }

    /// The digest in hexadecimal; "unknown" where the system does not tell which program runs.
    func current() -> String {
        let kept = kept()
        let digest = Self.known.withLock { known in
            known = known ?? kept ?? Self.read()
            return known
        }
        guard let digest else { return "unknown" }
        if kept == nil, let identity = Identity(Self.program),
            let bytes = try? SortedJSON.encode(Kept(program: identity, digest: digest, code: code(identity, digest)))
        {
            try? DurableFile.overwrite(cache, Array(bytes))
        }
        return digest
    }

    /// What was kept of this program; nil where that is of another one, or nobody with the key wrote it.
    private func kept() -> String? {
        guard let bytes = try? DurableFile.contents(cache),
            let kept = try? JSONDecoder().decode(Kept.self, from: Data(bytes)),
            kept.program == Identity(Self.program), kept.code == code(kept.program, kept.digest)
        else { return nil }
        return kept.digest
    }

    private func code(_ identity: Identity, _ digest: String) -> String {
        var code = KeyedDigest(key)
        for number in [identity.device, identity.inode] { code.add(number) }
        for number in [identity.size, identity.modified, identity.changed] { code.add(UInt64(bitPattern: number)) }
        code.add(digest.utf8)
        return code.finish().hexadecimal
    }

    private static func read() -> String? {
        guard let file = FileHandle(forReadingAtPath: program) else { return nil }
        defer { try? file.close() }
        var hash = SHA256()
        while let piece = try? file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return Array(hash.finalize()).hexadecimal
    }
}
