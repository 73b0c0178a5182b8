internal import CSystem
internal import Foundation

/// The only code that may write, rename or remove a file of a workspace: each call is durable when it returns.
///
/// A file is written under a temporary name, synced, renamed, and its folder synced; so a name holds either nothing or
/// the whole content, whatever happens in between.
package enum DurableFile {
    static let temporaryPrefix = ".writing-"

    static func write(_ bytes: [UInt8], to url: URL) throws(StorageError) {
        try write(bytes, to: url, synced: true)
        try syncFolder(of: url)
    }

    /// Writes a file whose content is durable when this returns; its name is so after `syncName`, which one call gives
    /// to all files of a folder.
    static func writeContent(_ bytes: [UInt8], to url: URL) throws(StorageError) {
        try write(bytes, to: url, synced: true)
    }

    /// Makes the names of all files in the folder of this one durable.
    static func syncName(of url: URL) throws(StorageError) { try syncFolder(of: url) }

    /// Writes one of many new files; none of them counts before `syncAll`.
    static func writeLater(_ bytes: [UInt8], to url: URL) throws(StorageError) {
        try write(bytes, to: url, synced: false)
    }

    /// Makes everything durable that was written so far to the file system of this folder: for many files one call
    /// costs less than one each. Other than `sync` it waits for no other disk, and says where something could not be
    /// written.
    static func syncAll(in folder: URL) throws(StorageError) {
        let descriptor = unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opening", folder) }
        defer { close(descriptor) }
        guard syncfs(descriptor) == 0 else { throw failure("syncing", folder) }
    }

    /// Writes a file piece by piece, so that it need not fit into memory. Whatever `pieces` throws, nothing is left.
    static func write(
        to url: URL, pieces: (@escaping ([UInt8]) throws(StorageError) -> Void) throws -> Void
    ) throws {
        let descriptor = try begin(url)
        do {
            try pieces { (bytes) throws(StorageError) in try writeAll(bytes, descriptor, temporary(url)) }
        } catch {
            abandon(descriptor, url)
            throw error
        }
        try finish(descriptor, url, synced: true)
        try syncFolder(of: url)
    }

    /// Writes bytes into a file that grows, durably, and cuts off what follows them. Its name is durable after
    /// `syncName`.
    ///
    /// A file that ends before that place was cut by somebody else, and is left as it is: no hole is made in it.
    static func splice(_ bytes: [UInt8], into url: URL, at offset: Int) throws(StorageError) {
        let descriptor = unsafe open(
            url.path, O_WRONLY | (offset == 0 ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw failure("opening", url) }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw failure("reading", url) }
        guard end >= off_t(offset) else {
            throw .cut(path: url.path)
        }
        // First cut, so that a file which ends within the old tail is what it was.
        guard ftruncate(descriptor, off_t(offset)) == 0 else { throw failure("cutting", url) }
        guard lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset) else { throw failure("writing", url) }
        try writeAll(bytes, descriptor, url)
        guard fsync(descriptor) == 0 else { throw failure("syncing", url) }
    }

    private static func write(_ bytes: [UInt8], to url: URL, synced: Bool) throws(StorageError) {
        let descriptor = try begin(url)
        do throws(StorageError) {
            try writeAll(bytes, descriptor, temporary(url))
        } catch {
            abandon(descriptor, url)
            throw error
        }
        try finish(descriptor, url, synced: synced)
    }

    private static func begin(_ url: URL) throws(StorageError) -> Int32 {
        // A link there would be replaced, and what it leads to stay.
        _ = try exists(url)
        let descriptor = unsafe open(temporary(url).path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("opening", temporary(url)) }
        return descriptor
    }

    private static func abandon(_ descriptor: Int32, _ url: URL) {
        close(descriptor)
        unsafe unlink(temporary(url).path)
    }

    private static func finish(_ descriptor: Int32, _ url: URL, synced: Bool) throws(StorageError) {
        guard !synced || fsync(descriptor) == 0 else {
            let error = failure("syncing", temporary(url))
            abandon(descriptor, url)
            throw error
        }
        guard close(descriptor) == 0 else { throw failure("closing", temporary(url)) }
        guard unsafe rename(temporary(url).path, url.path) == 0 else {
            let error = failure("renaming", url)
            unsafe unlink(temporary(url).path)
            throw error
        }
    }

    /// The name under which a file is written.
    static func temporary(_ url: URL) -> URL {
        url.deletingLastPathComponent().appending(path: temporaryPrefix + url.lastPathComponent)
    }

    private static func writeAll(_ bytes: [UInt8], _ descriptor: Int32, _ url: URL) throws(StorageError) {
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Foundation.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw failure("writing", url) }
            done += written
        }
    }

    /// Removes files of one folder; a missing one is as good as removed.
    ///
    /// A file that was removed by a process which was killed before it could sync is missing here, and may be there
    /// again after a power failure. So what must be gone for good is asked for with `isCertain`, and its folder is
    /// synced in any case; where it is not known what was removed, it is the folder of `place`.
    static func remove(_ urls: [URL], in place: URL? = nil, isCertain: Bool = true) throws(StorageError) {
        var isRemoved = false
        var problem: StorageError?
        // One that cannot be removed keeps no other from going.
        for url in urls {
            do throws(StorageError) {
                guard try exists(url) else { continue }
                guard unsafe unlink(url.path) == 0 || errno == ENOENT else { throw failure("removing", url) }
                isRemoved = true
            } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
        // Where the folder itself is missing, so is the file.
        guard let first = place ?? urls.first, isCertain || isRemoved,
            try refuseLink(first.deletingLastPathComponent()) != nil
        else {
            return
        }
        try syncFolder(of: first)
    }

    /// Gives a file a second name. Only for files that are replaced and never changed in place: both names would see
    /// it.
    static func link(_ url: URL, to place: URL) throws(StorageError) {
        guard unsafe Foundation.link(url.path, place.path) == 0 else { throw failure("linking", place) }
    }

    /// Adds a line to the end of a file of which this process is the only writer; durable when the system comes to it.
    /// A last line that was cut stays a line of its own.
    static func append(line bytes: [UInt8], to url: URL) throws(StorageError) {
        let descriptor = unsafe open(url.path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("opening", url) }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw failure("reading", url) }
        var last = UInt8(ascii: "\n")
        if end > 0, unsafe pread(descriptor, &last, 1, end - 1) != 1 { throw failure("reading", url) }
        try writeAll((last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]) + bytes, descriptor, url)
    }

    /// Writes a file in its place; durable when the system comes to it. Only for what its reader checks, and can do
    /// without.
    static func overwrite(_ url: URL, _ bytes: [UInt8]) throws(StorageError) {
        let descriptor = unsafe open(
            url.path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("opening", url) }
        defer { close(descriptor) }
        try writeAll(bytes, descriptor, url)
    }

    /// Gives a file another name in its folder, which it takes from whatever has it.
    static func move(_ url: URL, to place: URL) throws(StorageError) {
        _ = try exists(place)
        guard unsafe rename(url.path, place.path) == 0 else { throw failure("renaming", place) }
        try syncFolder(of: place)
    }

    /// Removes a folder with all that is in it; a missing one is as good as removed. A link in its place is refused,
    /// and links in it go, not what they lead to.
    static func removeFolder(_ url: URL) throws(StorageError) {
        guard try exists(url) else { return }
        do {
            try FileManager.default.removeItem(at: url)
        } catch {
            throw StorageError(error, "remove", url)
        }
        try syncFolder(of: url)
    }

    /// Makes a folder at the top of a workspace, whose names every command that writes makes durable first.
    static func makeFolderIfMissing(_ url: URL) throws(StorageError) {
        if try !exists(url) { try makeFolder(url) }
    }

    static func makeFolder(_ url: URL) throws(StorageError) {
        guard unsafe mkdir(url.path, 0o700) == 0 || errno == EEXIST else { throw failure("making it", url) }
        try refuseLink(url)
        try syncFolder(of: url)
    }

    private static func syncFolder(of url: URL) throws(StorageError) {
        let folder = url.deletingLastPathComponent()
        let descriptor = unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opening", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("syncing", folder) }
    }

    /// What the last system call says is wrong with a file.
    static func failure(_ operation: String, _ url: URL) -> StorageError {
        StorageError(errno, operation, url)
    }
}
