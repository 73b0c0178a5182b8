internal import Foundation

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

    /// The next bytes, as many as a chunk has until the last one; nil at the end. A pipe is waited for until they are there.
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
