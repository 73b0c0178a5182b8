extension SafeTensors {
    /// The tensors of a file, in its order; nil where the bytes are no such file.
    ///
    /// Looks at the header alone, as strictly as a reader does: every tensor is within the bytes, and none overlap.
    package static func entries(in bytes: [UInt8]) -> [Entry]? {
        try? SafeTensorsHeader(bytes, total: bytes.count, file: "").entries
    }
}
