import Foundation

/// A regular file, read once from front to back in chunks.
///
/// Folders, pipes and devices are refused before they are opened: opening a pipe would wait for ever.
struct ChunkedFile: ~Copyable {
    enum Failure: Error, Equatable {
        case notARegularFile
        case unreadable(reason: String)

        var reason: String {
            switch self {
            case .notARegularFile: "it is not a regular file"
            case .unreadable(let reason): reason
            }
        }
    }

    private let chunkBytes: Int
    private let handle: FileHandle

    init(_ file: URL, chunkBytes: Int = 64 << 10) throws(Failure) {
        self.chunkBytes = chunkBytes
        do {
            // The attributes of a link are the link's own.
            let target = file.resolvingSymlinksInPath().path
            let kind = try FileManager.default.attributesOfItem(atPath: target)[.type]
            guard kind as? FileAttributeType == .typeRegular else { throw Failure.notARegularFile }
            handle = try FileHandle(forReadingFrom: file)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .unreadable(reason: Self.reason(error))
        }
    }

    deinit {
        try? handle.close()
    }

    /// The next bytes, as many as a chunk has until the last one; nil at the end.
    mutating func next() throws(Failure) -> [UInt8]? {
        do {
            guard let data = try handle.read(upToCount: chunkBytes), !data.isEmpty else {
                return nil
            }
            return [UInt8](data)
        } catch {
            throw .unreadable(reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file"
        case .fileReadNoPermission: "permission denied"
        default: "it cannot be read (\((error as NSError).domain) \((error as NSError).code))"
        }
    }
}
