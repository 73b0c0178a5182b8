package import Foundation

/// A file as the system's own memory: its pages come when they are touched and go when memory is short.
///
/// For files that only this program writes, and always under a new name: one that shrinks while it is mapped kills the
/// process. A file that is removed or replaced stays readable through its mapping.
package final class MappedFile: Sendable {
    /// The length of the file in bytes.
    package let count: Int
    // Never written through, and unmapped only when nobody holds the object any more.
    private let address: UInt

    /// Nil where there is no such file, or an empty one, or it cannot be mapped.
    package init?(_ url: URL) {
        let descriptor = unsafe open(url.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var found = stat()
        guard unsafe fstat(descriptor, &found) == 0, found.st_mode & S_IFMT == S_IFREG, found.st_size > 0,
            let start = unsafe mmap(nil, Int(found.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe start != MAP_FAILED
        else { return nil }
        count = Int(found.st_size)
        address = UInt(bitPattern: start)
    }

    deinit {
        unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), count)
    }

    /// Hands out all bytes; the buffer is valid only during the call.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        defer { withExtendedLifetime(self) {} }
        return try unsafe body(UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count))
    }

    /// Asks for all pages at once, by who is about to read all of them; each by itself would be a fault of its own.
    package func populate() {
        _ = unsafe madvise(UnsafeMutableRawPointer(bitPattern: address), count, MADV_POPULATE_READ)
    }

    /// A copy of some bytes.
    package func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe withBytes { unsafe Array($0[range]) }
    }
}
