internal import Foundation

extension Workspace {
    /// Finishes or takes back what a killed addition left: the ledger says which.
    func finishAdditions(_ layout: Layout) throws {
        guard let bytes = try DurableFile.contents(files[.additions]) else { return }
        let cells = (try? JSONDecoder().decode([Cell].self, from: Data(bytes))) ?? []
        let (corpus, index) = (layout.corpus, layout.index)
        for cell in cells {
            let summaries = try ledger.slices(shard: cell.shard)
            // Sound, because it was written as a whole or not at all.
            guard let next = try corpus.prepared(cell) else {
                // Or not as a whole.
                try corpus.sweep(cell)
                continue
            }
            if cell.slice < summaries.count, summaries[cell.slice].describes(corpus.summary(next)) {
                try corpus.adopt(cell)
            } else {
                let held = try corpus.stored(cell)
                let ids = Set(held.map(\.record.id))
                try index.remove(next.filter { !ids.contains($0.record.id) }, leaving: held)
                try corpus.discard(cell)
            }
        }
        try DurableFile.remove([files[.additions]])
    }
}
