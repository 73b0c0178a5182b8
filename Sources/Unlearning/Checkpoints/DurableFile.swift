internal import CSystem
internal import Foundation

/// The only code that may write, rename or remove a file of a workspace: each call is durable when it returns.
///
/// A file is written under a temporary name, synced, renamed, and its folder synced; so a name holds either nothing or the whole
/// content, whatever happens in between.
enum DurableFile {
    static let temporaryPrefix = ".writing-"

    static func write(_ bytes: [UInt8], to url: URL) throws(CheckpointError) {
        try write(bytes, to: url, synced: true)
        try syncFolder(of: url)
    }

    /// Writes a file whose content is durable when this returns; its name is so after `syncName`, which one call gives to
    /// all files of a folder.
    static func writeContent(_ bytes: [UInt8], to url: URL) throws(CheckpointError) {
        try write(bytes, to: url, synced: true)
    }

    /// Makes the names of all files in the folder of this one durable.
    static func syncName(of url: URL) throws(CheckpointError) { try syncFolder(of: url) }

    /// Writes one of many new files; none of them counts before `syncAll`.
    static func writeLater(_ bytes: [UInt8], to url: URL) throws(CheckpointError) {
        try write(bytes, to: url, synced: false)
    }

    /// Makes everything durable that was written so far to the file system of this folder: for many files one call costs less than
    /// one each. Other than `sync` it waits for no other disk, and says where something could not be written.
    static func syncAll(in folder: URL) throws(CheckpointError) {
        let descriptor = unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        guard syncfs(descriptor) == 0 else { throw failure("syncfs", folder) }
    }

    /// Writes a file piece by piece, so that it need not fit into memory. Whatever `pieces` throws, nothing is left.
    static func write(
        to url: URL, pieces: (@escaping ([UInt8]) throws(CheckpointError) -> Void) throws -> Void
    ) throws {
        let descriptor = try begin(url)
        do {
            try pieces { (bytes) throws(CheckpointError) in try writeAll(bytes, descriptor, temporary(url)) }
        } catch {
            abandon(descriptor, url)
            throw error
        }
        try finish(descriptor, url, synced: true)
        try syncFolder(of: url)
    }

