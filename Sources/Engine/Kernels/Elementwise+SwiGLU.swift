internal import CKernels

extension Elementwise {
    /// silu(gate) * up of rows in which gate (width) and up (width) lie side by side -> y (rows, width).
    package static func swiGLU(rows: Int, width: Int, _ x: [Float], into y: inout [Float]) {
        precondition(rows * 2 * width <= x.count && rows * width <= y.count)
        unsafe x.withUnsafeBufferPointer { x in
            unsafe y.withUnsafeMutableBufferPointer { y in
                guard let from = x.baseAddress, let to = y.baseAddress else { return }
                for row in 0..<rows {
                    let gate = unsafe from + row * 2 * width
                    unsafe sisa_swiglu_forward(width, gate, gate + width, to + row * width)
                }
            }
        }
    }

    /// The gradient of that result, dy (rows, width) -> those of gate and up, side by side in dx (rows, 2 width).
    package static func swiGLUBackward(rows: Int, width: Int, _ x: [Float], _ dy: [Float], into dx: inout [Float]) {
        precondition(rows * 2 * width <= min(x.count, dx.count) && rows * width <= dy.count)
        unsafe x.withUnsafeBufferPointer { x in
            unsafe dy.withUnsafeBufferPointer { dy in
                unsafe dx.withUnsafeMutableBufferPointer { dx in
                    guard let from = x.baseAddress, let outer = dy.baseAddress, let to = dx.baseAddress
                    else { return }
                    for row in 0..<rows {
                        let gate = unsafe from + row * 2 * width
                        let dGate = unsafe to + row * 2 * width
                        unsafe sisa_swiglu_backward(
                            width, outer + row * width, gate, gate + width, dGate, dGate + width)
                    }
                }
            }
        }
    }
}
