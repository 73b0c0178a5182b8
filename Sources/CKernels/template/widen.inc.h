// Widening of what is kept in few bits, exactly as docs/numerics.md says, sixteen columns at once. Layouts: compact.h.

// Where widened rows of a panel go: into memory, or, for the product of few rows of A, into their chains at once.
typedef struct {
    float *to;
    const float *a;  // the first row of A at the same place of the inner axis
    size_t a_row_stride;
    x16 chain[FUSED_ROWS ? FUSED_ROWS : 1];
} widened;

// `rows` of A, a constant: 0 stores.
INLINE void emit(const int rows, widened *w, size_t row, x16 value) {
    if (rows == 0) store(w->to + row * LANES, value);
    UNROLL for (int r = 0; r < rows; r++)
        w->chain[r] = fma16(splat(w->a[(size_t)r * w->a_row_stride + row]), value, w->chain[r]);
}

INLINE void advance(widened *w, size_t rows) { w->to += rows * LANES, w->a += rows; }

#if LANES_MASKED == 512
INLINE x16 load_half(const uint8_t *p) { return (x16)_mm512_cvtph_ps(_mm256_loadu_si256((const void *)p)); }
#elif LANES_MASKED == 256
INLINE x16 load_half(const uint8_t *p) {
    x8 low = (x8)_mm256_cvtph_ps(_mm_loadu_si128((const void *)p));
    x8 high = (x8)_mm256_cvtph_ps(_mm_loadu_si128((const void *)(p + 16)));
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
#else
// The magnitude's bits where binary32 has them, times 2^112, which moves the exponent and makes subnormals normal.
INLINE x16 load_half(const uint8_t *p) {
    uint16_t v __attribute__((vector_size(32)));
    memcpy(&v, p, sizeof v);
    const u16 wide = __builtin_convertvector(v, u16), magnitude = (wide & 0x7fff) << 13;
    const u16 finite = (u16)((x16)magnitude * 0x1p112f);
    const u16 number = (u16)choose(magnitude >= 0x0f800000u, (x16)(magnitude | 0x7f800000u), (x16)finite);
    return (x16)(number | (wide & 0x8000) << 16);
}
#endif

INLINE u16 load_words(const uint8_t *p) {
    u16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

// Sixteen bytes as numbers.
INLINE x16 load_bytes(const uint8_t *p, bool has_sign) {
    uint8_t v __attribute__((vector_size(16)));
    memcpy(&v, p, sizeof v);
    typedef int8_t signed_bytes __attribute__((vector_size(16)));
    return has_sign ? __builtin_convertvector((signed_bytes)v, x16) : __builtin_convertvector(v, x16);
}

INLINE u16 turn_right(u16 v, unsigned by) { return by == 0 ? v : v >> by | v << (32 - by); }

// The integers that stand at bit `at` of each lane, less `offset`: as the low bits of a number of exponent 23 - at, from
// which its leading bit is taken away again.
INLINE x16 integers(u16 bits_in_place, unsigned at, float offset) {
    const u16 number = bits_in_place | (127 + 23 - at) << 23;
    return (x16)number - ((float)(1u << (23 - at)) + offset);
}

// Eight rows: row s from bits 4s of each lane of `low` and, above them, `high_bits` bits at 4s + 4 of `high`. The last
// three are moved down by three rows first, because a number has room for 23 bits.
INLINE void widen_eight(const int rows, u16 low, u16 high, const unsigned high_bits, float offset, x16 scale,
                        x16 minimum, bool has_minimum, widened *to, size_t first) {
    UNROLL for (unsigned s = 0; s < 8; s++) {
        if (s == 5) low >>= 12, high = turn_right(high, 12);
        const unsigned at = 4 * (s < 5 ? s : s - 3);
        u16 v = low & 15u << at;
        if (high_bits) v |= high & ((1u << high_bits) - 1) << (at + 4);
        x16 q = integers(v, at, offset);
        emit(rows, to, first + s, has_minimum ? fma16(scale, q, minimum) : scale * q);
    }
}

// Thirty-two rows of four words and the bits above them; the second scale is that of the last sixteen rows.
INLINE void widen_low(const int rows, const uint8_t *at, const unsigned high_bits, float offset, x16 scale,
                      x16 second_scale, x16 minimum, bool has_minimum, widened *to) {
    UNROLL for (unsigned w = 0; w < 4; w++) {
        u16 high = {0};
        if (high_bits) {
            high = load_words(at + 256 + w * high_bits / 4 * 64);
            high = turn_right(high, (28 + w * high_bits % 4) % 32);
        }
        widen_eight(rows, load_words(at + 64 * w), high, high_bits, offset, w < 2 ? scale : second_scale, minimum,
                    has_minimum, to, 8 * w);
    }
}

// Thirty-two rows of bytes, kept with 128 added.
INLINE void widen_bytes(const int rows, const uint8_t *at, x16 scale, widened *to) {
    UNROLL for (unsigned w = 0; w < 8; w++) {
        u16 v = load_words(at + 64 * w);
        UNROLL for (unsigned half = 0; half < 2; half++, v >>= 16) {
            emit(rows, to, 4 * w + 2 * half, scale * integers(v & 0xff, 0, 128));
            emit(rows, to, 4 * w + 2 * half + 1, scale * integers(v & 0xff00, 8, 128));
        }
    }
}

// Each of these widens rows [first, first + count) of a panel; both are multiples of 32 for quantised kinds.
#define WIDEN(NAME) \
    INLINE void NAME(const int rows, const uint8_t *panel, size_t first, size_t count, widened *to)

#define WIDEN_BLOCKS(NAME, KIND, BODY)                                                         \
    WIDEN(NAME) {                                                                              \
        const sisa_layout layout = sisa_layout_of(KIND);                                       \
        const uint8_t *at = panel + first / 32 * layout.group;                                 \
        for (size_t done = 0; done < count; done += 32, at += layout.group, advance(to, 32)) { \
            const x16 d = load_half(at);                                                       \
            BODY                                                                               \
        }                                                                                      \
    }

WIDEN_BLOCKS(widen_q4_0, SISA_Q4_0, widen_low(rows, at + 32, 0, 8, d, d, d, false, to);)
WIDEN_BLOCKS(widen_q5_0, SISA_Q5_0, widen_low(rows, at + 32, 1, 16, d, d, d, false, to);)
WIDEN_BLOCKS(widen_q8_0, SISA_Q8_0, widen_bytes(rows, at + 32, d, to);)
WIDEN_BLOCKS(widen_q4_1, SISA_Q4_1, widen_low(rows, at + 64, 0, 0, d, d, load_half(at + 32), true, to);)
WIDEN_BLOCKS(widen_q5_1, SISA_Q5_1, widen_low(rows, at + 64, 1, 0, d, d, load_half(at + 32), true, to);)

// The same of kinds whose scales of 32 rows are multiples of one of 256 rows.
#define WIDEN_SUPER(NAME, KIND, BODY)                                                         \
    WIDEN(NAME) {                                                                             \
        const sisa_layout layout = sisa_layout_of(KIND);                                      \
        for (size_t row = first; row < first + count; row += 32, advance(to, 32)) {           \
            const uint8_t *super = panel + row / 256 * (layout.head + 8 * layout.group);      \
            const uint8_t *at = super + layout.head + row % 256 / 32 * layout.group;          \
            const x16 d = load_half(super);                                                   \
            BODY                                                                              \
        }                                                                                     \
    }

WIDEN_SUPER(widen_q4_k, SISA_Q4_K, {
    const x16 scale = d * load_bytes(at, false);
    const x16 minimum = load_half(super + 32) * load_bytes(at + 16, false);
    widen_low(rows, at + 32, 0, 0, scale, scale, -minimum, true, to);
})
WIDEN_SUPER(widen_q5_k, SISA_Q5_K, {
    const x16 scale = d * load_bytes(at, false);
    const x16 minimum = load_half(super + 32) * load_bytes(at + 16, false);
    widen_low(rows, at + 32, 1, 0, scale, scale, -minimum, true, to);
})
WIDEN_SUPER(widen_q6_k, SISA_Q6_K, {
    const x16 scale = d * load_bytes(at, true);
    widen_low(rows, at + 32, 2, 32, scale, d * load_bytes(at + 16, true), scale, false, to);
})

WIDEN(widen_f16) {
    for (size_t p = 0; p < count; p++) emit(rows, to, p, load_half(panel + (first + p) * 32));
    advance(to, count);
}

WIDEN(widen_bf16) {
    for (size_t p = 0; p < count; p++) {
        uint16_t v __attribute__((vector_size(32)));
        memcpy(&v, panel + (first + p) * 32, sizeof v);
        emit(rows, to, p, (x16)(__builtin_convertvector(v, u16) << 16));
    }
    advance(to, count);
}
