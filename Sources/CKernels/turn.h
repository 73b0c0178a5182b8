// Rows that become columns, for packing B and for copying A.
#ifndef SISA_TURN_H
#define SISA_TURN_H

#include <stddef.h>
#include <string.h>

typedef float sisa_four __attribute__((vector_size(16)));

// to[p * to_stride + r] = from[r * from_stride + p], for p < k and r < 4: a square of four at a time.
static inline void sisa_turn_four(size_t k, const float *from, size_t from_stride, float *to, size_t to_stride) {
    size_t p = 0;
    for (; p + 4 <= k; p += 4, from += 4) {
        sisa_four row[4], pair[4], column[4];
        for (int r = 0; r < 4; r++) memcpy(&row[r], from + r * from_stride, sizeof row[r]);
        pair[0] = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5);
        pair[1] = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5);
        pair[2] = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);
        pair[3] = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
        column[0] = __builtin_shufflevector(pair[0], pair[1], 0, 1, 4, 5);
        column[1] = __builtin_shufflevector(pair[0], pair[1], 2, 3, 6, 7);
        column[2] = __builtin_shufflevector(pair[2], pair[3], 0, 1, 4, 5);
        column[3] = __builtin_shufflevector(pair[2], pair[3], 2, 3, 6, 7);
        for (int q = 0; q < 4; q++) memcpy(to + (p + q) * to_stride, &column[q], sizeof column[q]);
    }
    for (; p < k; p++, from++)
        for (size_t r = 0; r < 4; r++) to[p * to_stride + r] = from[r * from_stride];
}

#endif
