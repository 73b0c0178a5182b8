// Packing moves numbers and computes none, so one version serves every variant.
#include <string.h>

#include "include/CKernels.h"

size_t sisa_packed_count(size_t k, size_t n) {
    return (n + SISA_PANEL - 1) / SISA_PANEL * SISA_PANEL * k;
}

void sisa_pack(size_t k, size_t n, const float *b, size_t row_stride, size_t column_stride, float *packed) {
    // Rows of B are read in blocks, so that with column_stride > 1 the lines fetched for one column are still in the
    // cache for the next.
    enum { BLOCK = 64 };
    for (size_t first = 0; first < n; first += SISA_PANEL, packed += SISA_PANEL * k) {
        size_t width = n - first < SISA_PANEL ? n - first : SISA_PANEL;
        const float *source = b + first * column_stride;
        if (width == SISA_PANEL && column_stride == 1) {
            for (size_t p = 0; p < k; p++)
                memcpy(packed + p * SISA_PANEL, source + p * row_stride, SISA_PANEL * sizeof(float));
            continue;
        }
        for (size_t block = 0; block < k; block += BLOCK) {
            size_t end = k - block < BLOCK ? k : block + BLOCK;
            for (size_t j = 0; j < SISA_PANEL; j++)
                for (size_t p = block; p < end; p++)
                    packed[p * SISA_PANEL + j] = j < width ? source[p * row_stride + j * column_stride] : 0.0f;
        }
    }
}
