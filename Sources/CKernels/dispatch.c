// The choice of a variant, and the public functions that go through it.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "profile.h"
#include "table.h"

// NULL until the first use. Relaxed order is enough: the tables are constants, and all of them give the same bits.
static _Atomic(const sisa_table *) chosen;

static const sisa_table *table_of(int isa) {
    switch (isa) {
    case SISA_ISA_PORTABLE: return &sisa_table_portable;
#if defined(__x86_64__)
    case SISA_ISA_AVX2: return &sisa_table_avx2;
    case SISA_ISA_AVX512: return &sisa_table_avx512;
#elif defined(__aarch64__)
    case SISA_ISA_NEON: return &sisa_table_neon;
#endif
    default: return NULL;
    }
}

bool sisa_isa_available(int isa) {
#if defined(__x86_64__)
    // These ask the operating system too: whether it saves the wide registers.
    __builtin_cpu_init();
    if (isa == SISA_ISA_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    if (isa == SISA_ISA_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return table_of(isa) != NULL;
}

const char *sisa_isa_name(int isa) {
    static const char *const names[SISA_ISA_COUNT] = {"portable", "avx2", "avx512", "neon"};
    return isa >= 0 && isa < SISA_ISA_COUNT ? names[isa] : NULL;
}

bool sisa_isa_select(int isa) {
    if (!sisa_isa_available(isa)) return false;
    atomic_store_explicit(&chosen, table_of(isa), memory_order_relaxed);
    return true;
}

// SISA_ISA names the variant to start with; an unknown or unavailable name leaves the widest one.
static int isa_at_start(void) {
    int widest = SISA_ISA_PORTABLE;
    const char *wish = getenv("SISA_ISA");
    for (int isa = 0; isa < SISA_ISA_COUNT; isa++) {
        if (!sisa_isa_available(isa)) continue;
        if (wish && strcmp(wish, sisa_isa_name(isa)) == 0) return isa;
        widest = isa;
    }
    return widest;
}

static const sisa_table *current(void) {
    const sisa_table *table = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (table) return table;
    // Several threads may come here at once and find the same answer. A variant selected in between stays.
    const sisa_table *first = table_of(isa_at_start());
    const sisa_table *none = NULL;
    atomic_compare_exchange_strong(&chosen, &none, first);
    return none ? none : first;
}

int sisa_isa_current(void) {
    const sisa_table *table = current();
    int isa = SISA_ISA_PORTABLE;
    for (int i = 0; i < SISA_ISA_COUNT; i++)
        if (table_of(i) == table) isa = i;
    return isa;
}

void sisa_gemm(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_column_stride,
               const float *packed, float *c, size_t c_row_stride, int start, const float *bias) {
    TIMED(PRODUCT, current()->gemm(m, n, k, a, a_row_stride, a_column_stride, packed, c, c_row_stride, start, bias));
}

void sisa_gemm_compact(int kind, size_t m, size_t n, size_t k, const float *a, size_t a_row_stride,
                       size_t a_column_stride, const uint8_t *panels, float *c, size_t c_row_stride, int start,
                       const float *bias) {
    TIMED(PRODUCT, current()->gemm_compact(kind, m, n, k, a, a_row_stride, a_column_stride, panels, c, c_row_stride,
                                           start, bias));
}

void sisa_peak(size_t rounds) { current()->peak(rounds); }
size_t sisa_peak_operations(void) { return current()->peak_operations(); }

void sisa_exp(size_t n, const float *x, float *y) { TIMED(OTHER, current()->exp(n, x, y)); }
void sisa_log(size_t n, const float *x, float *y) { TIMED(OTHER, current()->log(n, x, y)); }
void sisa_tanh(size_t n, const float *x, float *y) { TIMED(OTHER, current()->tanh(n, x, y)); }

void sisa_activation_forward(int kind, size_t n, const float *x, float *y) {
    TIMED(ACTIVATION, current()->activation_forward(kind, n, x, y));
}

void sisa_activation_backward(int kind, size_t n, const float *x, const float *dy, float *dx) {
    TIMED(ACTIVATION, current()->activation_backward(kind, n, x, dy, dx));
}

void sisa_add(size_t n, const float *x, float *y) { TIMED(OTHER, current()->add(n, x, y)); }
void sisa_scale(size_t n, float s, const float *x, float *y) { TIMED(OTHER, current()->scale(n, s, x, y)); }
bool sisa_all_finite(size_t n, const float *x) {
    bool result;
    TIMED(OTHER, result = current()->all_finite(n, x));
    return result;
}

void sisa_adamw(size_t n, float *w, const float *g, float *m, float *v, const sisa_adamw_constants *constants) {
    TIMED(OPTIMIZER, current()->adamw(n, w, g, m, v, constants));
}

void sisa_layer_norm_forward(size_t rows, size_t cols, float *x, const float *residual, const float *gamma,
                             const float *beta, float epsilon, float *y, float *mean, float *rstd) {
    TIMED(LAYER_NORM, current()->layer_norm_forward(rows, cols, x, residual, gamma, beta, epsilon, y, mean, rstd));
}

void sisa_layer_norm_backward(size_t rows, size_t cols, const float *dy, const float *x, const float *mean,
                              const float *rstd, const float *gamma, float *dx) {
    TIMED(LAYER_NORM, current()->layer_norm_backward(rows, cols, dy, x, mean, rstd, gamma, dx));
}

void sisa_softmax_forward(size_t rows, size_t cols, size_t row_stride, float scale, float *x) {
    TIMED(SOFTMAX, current()->softmax_forward(rows, cols, row_stride, scale, x));
}

void sisa_softmax_backward(size_t rows, size_t cols, size_t row_stride, float scale, const float *p, float *dp) {
    TIMED(SOFTMAX, current()->softmax_backward(rows, cols, row_stride, scale, p, dp));
}

void sisa_mean_rows(size_t rows, size_t cols, const float *x, float *y) {
    TIMED(OTHER, current()->mean_rows(rows, cols, x, y));
}

void sisa_sum_rows(size_t rows, size_t cols, const float *x, float *y) {
    TIMED(OTHER, current()->sum_rows(rows, cols, x, y));
}

void sisa_swiglu_forward(size_t n, const float *gate, const float *up, float *y) {
    TIMED(ACTIVATION, current()->swiglu_forward(n, gate, up, y));
}

void sisa_swiglu_backward(size_t n, const float *dy, const float *gate, const float *up, float *dgate, float *dup) {
    TIMED(ACTIVATION, current()->swiglu_backward(n, dy, gate, up, dgate, dup));
}

void sisa_rms_norm_forward(size_t rows, size_t cols, float *x, size_t x_row_stride, const float *residual,
                           const float *weight, float epsilon, float *y, size_t y_row_stride, float *rrms) {
    TIMED(LAYER_NORM, current()->rms_norm_forward(rows, cols, x, x_row_stride, residual, weight, epsilon, y,
                                                  y_row_stride, rrms));
}

void sisa_rms_norm_backward(size_t rows, size_t cols, const float *dy, size_t dy_row_stride, const float *x,
                            size_t x_row_stride, const float *rrms, const float *weight, float *dx,
                            size_t dx_row_stride) {
    TIMED(LAYER_NORM, current()->rms_norm_backward(rows, cols, dy, dy_row_stride, x, x_row_stride, rrms, weight, dx,
                                                   dx_row_stride));
}

void sisa_rope(size_t rows, size_t heads, size_t head_size, float *x, size_t row_stride, const int32_t *positions,
               const float *cosines, const float *sines, bool back) {
    TIMED(OTHER, current()->rope(rows, heads, head_size, x, row_stride, positions, cosines, sines, back));
}

void sisa_causal_softmax_forward(size_t rows, size_t cols, size_t row_stride, size_t first, float scale, float *x) {
    TIMED(SOFTMAX, current()->causal_softmax_forward(rows, cols, row_stride, first, scale, x));
}

void sisa_causal_softmax_backward(size_t rows, size_t cols, size_t row_stride, size_t first, float scale,
                                  const float *p, float *dp) {
    TIMED(SOFTMAX, current()->causal_softmax_backward(rows, cols, row_stride, first, scale, p, dp));
}

void sisa_add_zero(size_t rows, size_t cols, size_t row_stride, float *x) {
    TIMED(OTHER, current()->add_zero(rows, cols, row_stride, x));
}

void sisa_attend(size_t keys, size_t head_size, const float *q, const float *k_turned, size_t k_stride, const float *v,
                 size_t v_stride, float scale, float *scores, float *out) {
    TIMED(SOFTMAX, current()->attend(keys, head_size, q, k_turned, k_stride, v, v_stride, scale, scores, out));
}

void sisa_log_softmax(size_t rows, size_t cols, size_t row_stride, float *x) {
    TIMED(SOFTMAX, current()->log_softmax(rows, cols, row_stride, x));
}

float sisa_cross_entropy(size_t cols, size_t target, float share, float *x) {
    float result;
    TIMED(SOFTMAX, result = current()->cross_entropy(cols, target, share, x));
    return result;
}

void sisa_log_mixture(size_t rows, size_t cols, size_t row_stride, const float *x, const float *weights, float *y) {
    TIMED(SOFTMAX, current()->log_mixture(rows, cols, row_stride, x, weights, y));
}

void sisa_log_product(size_t rows, size_t cols, size_t row_stride, const float *x, float *y) {
    TIMED(OTHER, current()->log_product(rows, cols, row_stride, x, y));
}

void sisa_log_contrast(size_t rows, size_t cols, size_t row_stride, const float *x, const float *base, float clip,
                       float *y) {
    TIMED(OTHER, current()->log_contrast(rows, cols, row_stride, x, base, clip, y));
}

float sisa_entropy(size_t cols, const float *x) {
    float result;
    TIMED(SOFTMAX, result = current()->entropy(cols, x));
    return result;
}
