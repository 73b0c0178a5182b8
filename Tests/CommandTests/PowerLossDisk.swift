/// Files as programs see them, and what of them would be on the disk if the power failed now.
///
/// Assumed is what POSIX promises and no more, in the manner of ALICE (Pillai et al., OSDI 2014):
/// - fsync of a file makes its bytes and its length durable, and not its name; fsync of a folder makes the names in it
///   durable, and not what they stand for; sync makes everything durable.
/// - Whatever came since may have reached the disk or not, each thing for itself and in any order: every name that was
///   made, removed or changed, every length, and every 512 bytes of a write. What has a length and no bytes is zero.
/// - A rename is atomic: both names change, or none does.
final class PowerLossDisk {
    private static let sector = 512

    final class File {
        var live: [UInt8]
        var durable: [UInt8]
        var pending: [Change] = []

        enum Change {
            case write(offset: Int, bytes: [UInt8])
            case length(Int)
        }

        init(_ bytes: [UInt8] = []) {
            live = bytes
            durable = bytes
        }

        func change(_ change: Change) {
            switch change {
            case .write(let offset, let bytes):
                live.grow(to: offset + bytes.count)
                live.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            case .length(let length): live.resize(to: length)
            }
            pending.append(change)
        }

        func sync() {
            durable = live
            pending = []
        }
    }

    final class Folder {
        var live: [String: Entry] = [:]
        var durable: [String: Entry] = [:]
        var pending: [Change] = []

        /// One step of the names in a folder: some go, and one may come. `number`: its place among those of all
        /// folders.
        struct Change {
            let number: Int
            let gone: String?
            let added: (name: String, entry: Entry)?

            func apply(to names: inout [String: Entry]) {
                if let gone { names[gone] = nil }
                if let added { names[added.name] = added.entry }
            }
        }

        func change(_ change: Change) {
            change.apply(to: &live)
            pending.append(change)
        }

        func sync() {
            durable = live
            pending = []
        }
    }

    enum Entry {
        case file(File)
        case folder(Folder)

        func sync() {
            switch self {
            case .file(let file): file.sync()
            case .folder(let folder):
                folder.sync()
                for entry in folder.live.values { entry.sync() }
            }
        }
    }

    enum Failure: Error, Equatable {
        case notThere(String)
        case notModelled(String)
    }

    private let root = Folder()
    private var open: [Int: Entry] = [:]
    private var changes = 0

    /// A disk that was at rest for long: all of it is durable.
    init(_ image: PowerLossImage) throws {
        for path in image.folders.sorted() { try add(.folder(Folder()), at: path) }
        for (path, bytes) in image.files { try add(.file(File(bytes)), at: path) }
        Entry.folder(root).sync()
    }

    // MARK: - What programs do

    func apply(_ step: PowerLossStep) throws {
        switch step {
        case .begin: open = [:]
        case .close(let number): open[number] = nil
        case .open(let number, let creates, let truncates, let path):
            if creates, entry(path) == nil { try add(.file(File()), at: path) }
            // What is read only, beside the workspace, is no part of the image.
            open[number] = entry(path)
            if truncates, case .file(let file)? = open[number] { file.change(.length(0)) }
        case .write(let number, let offset, let bytes): try file(number).change(.write(offset: offset, bytes: bytes))
        case .length(let number, let length): try file(number).change(.length(length))
        case .fsync(let number):
            guard let entry = open[number] else { throw Failure.notThere("descriptor \(number)") }
            switch entry {
            case .file(let file): file.sync()
            case .folder(let folder): folder.sync()
            }
        case .sync: Entry.folder(root).sync()
        case .makeFolder(let path): try add(.folder(Folder()), at: path)
        case .unlink(let path), .removeFolder(let path):
            try parent(path).change(Folder.Change(number: next(), gone: Self.name(path), added: nil))
        case .link(let from, let to):
            guard let entry = entry(from) else { throw Failure.notThere(from) }
            try add(entry, at: to)
        case .rename(let from, let to):
            let folder = try parent(from)
            // Two folders would be two steps of a real disk's, and nothing here needs it.
            guard try parent(to) === folder else { throw Failure.notModelled("a rename to another folder") }
            guard let entry = entry(from) else { throw Failure.notThere(from) }
            folder.change(
                Folder.Change(number: next(), gone: Self.name(from), added: (name: Self.name(to), entry: entry)))
        }
    }

