import Foundation

/// Why a file could not be read.
package enum FileFault: Error, Equatable, Sendable {
    case missing
    case notARegularFile
    case tooLarge(bytes: Int, limit: Int)
    case changedWhileRead(expected: Int, found: Int)
    case unreadable(reason: String)
    /// Something else lies in its place.
    case foreign(ForeignContent)
    /// The file is not the one that its digests were made of.
    case otherContent
}

extension FileFault: CustomStringConvertible {
    /// The message for a person: what was found, what was expected, what to do.
    package var description: String {
        switch self {
        case .missing: "there is no such file: check the path of the model folder"
        case .notARegularFile: "this is no regular file: name a file, or a link to one"
        case .tooLarge(let bytes, let limit):
            "the file has \(bytes) bytes and at most \(limit) are accepted: check that it is the right file"
        case .changedWhileRead(let expected, let found):
            "the file had \(expected) bytes at first and \(found) while it was read: stop whatever writes it"
        case .unreadable(let reason): "the file cannot be read (\(reason)): check its permissions"
        case .foreign(let content): content.description
        case .otherContent: "the file is not the one that was used before: put the old one back"
        }
    }
}

/// Reads whole files into memory.
///
/// Files are read and never mapped: a mapped file that shrinks kills the process. Links are
/// followed, because model caches are made of them; what they lead to must be a regular file,
/// since opening a pipe would wait for ever.
enum WholeFile {
    static func bytes(_ url: URL, limit: Int = .max) throws(FileFault) -> [UInt8] {
        let path = url.resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            throw .missing
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else { throw .notARegularFile }
        let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard size <= limit else { throw .tooLarge(bytes: size, limit: limit) }
        let bytes: [UInt8]
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            bytes = try contents(handle.fileDescriptor, room: size + 1)
        } catch {
            throw .unreadable(reason: (error as NSError).localizedDescription)
        }
        guard bytes.count == size else {
            throw .changedWhileRead(expected: size, found: bytes.count)
        }
        if let foreign = ForeignContent(bytes) { throw .foreign(foreign) }
        return bytes
    }

    /// At most `room` bytes, read straight into their array: going through `Data` copies gigabytes once more.
    private static func contents(_ descriptor: Int32, room: Int) throws -> [UInt8] {
        try unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            while count < room {
                // Inside the buffer: `count` bytes of its `room` are taken.
                let received = unsafe read(descriptor, buffer.baseAddress.map { unsafe $0 + count }, room - count)
                if received < 0, errno == EINTR { continue }
                guard received >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
                if received == 0 { return }
                count += received
            }
        }
    }
}
