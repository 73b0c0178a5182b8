// Packing moves numbers and computes none, so one version serves every variant.
#include <string.h>

#include "profile.h"
#include "turn.h"

size_t sisa_packed_count(size_t k, size_t n) {
    return (n + SISA_PANEL - 1) / SISA_PANEL * SISA_PANEL * k;
}

// Whole rows of a panel, one after the other.
static void copy_rows(size_t k, size_t width, const float *from, size_t row_stride, float *to) {
    if (width == SISA_PANEL)
        for (size_t p = 0; p < k; p++) memcpy(to + p * SISA_PANEL, from + p * row_stride, SISA_PANEL * sizeof *to);
    else
        for (size_t p = 0; p < k; p++) {
            float *row = to + p * SISA_PANEL;
            const float *source = from + p * row_stride;
            memset(row, 0, SISA_PANEL * sizeof *to);
            // In pieces of fixed size: a memcpy of unknown size would be a call.
            if (width & 8) memcpy(row, source, 32), row += 8, source += 8;
            if (width & 4) memcpy(row, source, 16), row += 4, source += 4;
            if (width & 2) memcpy(row, source, 8), row += 2, source += 2;
            if (width & 1) *row = *source;
        }
}

// Columns of a panel from `first` on, whose elements are `row_stride` apart.
static void copy_columns(size_t k, size_t first, size_t width, const float *from, size_t row_stride,
                         size_t column_stride, float *to) {
    for (size_t p = 0; p < k; p++)
        for (size_t j = first; j < SISA_PANEL; j++)
            to[p * SISA_PANEL + j] = j < width ? from[p * row_stride + j * column_stride] : 0.0f;
}

static void pack(size_t k, size_t n, const float *b, size_t row_stride, size_t column_stride, float *packed) {
    for (size_t first = 0; first < n; first += SISA_PANEL, packed += SISA_PANEL * k) {
        size_t width = n - first < SISA_PANEL ? n - first : SISA_PANEL, turned = 0;
        const float *source = b + first * column_stride;
        if (column_stride == 1) {
            copy_rows(k, width, source, row_stride, packed);
            continue;
        }
        if (row_stride == 1)
            for (; turned + 4 <= width; turned += 4)
                sisa_turn_four(k, source + turned * column_stride, column_stride, packed + turned, SISA_PANEL);
        if (turned < SISA_PANEL) copy_columns(k, turned, width, source, row_stride, column_stride, packed);
    }
}

void sisa_pack(size_t k, size_t n, const float *b, size_t row_stride, size_t column_stride, float *packed) {
    TIMED(PACK, pack(k, n, b, row_stride, column_stride, packed));
}
