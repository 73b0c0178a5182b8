// What one variant provides: a function for every loop of CKernels.h, under the same names and rules.
#ifndef SISA_TABLE_H
#define SISA_TABLE_H

#include "include/CKernels.h"

typedef struct {
    void (*gemm)(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_column_stride,
                 const float *packed, float *c, size_t c_row_stride, int start, const float *bias);
    void (*gemm_compact)(int kind, size_t m, size_t n, size_t k, const float *a, size_t a_row_stride,
                         size_t a_column_stride, const uint8_t *panels, float *c, size_t c_row_stride, int start,
                         const float *bias);
    void (*peak)(size_t rounds);
    size_t (*peak_operations)(void);
    void (*exp)(size_t n, const float *x, float *y);
    void (*log)(size_t n, const float *x, float *y);
    void (*tanh)(size_t n, const float *x, float *y);
    void (*activation_forward)(int kind, size_t n, const float *x, float *y);
    void (*activation_backward)(int kind, size_t n, const float *x, const float *dy, float *dx);
    void (*add)(size_t n, const float *x, float *y);
    void (*scale)(size_t n, float s, const float *x, float *y);
    bool (*all_finite)(size_t n, const float *x);
    void (*adamw)(size_t n, float *w, const float *g, float *m, float *v, const sisa_adamw_constants *constants);
    void (*layer_norm_forward)(size_t rows, size_t cols, float *x, const float *residual, const float *gamma,
                               const float *beta, float epsilon, float *y, float *mean, float *rstd);
    void (*layer_norm_backward)(size_t rows, size_t cols, const float *dy, const float *x, const float *mean,
                                const float *rstd, const float *gamma, float *dx);
    void (*softmax_forward)(size_t rows, size_t cols, size_t row_stride, float scale, float *x);
    void (*softmax_backward)(size_t rows, size_t cols, size_t row_stride, float scale, const float *p, float *dp);
    void (*mean_rows)(size_t rows, size_t cols, const float *x, float *y);
    void (*sum_rows)(size_t rows, size_t cols, const float *x, float *y);
    void (*swiglu_forward)(size_t n, const float *gate, const float *up, float *y);
    void (*swiglu_backward)(size_t n, const float *dy, const float *gate, const float *up, float *dgate, float *dup);
    void (*rms_norm_forward)(size_t rows, size_t cols, float *x, size_t x_row_stride, const float *residual,
                             const float *weight, float epsilon, float *y, size_t y_row_stride, float *rrms);
    void (*rms_norm_backward)(size_t rows, size_t cols, const float *dy, size_t dy_row_stride, const float *x,
                              size_t x_row_stride, const float *rrms, const float *weight, float *dx,
                              size_t dx_row_stride);
    void (*rope)(size_t rows, size_t heads, size_t head_size, float *x, size_t row_stride, const int32_t *positions,
                 const float *cosines, const float *sines, bool back);
    void (*causal_softmax_forward)(size_t rows, size_t cols, size_t row_stride, size_t first, float scale, float *x);
    void (*causal_softmax_backward)(size_t rows, size_t cols, size_t row_stride, size_t first, float scale,
                                    const float *p, float *dp);
    void (*add_zero)(size_t rows, size_t cols, size_t row_stride, float *x);
    void (*attend)(size_t keys, size_t head_size, const float *q, const float *k_turned, size_t k_stride,
                   const float *v, size_t v_stride, float scale, float *scores, float *out);
    void (*log_softmax)(size_t rows, size_t cols, size_t row_stride, float *x);
    float (*cross_entropy)(size_t cols, size_t target, float share, float *x);
    void (*log_mixture)(size_t rows, size_t cols, size_t row_stride, const float *x, const float *weights, float *y);
    void (*log_product)(size_t rows, size_t cols, size_t row_stride, const float *x, float *y);
    void (*log_contrast)(size_t rows, size_t cols, size_t row_stride, const float *x, const float *base, float clip,
                         float *y);
    float (*entropy)(size_t cols, const float *x);
} sisa_table;

extern const sisa_table sisa_table_portable;
#if defined(__x86_64__)
extern const sisa_table sisa_table_avx2;
extern const sisa_table sisa_table_avx512;
#elif defined(__aarch64__)
extern const sisa_table sisa_table_neon;
#endif

#endif
