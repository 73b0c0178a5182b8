internal import Foundation

extension FeatureStore {
    /// Takes over the files of cells that are the same in another shape of the plan, whole ones that fit: what was computed once need
    /// not be again. A cache: whatever fails is left out, and what is wrong is noticed when it is read.
    func take(_ other: FeatureStore, _ old: [[SliceSummary]], _ new: [[SliceSummary]]) {
        for shard in new.indices.prefix(old.count) {
            let same = new[shard].indices.prefix(old[shard].count).filter {
                new[shard][$0] == old[shard][$0] && new[shard][$0].records > 0
            }
            for slice in same {
                let cell = Cell(shard: shard, slice: slice)
                guard let file = other.read(cell), file.entries.count == new[shard][slice].records,
                    let size = try? DurableFile.size(other.url(cell)), size <= share
                else { continue }
                try? DurableFile.makeFolder(root)
                try? DurableFile.makeFolder(folder(shard: shard))
                try? DurableFile.link(other.url(cell), to: url(cell))
            }
            if !same.isEmpty { try? DurableFile.syncName(of: url(Cell(shard: shard, slice: 0))) }
        }
    }
}
