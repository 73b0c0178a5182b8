package import Foundation

/// How files of a workspace are looked at and read: the one place that says what is missing, what may not be read, and
/// what is none.
///
/// A link is never followed, neither in a file's place nor in its folder's: what it leads to is somebody else's, and
/// would outlive a deletion. (`WorkspaceFiles.refuseLinks` looks at the folders above.) Only a file that is not there
/// is nil; whatever else keeps one from being read is an error, and the errno decides which.
extension DurableFile {
    /// Whether there is a file or a folder.
    static func exists(_ url: URL) throws(StorageError) -> Bool { try entry(url) != nil }

    /// The size of a file; nil where there is none.
    static func size(_ url: URL) throws(StorageError) -> Int? { try entry(url).map { Int($0.st_size) } }

    private static func entry(_ url: URL) throws(StorageError) -> stat? {
        try refuseLink(url.deletingLastPathComponent())
        return try refuseLink(url)
    }

    /// What lies at a path, if it is no link; nil: nothing.
    @discardableResult
    static func refuseLink(_ url: URL) throws(StorageError) -> stat? {
        var status = stat()
        guard unsafe lstat(url.path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("looking at it", url)
        }
        if status.st_mode & S_IFMT == S_IFLNK { throw .link(path: url.path) }
        return status
    }

    /// True for a file that may be read; else an error.
    static func isReadable(_ url: URL) throws(StorageError) -> Bool {
        guard try exists(url), unsafe access(url.path, R_OK) == 0 else { throw failure("reading", url) }
        return true
    }

    /// The bytes of a file; nil where there is none.
    package static func contents(_ url: URL) throws(StorageError) -> [UInt8]? {
        guard try exists(url) else { return nil }
        return try read(url) { size in 0..<size }
    }

    /// A part of a file; a file that ends before it is an error.
    static func contents(_ url: URL, at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
        try refuseLink(url.deletingLastPathComponent())
        return try read(url) { size in
            // Before room is made for what a damaged number asks for.
            offset >= 0 && count >= 0 && offset <= size && count <= size - offset ? offset..<offset + count : nil
        }
    }

    /// `part`: is told the file's size; nil: the file has no such part.
    private static func read(_ url: URL, _ part: (Int) -> Range<Int>?) throws(StorageError) -> [UInt8] {
        // Opening a pipe must not wait for who writes to it.
        let descriptor = unsafe open(url.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ELOOP { throw .link(path: url.path) }
            // A socket, or a device that nobody serves.
            if errno == ENXIO || errno == ENODEV { throw .notAFile(path: url.path) }
            throw failure("reading", url)
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .notAFile(path: url.path)
        }
        guard let range = part(Int(status.st_size)) else { throw .cut(path: url.path) }
        var done = 0
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while done < range.count {
                let got = unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, range.count - done,
                    off_t(range.lowerBound + done))
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                if got <= 0 { break }
                done += got
            }
            count = done
        }
        if code != 0 { throw StorageError(code, "reading", url) }
        guard done == range.count else { throw .cut(path: url.path) }
        return bytes
    }

    /// Names in a folder; a missing one has none.
    static func names(in folder: URL) throws(StorageError) -> [String] {
        guard try exists(folder) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw StorageError(error, "listing", folder)
        }
    }

    /// Paths of everything below a folder but folders, relative to it and sorted; links are not followed.
    ///
    /// `skips`: Folders that may not be entered are passed over; else they are an error.
    static func paths(below folder: URL, skips: Bool) throws(StorageError) -> [String] {
        var found: [String] = []
        let names: [String]
        do throws(StorageError) {
            names = try self.names(in: folder)
        } catch {
            if skips, error.isPermission { return [] }
            throw error
        }
        for name in names.sorted() {
            var status = stat()
            let place = folder.appending(path: name)
            if unsafe lstat(place.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                found += try paths(below: place, skips: skips).map { "\(name)/\($0)" }
            } else {
                found.append(name)
            }
        }
        return found
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
}
