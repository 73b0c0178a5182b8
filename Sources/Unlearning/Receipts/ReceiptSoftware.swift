internal import Crypto
internal import Engine
internal import Foundation
internal import Synchronization

extension ReceiptStatement.Software {
    /// The running program. `cache`: Where its digest is kept, because to read a program takes longer than a short
    /// repair.
    static func current(_ cache: URL) -> Self {
        Self(
            name: "sisa", version: softwareVersion, numerics: numericsVersion, binary: ProgramDigest.current(cache),
            instructionSet: InstructionSet.current.rawValue)
    }
}

/// The SHA-256 of the running program, and which file that was.
///
/// A file that is replaced or changed has another inode, size or time: `changed` is set by the system, and nobody else
/// can set it. Like the history of costs it is no part of any result, and is not waited for until it is durable.
struct ProgramDigest: Codable, Equatable {
    private let device, inode: UInt64
    private let size, modified, changed: Int64
    private var digest: String?

    /// The digest of this process, once it is known.
    private static let known = Mutex<ProgramDigest?>(nil)

    /// Begins to read the program while something else is waited for, where its digest is not known.
    static func prepare(_ cache: URL) {
        if cached(cache) != nil { return }
        SystemThread.start { known.withLock { $0 = $0 ?? read() } }?.detach()
    }

    /// The digest in hexadecimal; "unknown" where the system does not tell which program runs.
    static func current(_ cache: URL) -> String {
        known.withLock { known in
            let found = known ?? cached(cache) ?? read()
            known = found
            guard let found, let digest = found.digest else { return "unknown" }
            if cached(cache) == nil, let bytes = try? SortedJSON.encode(found) {
                try? DurableFile.writeLater(Array(bytes), to: cache)
            }
            return digest
        }
    }

    private static let program = "/proc/self/exe"

    private init?(_ program: String) {
        var status = stat()
        guard unsafe stat(program, &status) == 0 else { return nil }
        (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    }

    /// What was kept of this program; nil where that is of another one, or nothing was.
    private static func cached(_ cache: URL) -> ProgramDigest? {
        guard let bytes = try? DurableFile.contents(cache), var here = ProgramDigest(program),
            let kept = try? JSONDecoder().decode(Self.self, from: Data(bytes)), let digest = kept.digest,
            [UInt8](canonicalHexadecimal: digest)?.count == SHA256.byteCount
        else { return nil }
        here.digest = digest
        return here == kept ? kept : nil
    }

    private static func read() -> ProgramDigest? {
        guard var found = ProgramDigest(program), let file = FileHandle(forReadingAtPath: program) else { return nil }
        defer { try? file.close() }
        var hash = SHA256()
        while let piece = try? file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        found.digest = Array(hash.finalize()).hexadecimal
        return found
    }
}
