import Foundation

/// Called once by libFuzzer, before the first input.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
    _ = FuzzTarget.chosen
    return 0
}

/// Called by libFuzzer with every input it makes.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    FuzzTarget.chosen.read(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
