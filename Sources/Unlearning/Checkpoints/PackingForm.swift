internal import Engine

/// What stands behind the content in a checkpoint's frame, and says how to read it.
///
/// No reader of safetensors takes content and form together for a file of its own: bytes are left over.
enum PackingForm: Equatable {
    /// The content was no safetensors file, and stands as it was.
    case plain
    /// The elements of every F32 and BF16 tensor are by planes; all else stands as it was.
    case planes
    /// As `planes`; and where all of a tensor is zeros that starts with random values, it is those.
    case withoutUntrained(InitialTensors)

    private static let plainMark = Array("plain  1".utf8)
    private static let planesMark = Array("planes 1".utf8)
    private static let withoutUntrainedMark = Array("planes 2".utf8)
    /// How many bytes a form has.
    static let lengths = [planesMark.count, withoutUntrainedMark.count + 16]

    var bytes: [UInt8] {
        switch self {
        case .plain: Self.plainMark
        case .planes: Self.planesMark
        case .withoutUntrained(let initial):
            initial.seed.bigEndianBytes + UInt64(initial.shard).bigEndianBytes + Self.withoutUntrainedMark
        }
    }

    /// Nil: the bytes are none.
    init?(_ bytes: ArraySlice<UInt8>) {
        switch Array(bytes) {
        case Self.plainMark: self = .plain
        case Self.planesMark: self = .planes
        case let bytes where bytes.count == Self.lengths[1] && bytes.suffix(8) == Self.withoutUntrainedMark[...]:
            let numbers = stride(from: 0, to: 16, by: 8).map { start in
                bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            }
            guard let shard = Int(exactly: numbers[1]) else { return nil }
            self = .withoutUntrained(InitialTensors(seed: numbers[0], shard: shard))
        default: return nil
        }
    }
}
