internal import Crypto
internal import Engine
internal import Foundation

extension ReceiptStatement.Software {
    /// The running program, hashed once.
    static let current = Self(
        name: "sisa", version: softwareVersion, numerics: numericsVersion, binary: digest(),
        instructionSet: InstructionSet.current.rawValue)

    /// Begins to hash the program while something else is waited for: that takes about as long as a short repair.
    static func prepare() { SystemThread.start { _ = current }?.detach() }

    private static func digest() -> String {
        guard let file = FileHandle(forReadingAtPath: "/proc/self/exe") else { return "unknown" }
        defer { try? file.close() }
        var hash = SHA256()
        while let piece = try? file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return Array(hash.finalize()).hexadecimal
    }
}
