import CKernels
import Foundation
import Testing

extension KernelsTests {
    @Suite struct Dispatch {
        @Test func everyVariantHasItsNameAndNothingElseHasOne() throws {
            let names = try (0..<Int32(SISA_ISA_COUNT)).map { unsafe String(cString: try #require(sisa_isa_name($0))) }
            #expect(names == ["portable", "avx2", "avx512", "neon"])
            #expect(unsafe sisa_isa_name(-1) == nil)
            #expect(unsafe sisa_isa_name(Int32(SISA_ISA_COUNT)) == nil)
        }

        @Test func onlyAvailableVariantsCanBeSelected() {
            let before = sisa_isa_current()
            defer { _ = sisa_isa_select(before) }
            #expect(sisa_isa_available(Int32(SISA_ISA_PORTABLE)))
            for isa in -1...Int32(SISA_ISA_COUNT) {
                let previous = sisa_isa_current()
                #expect(sisa_isa_select(isa) == sisa_isa_available(isa))
                #expect(sisa_isa_current() == (sisa_isa_available(isa) ? isa : previous))
            }
        }

        @Test func theEnvironmentNamesTheVariantToStartWith() async {
            await #expect(processExitsWith: .success) {
                unsafe setenv("SISA_ISA", "portable", 1)
                exit(sisa_isa_current() == Int32(SISA_ISA_PORTABLE) ? EXIT_SUCCESS : EXIT_FAILURE)
            }
        }

        @Test func theWidestVariantIsTheOneToStartWith() async {
            await #expect(processExitsWith: .success) {
                unsafe unsetenv("SISA_ISA")
                let widest = (0..<Int32(SISA_ISA_COUNT)).last { sisa_isa_available($0) }
                exit(sisa_isa_current() == widest ? EXIT_SUCCESS : EXIT_FAILURE)
            }
        }
    }
}
