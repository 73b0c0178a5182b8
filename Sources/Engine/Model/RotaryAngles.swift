internal import Synchronization

/// The angles of a rotary embedding, shared by all layers of a process that turn by the same ones.
///
/// The table grows to the longest text that was asked for: a model may have a hundred thousand positions.
final class RotaryAngles: Sendable {
    private let table: Mutex<RotaryTable>

    private init(_ rotary: BackboneConfiguration.Rotary, headSize: Int) {
        table = Mutex(RotaryTable(rotary, headSize: headSize))
    }

    private struct Key: Hashable {
        let rotary: BackboneConfiguration.Rotary
        let headSize: Int
    }

    private static let all = Mutex<[Key: RotaryAngles]>([:])

    /// The angles of a model; they are a function of these values only.
    static func of(_ rotary: BackboneConfiguration.Rotary, headSize: Int) -> RotaryAngles {
        all.withLock { all in
            let key = Key(rotary: rotary, headSize: headSize)
            if let found = all[key] { return found }
            let made = RotaryAngles(rotary, headSize: headSize)
            all[key] = made
            return made
        }
    }

    /// Turns `heads` heads at the beginning of each row by the row's position; `back` undoes it.
    func turn(_ x: inout [Float], heads: Int, rowStride: Int, _ positions: [Int32], back: Bool = false) {
        let needed = Int(positions.max() ?? -1) + 1
        let table = table.withLock { table in
            if table.positions < needed { table.grow(to: max(needed, min(2 * table.positions, 4096))) }
            return table
        }
        table.rotate(
            &x, at: 0, rows: positions.count, heads: heads, rowStride: rowStride, positions: positions, back: back)
    }
}