    /// Writes bytes into a file that grows, durably, and cuts off what follows them. Its name is durable after `syncName`.
    static func splice(_ bytes: [UInt8], into url: URL, at offset: Int) throws(CheckpointError) {
        let descriptor = unsafe open(url.path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw failure("open", url) }
        defer { close(descriptor) }
        // First cut, so that a file which ends within the old tail is what it was.
        guard ftruncate(descriptor, off_t(offset)) == 0 else { throw failure("ftruncate", url) }
        guard lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset) else { throw failure("lseek", url) }
        try writeAll(bytes, descriptor, url)
        guard fsync(descriptor) == 0 else { throw failure("fsync", url) }
    }

    private static func write(_ bytes: [UInt8], to url: URL, synced: Bool) throws(CheckpointError) {
        let descriptor = try begin(url)
        do throws(CheckpointError) {
            try writeAll(bytes, descriptor, temporary(url))
        } catch {
            abandon(descriptor, url)
            throw error
        }
        try finish(descriptor, url, synced: synced)
    }

    private static func begin(_ url: URL) throws(CheckpointError) -> Int32 {
        let descriptor = unsafe open(temporary(url).path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open", temporary(url)) }
        return descriptor
    }

    private static func abandon(_ descriptor: Int32, _ url: URL) {
        close(descriptor)
        unsafe unlink(temporary(url).path)
    }

    private static func finish(_ descriptor: Int32, _ url: URL, synced: Bool) throws(CheckpointError) {
        guard !synced || fsync(descriptor) == 0 else {
            let error = failure("fsync", temporary(url))
            abandon(descriptor, url)
            throw error
        }
        guard close(descriptor) == 0 else { throw failure("close", temporary(url)) }
        guard unsafe rename(temporary(url).path, url.path) == 0 else {
            let error = failure("rename", url)
            unsafe unlink(temporary(url).path)
            throw error
        }
    }

    /// The name under which a file is written.
    static func temporary(_ url: URL) -> URL {
        url.deletingLastPathComponent().appending(path: temporaryPrefix + url.lastPathComponent)
    }

    private static func writeAll(_ bytes: [UInt8], _ descriptor: Int32, _ url: URL) throws(CheckpointError) {
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Foundation.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw failure("write", url) }
            done += written
        }
    }

    /// Removes files of one folder; a missing one is as good as removed.
    ///
    /// A file that was removed by a process which was killed before it could sync is missing here, and may be there again after a
    /// power failure. So what must be gone for good is asked for with `isCertain`, and its folder is synced in any case; where it is
    /// not known what was removed, it is the folder of `place`.
    static func remove(_ urls: [URL], in place: URL? = nil, isCertain: Bool = true) throws(CheckpointError) {
        var isRemoved = false
        for url in urls {
            if unsafe unlink(url.path) == 0 {
                isRemoved = true
            } else if errno != ENOENT {
                throw failure("unlink", url)
            }
        }
        // Where the folder itself is missing, so is the file.
        guard let first = place ?? urls.first, isCertain || isRemoved, exists(first.deletingLastPathComponent()) else {
            return
        }
        try syncFolder(of: first)
    }

    /// Gives a file a second name. Only for files that are replaced and never changed in place: both names would see it.
    static func link(_ url: URL, to place: URL) throws(CheckpointError) {
        guard unsafe Foundation.link(url.path, place.path) == 0 else { throw failure("link", place) }
    }

    /// Adds a line to the end of a file of which this process is the only writer; durable when the system comes to it. A last line that was cut
    /// stays a line of its own.
    static func append(line bytes: [UInt8], to url: URL) throws(CheckpointError) {
        let descriptor = unsafe open(url.path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open", url) }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw failure("seek", url) }
        var last = UInt8(ascii: "\n")
        if end > 0, unsafe pread(descriptor, &last, 1, end - 1) != 1 { throw failure("read", url) }
        try writeAll((last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]) + bytes, descriptor, url)
    }

    /// Gives a file another name in its folder, which it takes from whatever has it.
    static func move(_ url: URL, to place: URL) throws(CheckpointError) {
        guard unsafe rename(url.path, place.path) == 0 else { throw failure("rename", place) }
        try syncFolder(of: place)
    }

    static func exists(_ url: URL) -> Bool { unsafe access(url.path, F_OK) == 0 }

    /// The size of a file; nil where there is none.
    static func size(_ url: URL) -> Int? {
        var status = stat()
        return unsafe lstat(url.path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Bytes that the file system of a path has left for this user; asked of the nearest folder that exists.
    static func freeBytes(near url: URL) -> Int? {
        var status = statvfs()
        var folder = url
        while unsafe statvfs(folder.path, &status) != 0 {
            guard errno == ENOENT, folder.pathComponents.count > 1 else { return nil }
            folder.deleteLastPathComponent()
        }
        let (bytes, isTooMany) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isTooMany ? nil : Int(clamping: bytes)
    }

    /// The bytes of a file; nil where it cannot be read.
    static func contents(_ url: URL) -> [UInt8]? { try? read(url) { size in 0..<size } }

    /// A part of a file; a file that ends before it is an error.
    static func contents(_ url: URL, at offset: Int, count: Int) throws(CheckpointError) -> [UInt8] {
        try read(url) { size in
            // Before room is made for what a damaged number asks for.
            offset >= 0 && count >= 0 && offset <= size && count <= size - offset ? offset..<offset + count : nil
        }
    }

    /// `part`: is told the file's size; nil: the file has no such part.
    ///
    /// A link in its place is not followed, and opening a pipe does not wait for who writes to it: no file of a workspace is either.
    private static func read(_ url: URL, _ part: (Int) -> Range<Int>?) throws(CheckpointError) -> [UInt8] {
        let descriptor = unsafe open(url.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("open", url) }
        defer { close(descriptor) }
        func unreadable(_ reason: String) -> CheckpointError {
            .file(operation: "read", path: url.path, code: EIO, reason: reason)
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw unreadable("it is not a regular file")
        }
        guard let range = part(Int(status.st_size)) else { throw unreadable("it ends too early") }
        var done = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while done < range.count {
                let got = unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, range.count - done,
                    off_t(range.lowerBound + done))
                if got < 0, errno == EINTR { continue }
                if got <= 0 { break }
                done += got
            }
            count = done
        }
        guard done == range.count else { throw unreadable("it ends too early") }
        return bytes
    }

    /// Removes a folder with all that is in it; a missing one is as good as removed.
    static func removeFolder(_ url: URL) throws(CheckpointError) {
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        do {
            try FileManager.default.removeItem(at: url)
        } catch {
            throw .file(
                operation: "remove", path: url.path, code: EIO, reason: error.localizedDescription)
        }
        try syncFolder(of: url)
    }

    /// Names in a folder; a missing one has none.
    static func names(in folder: URL) throws(CheckpointError) -> [String] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw .file(
                operation: "read", path: folder.path, code: EIO, reason: error.localizedDescription)
        }
    }

    /// For a folder at the top of a workspace, whose names every command that writes makes durable first.
    static func makeFolderIfMissing(_ url: URL) throws(CheckpointError) {
        if !exists(url) { try makeFolder(url) }
    }

    static func makeFolder(_ url: URL) throws(CheckpointError) {
        guard unsafe mkdir(url.path, 0o700) == 0 || errno == EEXIST else { throw failure("mkdir", url) }
        try syncFolder(of: url)
    }

    private static func syncFolder(of url: URL) throws(CheckpointError) {
        let folder = url.deletingLastPathComponent()
        let descriptor = unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("fsync", folder) }
    }

    private static func failure(_ operation: String, _ url: URL) -> CheckpointError {
        let code = errno
        return .file(
            operation: operation, path: url.path, code: code, reason: unsafe String(cString: strerror(code)))
    }
}
