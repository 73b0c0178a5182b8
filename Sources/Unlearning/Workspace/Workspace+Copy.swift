internal import Foundation

extension Workspace {
    /// What `body` makes of a copy of this workspace; nil where something waits for its repair, so that there is none.
    /// The copy is gone afterwards, and other commands wait meanwhile.
    ///
    /// It lies in the workspace, where the next command that writes removes what a killed one left of it, and shares
    /// all large files with it.
    package func withCopy<Value>(
        waiting: () -> Void = {}, _ body: (Workspace) throws -> Value
    ) throws -> Value? {
        try write(1, waiting: waiting) { session in
            let isFinished = try ledger.unfinishedShards(orders: table.orders).isEmpty
            guard session.records.pending.isEmpty, isFinished else { return nil }
            let folder = files[.measurement]
            defer { try? DurableFile.removeFolder(folder) }
            return try body(try copy(to: folder, session.layout))
        }
    }

    private func copy(to folder: URL, _ layout: Layout) throws -> Workspace {
        let manager = FileManager.default
        try WorkspaceFiles(root: folder).makeRoot()
        for item in files.all(.linked) {
            let source = item.rules.contains(.numbered) ? files[item, layout: layout.number] : files[item]
            guard try DurableFile.exists(source) else { continue }
            let target = folder.appending(path: source.lastPathComponent)
            for name in try manager.subpathsOfDirectory(atPath: source.path).sorted() {
                let (from, to) = (source.appending(path: name), target.appending(path: name))
                try manager.createDirectory(at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
                let type = try manager.attributesOfItem(atPath: from.path)[.type] as? FileAttributeType
                if type == .typeRegular { try DurableFile.link(from, to: to) }
            }
        }
        for item in files.all(.copied) where try DurableFile.exists(files[item]) {
            try manager.copyItem(at: files[item], to: folder.appending(path: item.rawValue))
        }
        return try Workspace(at: folder)
    }
}
