// How matrices of few bits lie in memory: panels of 16 columns, as those of sisa_pack, one after the other.
//
// 16-bit kinds: a row of a panel is 16 patterns, 32 bytes.
//
// Quantised kinds: a panel is groups of 32 rows. Where a scale of 256 rows stands above those of the groups (Q4_K, Q5_K,
// Q6_K), each eight groups have a head. Lane j of anything belongs to column j.
//
//     head     d, binary16, 32 bytes; Q4_K, Q5_K: dmin too
//     group    Q4_K, Q5_K: 16 scales and 16 minima of 6 bits, a byte each; Q6_K: 16 scales of rows 0...15 and 16 of
//              rows 16...31, a signed byte each; others: d, binary16, 32 bytes; Q4_1, Q5_1: m too
//              then Q8_0: 8 vectors of 32-bit lanes; byte b of vector w is 128 + the integer of row 4w + b
//              then others: 4 vectors of 32-bit lanes; bits 4s...4s+3 of vector w are the low bits of row 8w + s
//              and for the h = 1 (Q5) or 2 (Q6) bits above them, h vectors: those of row 8w + s stand in vector w*h/4
//              at bit 4s + w*h%4
#ifndef SISA_COMPACT_H
#define SISA_COMPACT_H

#include "include/CKernels.h"

typedef struct {
    size_t head;   // bytes above eight groups
    size_t group;  // bytes of 32 rows
} sisa_layout;

static inline sisa_layout sisa_layout_of(int kind) {
    switch (kind) {
    case SISA_Q4_0: return (sisa_layout){0, 32 + 256};
    case SISA_Q4_1: return (sisa_layout){0, 64 + 256};
    case SISA_Q5_0: return (sisa_layout){0, 32 + 256 + 64};
    case SISA_Q5_1: return (sisa_layout){0, 64 + 256 + 64};
    case SISA_Q8_0: return (sisa_layout){0, 32 + 512};
    case SISA_Q4_K: return (sisa_layout){64, 32 + 256};
    case SISA_Q5_K: return (sisa_layout){64, 32 + 256 + 64};
    case SISA_Q6_K: return (sisa_layout){32, 32 + 256 + 128};
    default: return (sisa_layout){0, 32 * 32};
    }
}

static inline size_t sisa_compact_panel_bytes(int kind, size_t k) {
    if (kind == SISA_F16 || kind == SISA_BF16) return k * 32;
    const sisa_layout layout = sisa_layout_of(kind);
    return k / 32 * layout.group + k / 256 * layout.head;
}

#endif