    private func next() -> Int {
        changes += 1
        return changes - 1
    }

    private func add(_ entry: Entry, at path: String) throws {
        try parent(path).change(Folder.Change(number: next(), gone: nil, added: (name: Self.name(path), entry: entry)))
    }

    private func file(_ number: Int) throws -> File {
        guard case .file(let file)? = open[number] else { throw Failure.notThere("descriptor \(number)") }
        return file
    }

    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private func parent(_ path: String) throws -> Folder {
        let parts = path.split(separator: "/").dropLast()
        guard !parts.isEmpty else { return root }
        guard case .folder(let folder)? = entry(parts.joined(separator: "/")) else { throw Failure.notThere(path) }
        return folder
    }

    private func entry(_ path: String) -> Entry? {
        var found = Entry.folder(root)
        for part in path.split(separator: "/") where part != "." {
            guard case .folder(let folder) = found, let next = folder.live[String(part)] else { return nil }
            found = next
        }
        return found
    }

    // MARK: - What is there

    /// What programs see.
    func seen() -> PowerLossImage {
        Self.image(root, names: { $0.live }, bytes: { $0.live })
    }

    /// What is on the disk after a power failure: one of the many things that may be.
    func afterPowerLoss(_ chance: inout PowerLossChance) -> PowerLossImage {
        chance.begin(changes: changes)
        var chance = chance
        return Self.image(
            root,
            names: { folder in
                var names = folder.durable
                for change in folder.pending where chance.keeps(change: change.number) { change.apply(to: &names) }
                return names
            },
            bytes: { file in Self.remains(of: file, &chance) })
    }

    private static func remains(of file: File, _ chance: inout PowerLossChance) -> [UInt8] {
        var (bytes, length, lengthThen) = (file.durable, file.durable.count, file.durable.count)
        for change in file.pending {
            switch change {
            case .write(let offset, let written):
                lengthThen = max(lengthThen, offset + written.count)
                var at = 0
                while at < written.count {
                    let end = min(written.count, (((offset + at) / sector) + 1) * sector - offset)
                    if chance.keepsBytes() {
                        bytes.grow(to: offset + end)
                        bytes.replaceSubrange(offset + at..<offset + end, with: written[at..<end])
                    }
                    at = end
                }
                if chance.keepsBytes() { length = lengthThen }
            case .length(let new):
                lengthThen = new
                if chance.keepsBytes() {
                    bytes.resize(to: new)
                    length = new
                }
            }
        }
        bytes.resize(to: length)
        return bytes
    }

    private static func image(
        _ root: Folder, names: (Folder) -> [String: Entry], bytes: (File) -> [UInt8]
    ) -> PowerLossImage {
        var image = PowerLossImage()
        func visit(_ folder: Folder, _ prefix: String) {
            for (name, entry) in names(folder).sorted(by: { $0.key < $1.key }) {
                switch entry {
                case .file(let file): image.files[prefix + name] = bytes(file)
                case .folder(let below):
                    image.folders.insert(prefix + name)
                    visit(below, prefix + name + "/")
                }
            }
        }
        visit(root, "")
        return image
    }
}

extension [UInt8] {
    fileprivate mutating func grow(to length: Int) {
        if count < length { append(contentsOf: repeatElement(0, count: length - count)) }
    }

    fileprivate mutating func resize(to length: Int) {
        grow(to: length)
        removeLast(count - length)
    }
}
