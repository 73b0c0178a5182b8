internal import Crypto
internal import Foundation

/// A regular file that is read piece by piece, so that only what is asked for costs.
///
/// It is read and never mapped: a mapped file that shrinks kills the process, and model files belong to others. Links
/// are followed. With `blocks`, what is handed out was compared with what the file held when they were made.
final class PartialFile: Sendable {
    let size: Int
    private let descriptor: Int32
    private let blocks: BlockDigests?

    init(_ url: URL, blocks: BlockDigests? = nil) throws(FileFault) {
        let path = url.resolvingSymlinksInPath().path
        // Not waiting: opening a pipe would otherwise last until somebody writes to it.
        let opened = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            throw errno == ENOENT ? .missing : .unreadable(reason: unsafe String(cString: strerror(errno)))
        }
        var found = stat()
        guard unsafe fstat(opened, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw .notARegularFile
        }
        size = Int(found.st_size)
        descriptor = opened
        self.blocks = blocks
        if let blocks, blocks.size != size { throw .otherContent }
    }

    deinit {
        close(descriptor)
    }

    /// The bytes of a range inside the file.
    func bytes(_ range: Range<Int>) throws(FileFault) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= size)
        guard let blocks else { return try read(range) }
        let whole = blocks.covering(range)
        let bytes = try read(whole)
        guard blocks.match(bytes, at: whole.lowerBound) else { throw .otherContent }
        if whole == range { return bytes }
        return Array(bytes[range.lowerBound - whole.lowerBound..<range.upperBound - whole.lowerBound])
    }

    private func read(_ range: Range<Int>) throws(FileFault) -> [UInt8] {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while count < range.count {
                // Inside the buffer: `count` bytes of its capacity are taken.
                let received = unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + count }, range.count - count,
                    off_t(range.lowerBound + count))
                if received < 0, errno == EINTR { continue }
                if received <= 0 { return }
                count += received
            }
        }
        guard bytes.count == range.count else {
            throw .changedWhileRead(expected: size, found: range.lowerBound + bytes.count)
        }
        return bytes
    }
}

/// SHA-256 of every block of a file, so that a part of it can be checked without reading the rest.
package struct BlockDigests: Sendable, Equatable {
    /// The length of a block in bytes; the last one of a file may be shorter.
    package static let blockBytes = 1 << 18

    /// Bytes of the file.
    package let size: Int
    /// The digests, one after another.
    package let digests: [UInt8]

    /// Takes over digests that were made before, one for each block of a file of `size` bytes.
    package init(size: Int, digests: [UInt8]) {
        self.size = size
        self.digests = digests
    }

    /// The whole blocks that a range touches.
    func covering(_ range: Range<Int>) -> Range<Int> {
        let start = range.lowerBound / Self.blockBytes * Self.blockBytes
        let end = (range.upperBound + Self.blockBytes - 1) / Self.blockBytes * Self.blockBytes
        return start..<max(start, min(end, size))
    }

    /// Whether bytes that begin at a block's border are the file's; they end at another, or at the file's end.
    func match(_ bytes: [UInt8], at offset: Int) -> Bool {
        for start in stride(from: 0, to: bytes.count, by: Self.blockBytes) {
            let digest = SHA256.hash(data: bytes[start..<min(start + Self.blockBytes, bytes.count)])
            let place = (offset + start) / Self.blockBytes * SHA256.byteCount
            guard place + SHA256.byteCount <= digests.count,
                digest.elementsEqual(digests[place..<place + SHA256.byteCount])
            else { return false }
        }
        return true
    }
}
