// Blocks of GGUF files, as the reference implementation of that format lays them out, become panels (compact.h). Nothing
// is computed here: scales and integers keep their bits.
#include "compact.h"

#include <string.h>

#include "profile.h"

size_t sisa_compact_depth(int kind) {
    if (kind == SISA_F16 || kind == SISA_BF16) return 1;
    return sisa_layout_of(kind).head ? 256 : 32;
}

size_t sisa_compact_block(int kind) {
    switch (kind) {
    case SISA_Q4_0: return 18;
    case SISA_Q4_1: return 20;
    case SISA_Q5_0: return 22;
    case SISA_Q5_1: return 24;
    case SISA_Q8_0: return 34;
    case SISA_Q4_K: return 144;
    case SISA_Q5_K: return 176;
    case SISA_Q6_K: return 210;
    default: return 2;
    }
}

size_t sisa_compact_bytes(int kind, size_t k, size_t n) {
    return (n + SISA_PANEL - 1) / SISA_PANEL * sisa_compact_panel_bytes(kind, k);
}

// A group of 32 integers of column j, `high` bits above their low four.
static void put_group(const uint8_t *q, size_t high, size_t j, uint8_t *to) {
    for (size_t w = 0; w < 4; w++) {
        uint32_t low = 0, above = 0, stored;
        for (size_t s = 0; s < 8; s++) {
            low |= (uint32_t)(q[8 * w + s] & 15) << 4 * s;
            above |= (uint32_t)(q[8 * w + s] >> 4) << (4 * s + w * high % 4);
        }
        memcpy(to + 64 * w + 4 * j, &low, 4);
        if (high == 0) continue;
        uint8_t *vector = to + 256 + w * high / 4 * 64 + 4 * j;
        memcpy(&stored, vector, 4);
        stored |= above;
        memcpy(vector, &stored, 4);
    }
}

// Nibbles of 16 bytes, the low ones first; `bits` go above them.
static void nibbles(const uint8_t *from, uint32_t bits, uint8_t *q) {
    for (size_t i = 0; i < 16; i++) {
        q[i] = (uint8_t)((from[i] & 15) | (bits >> i & 1) << 4);
        q[i + 16] = (uint8_t)(from[i] >> 4 | (bits >> (i + 16) & 1) << 4);
    }
}

static void put_block(int kind, const uint8_t *block, size_t j, uint8_t *to) {
    const size_t scales = kind == SISA_Q4_1 || kind == SISA_Q5_1 ? 2 : 1;
    for (size_t i = 0; i < scales; i++) memcpy(to + 32 * i + 2 * j, block + 2 * i, 2);
    block += 2 * scales, to += 32 * scales;
    if (kind == SISA_Q8_0) {
        for (size_t row = 0; row < 32; row++) to[row / 4 * 64 + 4 * j + row % 4] = block[row] ^ 0x80;
        return;
    }
    const size_t high = kind == SISA_Q5_0 || kind == SISA_Q5_1;
    uint32_t bits = 0;
    uint8_t q[32];
    if (high) memcpy(&bits, block, 4), block += 4;
    nibbles(block, bits, q);
    put_group(q, high, j, to);
}

// Scale and minimum of sub-block s, of 6 bits each, from the 12 bytes that eight of them share.
static void six_bits(const uint8_t *b, size_t s, uint8_t *scale, uint8_t *minimum) {
    *scale = s < 4 ? b[s] & 63 : (uint8_t)((b[s + 4] & 15) | (b[s - 4] >> 6) << 4);
    *minimum = s < 4 ? b[s + 4] & 63 : (uint8_t)(b[s + 4] >> 4 | (b[s] >> 6) << 4);
}

static void put_q4_5_k(const uint8_t *block, size_t high, size_t j, uint8_t *to, size_t group) {
    memcpy(to + 2 * j, block, 2), memcpy(to + 32 + 2 * j, block + 2, 2);
    const uint8_t *above = block + 16, *low = above + (high ? 32 : 0);
    to += 64;
    for (size_t s = 0; s < 8; s++, to += group) {
        six_bits(block + 4, s, to + j, to + 16 + j);
        uint8_t q[32];
        for (size_t i = 0; i < 32; i++) {
            q[i] = low[s / 2 * 32 + i] >> s % 2 * 4 & 15;
            if (high) q[i] |= (uint8_t)((above[i] >> s & 1) << 4);
        }
        put_group(q, high, j, to + 32);
    }
}

static void put_q6_k(const uint8_t *block, size_t j, uint8_t *to, size_t group) {
    const uint8_t *low = block, *above = block + 128, *scales = block + 192;
    memcpy(to + 2 * j, block + 208, 2);
    to += 32;
    for (size_t s = 0; s < 8; s++, to += group) {
        const size_t half = s / 4, part = s % 4;
        to[j] = scales[2 * s], to[16 + j] = scales[2 * s + 1];
        uint8_t q[32];
        for (size_t i = 0; i < 32; i++)
            q[i] = (uint8_t)((low[64 * half + part % 2 * 32 + i] >> part / 2 * 4 & 15) |
                             (above[32 * half + i] >> 2 * part & 3) << 4);
        put_group(q, 2, j, to + 32);
    }
}

static void pack_blocks(int kind, size_t k, size_t n, const uint8_t *from, uint8_t *packed) {
    const sisa_layout layout = sisa_layout_of(kind);
    const size_t panel_bytes = sisa_compact_panel_bytes(kind, k), block = sisa_compact_block(kind);
    const size_t depth = sisa_compact_depth(kind), step = layout.head + depth / 32 * layout.group;
    memset(packed, 0, sisa_compact_bytes(kind, k, n));
    for (size_t j = 0; j < n; j++) {
        uint8_t *to = packed + j / SISA_PANEL * panel_bytes;
        for (size_t p = 0; p < k; p += depth, from += block, to += step) {
            if (kind == SISA_Q6_K) put_q6_k(from, j % SISA_PANEL, to, layout.group);
            else if (layout.head) put_q4_5_k(from, kind == SISA_Q5_K, j % SISA_PANEL, to, layout.group);
            else put_block(kind, from, j % SISA_PANEL, to);
        }
    }
}

void sisa_pack_blocks(int kind, size_t k, size_t n, const uint8_t *rows, uint8_t *packed) {
    TIMED(PACK, pack_blocks(kind, k, n, rows, packed));
}

static void pack_16(size_t k, size_t n, const uint8_t *b, size_t row_stride, size_t column_stride, uint8_t *packed) {
    memset(packed, 0, sisa_compact_bytes(SISA_F16, k, n));
    for (size_t first = 0; first < n; first += SISA_PANEL, packed += 2 * SISA_PANEL * k) {
        const size_t width = n - first < SISA_PANEL ? n - first : SISA_PANEL;
        for (size_t p = 0; p < k; p++)
            for (size_t j = 0; j < width; j++)
                memcpy(packed + 2 * (p * SISA_PANEL + j), b + 2 * (p * row_stride + (first + j) * column_stride), 2);
    }
}

void sisa_pack_16(size_t k, size_t n, const uint8_t *b, size_t row_stride, size_t column_stride, uint8_t *packed) {
    TIMED(PACK, pack_16(k, n, b, row_stride, column_stride, packed));
}
