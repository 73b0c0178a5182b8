// Sixteen lanes of binary32, whatever the registers: the compiler splits them into one, two or four.
//
// Included by every variant after it has set its target; all names here are private to that variant.
typedef float x16 __attribute__((vector_size(64)));
typedef int32_t i16 __attribute__((vector_size(64)));
typedef uint32_t u16 __attribute__((vector_size(64)));
typedef float x8 __attribute__((vector_size(32)));
typedef float x4 __attribute__((vector_size(16)));
typedef int32_t i8 __attribute__((vector_size(32)));
typedef int32_t i4 __attribute__((vector_size(16)));

// The warning is about passing these between files that are compiled for different processors. All functions that take
// them are inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

#define UNROLL _Pragma("clang loop unroll(full)")

enum { LANES = 16 };

INLINE x16 splat(float s) { return (x16){s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s}; }

INLINE x16 load(const float *p) {
    x16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, x16 v) { memcpy(p, &v, sizeof v); }

// Eight of them, for the matrix product's narrow end.
INLINE x8 splat8(float s) { return (x8){s, s, s, s, s, s, s, s}; }

INLINE x8 load8(const float *p) {
    x8 v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store8(float *p, x8 v) { memcpy(p, &v, sizeof v); }

// The first `count` < 16 elements, in pieces of fixed size: a memcpy of unknown size would be a call.
INLINE void copy_part(float *to, const float *from, size_t count) {
    if (count & 8) memcpy(to, from, 32), to += 8, from += 8;
    if (count & 4) memcpy(to, from, 16), to += 4, from += 4;
    if (count & 2) memcpy(to, from, 8), to += 2, from += 2;
    if (count & 1) memcpy(to, from, 4);
}

// load_part: the first `count` < 16 elements, and +0 in the other lanes. Reads no memory past them.
#if LANES_MASKED == 512
INLINE x16 load_part(const float *p, size_t count) {
    return (x16)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
#elif LANES_MASKED == 256
INLINE x16 load_part(const float *p, size_t count) {
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    x8 low = (x8)_mm256_maskload_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), index));
    x8 high = (x8)_mm256_maskload_ps(p + 8, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count - 8), index));
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
#else
INLINE x16 load_part(const float *p, size_t count) {
    x16 v = splat(0.0f);
    copy_part((float *)&v, p, count);
    return v;
}
#endif

// Not by a masked store: some processors are slow at it, and all are slow to load from it again.
INLINE void store_part(float *p, x16 v, size_t count) { copy_part(p, (const float *)&v, count); }

INLINE x16 fma16(x16 a, x16 b, x16 c) { return __builtin_elementwise_fma(a, b, c); }

INLINE x8 fma8(x8 a, x8 b, x8 c) { return __builtin_elementwise_fma(a, b, c); }

INLINE x16 sqrt16(x16 a) { return __builtin_elementwise_sqrt(a); }

INLINE u16 bits(x16 a) { return (u16)a; }

INLINE x16 absolute(x16 a) { return (x16)(bits(a) & 0x7fffffffu); }

// a where the mask (a comparison's result) is true, else b.
INLINE x16 choose(i16 mask, x16 a, x16 b) { return (x16)((mask & (i16)a) | (~mask & (i16)b)); }

// The first `count` lanes of v, and `rest` in the others.
INLINE x16 keep(x16 v, size_t count, float rest) {
    const i16 index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return choose(index < (int32_t)count, v, splat(rest));
}

// A maximum that passes over NaN in b; what it is when `a` is NaN does not matter (docs/numerics.md, softmax).
INLINE x16 larger(x16 a, x16 b) { return choose(b > a, b, a); }

// The fixed tree: lane l with l+8, then l+4, l+2, l+1.
INLINE float sum_lanes(x16 v) {
    x8 a = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
           __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    x4 b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

INLINE float max_lanes(x16 v) {
    x8 a = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
    x8 b = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    a = (x8)(((b > a) & (i8)b) | (~(b > a) & (i8)a));
    x4 c = __builtin_shufflevector(a, a, 0, 1, 2, 3), d = __builtin_shufflevector(a, a, 4, 5, 6, 7);
    c = (x4)(((d > c) & (i4)d) | (~(d > c) & (i4)c));
    float even = c[2] > c[0] ? c[2] : c[0], odd = c[3] > c[1] ? c[3] : c[1];
    return odd > even ? odd : even;
}
