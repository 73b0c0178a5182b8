internal import CKernels

/// What a loop says to the processor it runs on.
enum Processor {
    /// This thread watches a memory location: its core may do something else for a moment.
    static func relax() { sisa_relax() }
}
