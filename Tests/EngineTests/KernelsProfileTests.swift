import CKernels
import Engine
import Foundation
import Testing

extension KernelsTests {
    @Suite struct Timed {
        private static func multiplyOnce() {
            let a = [Float](repeating: 1, count: 64 * 64)
            let b = Panels(a, MatrixView(rows: 64, columns: 64))
            var c = a
            multiply(a, MatrixView(rows: 64, columns: 64), b, into: &c, MatrixView(rows: 64, columns: 64))
        }

        /// Other suites run kernels at the same time, so that only the calls made here can be told to be there.
        @Test func timeIsKeptByKindAndForgottenWhenRead() {
            Profile.record(true)
            Self.multiplyOnce()
            let seconds = Profile.read().seconds
            Profile.record(false)
            #expect(Set(seconds.keys) == Set(Profile.Kind.allCases))
            #expect(seconds.values.allSatisfy { $0 >= 0 && $0 < 1000 })
            #expect((seconds[.product] ?? 0) > 0)
            #expect((seconds[.pack] ?? 0) > 0)
        }

        @Test func nothingIsTimedUnlessAskedFor() async {
            await #expect(processExitsWith: .success) {
                Self.multiplyOnce()
                let before = Profile.read().seconds.values.reduce(0, +)
                Profile.record(true)
                Self.multiplyOnce()
                Profile.record(false)
                let after = Profile.read().seconds.values.reduce(0, +)
                exit(before == 0 && after == 0 ? EXIT_SUCCESS : EXIT_FAILURE)
            }
        }
    }
}
