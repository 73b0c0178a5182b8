import Foundation

/// OpenBLAS's product on one thread, for comparison, where the machine has the library.
@safe struct OpenBLAS {
    private typealias Product =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>?, Int32, UnsafePointer<Float>?, Int32,
            Float, UnsafeMutablePointer<Float>?, Int32
        ) -> Void

    private let product: Product

    init?() {
        guard let library = unsafe dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL),
            let product = unsafe dlsym(library, "cblas_sgemm"),
            let setThreads = unsafe dlsym(library, "openblas_set_num_threads")
        else { return nil }
        unsafe unsafeBitCast(setThreads, to: (@convention(c) (Int32) -> Void).self)(1)
        unsafe self.product = unsafeBitCast(product, to: Product.self)
    }

    /// C = A B, row-major and dense; A is stored as (depth, rows) where the shape says so.
    func multiply(_ shape: MatrixShape, _ a: [Float], _ b: [Float], into c: inout [Float]) {
        let (rowMajor, plain, transposed): (Int32, Int32, Int32) = (101, 111, 112)
        let (m, n, k) = (Int32(shape.rows), Int32(shape.columns), Int32(shape.depth))
        let count = c.count
        precondition(a.count == shape.rows * shape.depth && b.count == shape.depth * shape.columns)
        precondition(count == shape.rows * shape.columns)
        unsafe c.withUnsafeMutableBufferPointer { c in
            unsafe a.withUnsafeBufferPointer { a in
                unsafe b.withUnsafeBufferPointer { b in
                    unsafe product(
                        rowMajor, shape.leftIsTransposed ? transposed : plain, plain, m, n, k, 1, a.baseAddress,
                        shape.leftIsTransposed ? m : k, b.baseAddress, n, 0, c.baseAddress, n)
                }
            }
        }
    }
}
