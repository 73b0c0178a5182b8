internal import Engine
package import Foundation

/// A file that a person hands in.
///
/// What a recipe names is a regular file: opening a pipe would wait for ever, and nobody would know for whom. What the
/// command line names may be a pipe or a device too, and `-` is standard input: whoever named it knows that somebody
/// writes.
package struct InputFile: Sendable, Equatable {
    /// Absolute, or `-`.
    package let path: String
    /// Whether a pipe or a device is read too.
    let takesPipes: Bool

    private static let standardInput = "-"
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// A file that a recipe names.
    package init(_ url: URL) {
        path = url.absoluteURL.path
        takesPipes = false
    }

    /// A file that the command line names.
    package init(named path: String) {
        self.path = path == Self.standardInput ? path : URL(filePath: path).standardizedFileURL.path
        takesPipes = true
    }

    /// Whether it is `-`, and named on the command line.
    package var isStandardInput: Bool { takesPipes && path == Self.standardInput }

    /// The name that messages give it.
    package var name: String { isStandardInput ? "standard input" : path }

    /// What is behind the last dot of the name.
    package var pathExtension: String { isStandardInput ? "" : URL(filePath: path).pathExtension }

    /// Refuses what is not there, is nothing to read, or may not be read; nothing is opened.
    package func check() throws(InputError) {
        func refused(_ problem: InputError.Problem) -> InputError { InputError(name: name, problem: problem) }
        var found = stat()
        guard unsafe (isStandardInput ? fstat(0, &found) : stat(path, &found)) == 0 else {
            throw InputError(name: name, errno: errno)
        }
        switch found.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw refused(.folder)
        default: guard takesPipes else { throw refused(.notARegularFile) }
        }
        guard unsafe isStandardInput || access(path, R_OK) == 0 else { throw InputError(name: name, errno: errno) }
    }

    /// A descriptor that is the caller's to close.
    func open() throws(InputError) -> Int32 {
        try check()
        // What has become a pipe since then is not waited for.
        let opened =
            isStandardInput
            ? dup(0) : unsafe Foundation.open(path, O_RDONLY | O_CLOEXEC | (takesPipes ? 0 : O_NONBLOCK))
        guard opened >= 0 else { throw InputError(name: name, errno: errno) }
        return opened
    }

    /// Hands out everything but a byte order mark, chunk by chunk. `isText`: Any text may begin it.
    package func forEachChunk(isText: Bool = false, _ take: ([UInt8]) throws -> Void) throws {
        var chunks = try ChunkedFile(self)
        var isFirst = true
        while var chunk = try chunks.next() {
            if isFirst, chunk.starts(with: Self.byteOrderMark) { chunk.removeFirst(Self.byteOrderMark.count) }
            if isFirst, !isText, let foreign = ForeignContent(chunk) {
                throw InputError(name: name, problem: .foreign(foreign))
            }
            isFirst = false
            try take(chunk)
        }
    }

    /// The whole of a file that should be small.
    package func bytes(limit: Int) throws(InputError) -> [UInt8] {
        var chunks = try ChunkedFile(self)
        var bytes: [UInt8] = []
        while let chunk = try chunks.next() {
            bytes += chunk
            if bytes.count > limit { throw InputError(name: name, problem: .tooLong(limit: limit)) }
        }
        if let foreign = ForeignContent(bytes) { throw InputError(name: name, problem: .foreign(foreign)) }
        return bytes
    }
}

/// A file that is handed in, read once from front to back in chunks.
struct ChunkedFile: ~Copyable {
    private let name: String
    private let chunkBytes: Int
    private let descriptor: Int32

    init(_ file: InputFile, chunkBytes: Int = 64 << 10) throws(InputError) {
        name = file.name
        self.chunkBytes = chunkBytes
        descriptor = try file.open()
    }

    deinit {
        close(descriptor)
    }

    /// The next bytes, as many as a chunk has until the last one; nil at the end. A pipe is waited for until they are
    /// there.
    mutating func next() throws(InputError) -> [UInt8]? {
        var code: Int32 = 0
        let chunk = unsafe [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
            while count < chunkBytes {
                // Inside the buffer: `count` bytes of its `chunkBytes` are taken.
                let received = unsafe read(
                    descriptor, buffer.baseAddress.map { unsafe $0 + count }, chunkBytes - count)
                if received < 0, errno == EINTR { continue }
                if received < 0 { code = errno }
                if received <= 0 { return }
                count += received
            }
        }
        guard code == 0 else { throw InputError(name: name, errno: code) }
        return chunk.isEmpty ? nil : chunk
    }
}
