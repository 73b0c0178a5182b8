/// bfloat16: the upper half of a binary32 number, the form of weights, features and checkpoints that take half the
/// room.
extension Float {
    /// The number that bfloat16 bits stand for; exact.
    package init(bfloat16Bits: UInt16) {
        self.init(bitPattern: UInt32(bfloat16Bits) << 16)
    }

    /// The upper half of the bits; the value must be rounded already, or it would not come back.
    package var bfloat16Bits: UInt16 {
        precondition(bitPattern & 0xFFFF == 0, "the value is not rounded to bf16")
        return UInt16(truncatingIfNeeded: bitPattern >> 16)
    }

    /// The nearest bfloat16 number, ties to even.
    ///
    /// A NaN stays a NaN and an infinity an infinity, so a check that all numbers are finite says the same afterwards,
    /// and of a number beyond the largest bfloat16 one, which becomes an infinity, it says so too.
    package var roundedToBFloat16: Float {
        if isNaN { return Float(bitPattern: 0x7FC0_0000) }
        let rounded = bitPattern &+ 0x7FFF &+ (bitPattern >> 16 & 1)
        return Float(bitPattern: rounded & 0xFFFF_0000)
    }
}
