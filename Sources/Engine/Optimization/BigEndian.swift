extension UInt64 {
    /// The eight bytes, most significant first: the form in which numbers enter digests.
    package var bigEndianBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * UInt64($0))) }
    }
}
