// The loops whose bits are defined by docs/numerics.md, one variant per instruction set, chosen at run time.
//
// Every function gives the same bits in every variant. None allocates, none keeps state but the chosen variant
// and the profile, and all are safe to call from several threads at once. Matrices are row-major; counts are in
// elements.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- Instruction sets -----------------------------------------------------------------------------------------

enum { SISA_ISA_PORTABLE = 0, SISA_ISA_AVX2 = 1, SISA_ISA_AVX512 = 2, SISA_ISA_NEON = 3, SISA_ISA_COUNT = 4 };

/// Whether this build and this processor can run a variant.
bool sisa_isa_available(int isa);
/// "portable", "avx2", "avx512", "neon"; NULL for anything else.
const char *sisa_isa_name(int isa);
/// Makes a variant the current one for the whole process; false, and no change, where it is not available.
bool sisa_isa_select(int isa);
/// The variant in use. At start it is the one that the environment variable SISA_ISA names, if that is available, else
/// the widest available one; the program itself refuses a name that is unknown or unavailable.
int sisa_isa_current(void);

// --- Matrix product -------------------------------------------------------------------------------------------

enum {
    SISA_START_ZERO = 0,    // every chain starts at +0
    SISA_START_STORED = 1,  // ... at the stored C[i,j]: the product is accumulated
    SISA_START_BIAS = 2,    // ... at bias[j]
};

/// Width of a packed panel, in columns.
enum { SISA_PANEL = 16 };

/// Elements that `sisa_pack` writes for a matrix of `k` rows and `n` columns: k * n rounded up to whole panels.
size_t sisa_packed_count(size_t k, size_t n);

/// Packs B (k, n), B[p,j] = b[p*row_stride + j*column_stride], into panels of 16 columns:
/// packed[(j/16)*16*k + p*16 + j%16]. Columns past n are filled with +0.
void sisa_pack(size_t k, size_t n, const float *b, size_t row_stride, size_t column_stride, float *packed);

/// C[i,j] = one chain acc = fma(A[i,p], B[p,j], acc), p ascending, for i < m, j < n.
/// A[i,p] = a[i*a_row_stride + p*a_column_stride]; C[i,j] = c[i*c_row_stride + j]. `bias` (n) is read only
/// for SISA_START_BIAS. C overlaps neither A nor B. k = 0 leaves the start values.
void sisa_gemm(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_column_stride,
               const float *packed, float *c, size_t c_row_stride, int start, const float *bias);

/// Forms in which a frozen B is kept in few bits: 16-bit numbers, and the block formats of GGUF files.
enum {
    SISA_F16,
    SISA_BF16,
    SISA_Q4_0,
    SISA_Q4_1,
    SISA_Q5_0,
    SISA_Q5_1,
    SISA_Q8_0,
    SISA_Q4_K,
    SISA_Q5_K,
    SISA_Q6_K,
    SISA_COMPACT_COUNT
};

/// Numbers in a block of a kind, of which k must be a multiple: 1, 32 or 256.
size_t sisa_compact_depth(int kind);
/// Bytes of a block as files have it.
size_t sisa_compact_block(int kind);
/// Bytes of the panels of a matrix of `k` rows and `n` columns.
size_t sisa_compact_bytes(int kind, size_t k, size_t n);

/// Packs quantised rows, as files have them, one after the other, into panels: row j is column j of B.
void sisa_pack_blocks(int kind, size_t k, size_t n, const uint8_t *rows, uint8_t *packed);
/// Packs numbers of 16 bits, of either kind, as sisa_pack does; strides are in numbers.
void sisa_pack_16(size_t k, size_t n, const uint8_t *b, size_t row_stride, size_t column_stride, uint8_t *packed);

/// sisa_gemm of the matrix that the panels stand for, with the same bits: each number of B is widened to binary32 as
/// docs/numerics.md says, exactly but for one rounding where a block has a minimum.
void sisa_gemm_compact(int kind, size_t m, size_t n, size_t k, const float *a, size_t a_row_stride,
                       size_t a_column_stride, const uint8_t *panels, float *c, size_t c_row_stride, int start,
                       const float *bias);

// --- Measuring ------------------------------------------------------------------------------------------------

/// Runs `rounds` rounds of independent fused multiply-adds in registers, as fast as the current variant can.
void sisa_peak(size_t rounds);
/// Floating-point operations of one round; a fused multiply-add is two.
size_t sisa_peak_operations(void);

/// Tells the processor that this thread is watching a memory location in a loop.
static inline void sisa_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

enum {
    SISA_PROFILE_PRODUCT,
    SISA_PROFILE_PACK,
    SISA_PROFILE_SOFTMAX,
    SISA_PROFILE_LAYER_NORM,
    SISA_PROFILE_ACTIVATION,
    SISA_PROFILE_OPTIMIZER,
    SISA_PROFILE_OTHER,
    SISA_PROFILE_COUNT
};

/// Whether calls are timed from now on; off at start. What was summed is forgotten.
void sisa_profile(bool on);
/// Seconds spent in each kind of function, summed over threads, since the last reading or `sisa_profile`.
void sisa_profile_read(double seconds[SISA_PROFILE_COUNT]);

// --- Elementwise ----------------------------------------------------------------------------------------------

// Errors are the largest measured, in units in the last place of the exact result (docs/numerics.md).

/// y[i] = exp(x[i]), within 0.90 ulp; +inf above 88.72283, +0 where the result is below 2^-126; y may be x.
void sisa_exp(size_t n, const float *x, float *y);
/// y[i] = log(x[i]), within 0.85 ulp; NaN for x < 0, -inf for 0, +inf for +inf; y may be x.
void sisa_log(size_t n, const float *x, float *y);
/// y[i] = tanh(x[i]), within 2.61 ulp; y may be x.
void sisa_tanh(size_t n, const float *x, float *y);

enum { SISA_GELU = 0, SISA_GELU_TANH = 1, SISA_RELU = 2, SISA_SILU = 3 };

/// y[i] = activation(x[i]): GELU x*Phi(x) (within 4.4 ulp for x > 0, 5.2e-8 for x < 0), its tanh approximation
/// (2.5 ulp, 5.5e-8), max(x, 0) (+0 for x <= 0, NaN for NaN), or SiLU x / (1 + exp(-x)); y may be x.
void sisa_activation_forward(int kind, size_t n, const float *x, float *y);
/// dx[i] = dy[i] * activation'(x[i]), the slope within 1.6e-7 (GELU) or 2.2e-7 (tanh form); dx may be dy.
void sisa_activation_backward(int kind, size_t n, const float *x, const float *dy, float *dx);

/// y[i] = silu(gate[i]) * up[i], the gated half of a feed-forward block; y may be gate or up.
void sisa_swiglu_forward(size_t n, const float *gate, const float *up, float *y);
/// From dy the gradients of gate and up. With value and slope of the logistic function (docs/numerics.md),
/// dgate = (dy*up) * fma(gate, slope, value), dup = dy * (gate*value). Either may be dy, gate or up.
void sisa_swiglu_backward(size_t n, const float *dy, const float *gate, const float *up, float *dgate, float *dup);

/// y[i] = y[i] + x[i].
void sisa_add(size_t n, const float *x, float *y);
/// y[i] = s * x[i]; y may be x.
void sisa_scale(size_t n, float s, const float *x, float *y);
/// Whether every element is finite.
bool sisa_all_finite(size_t n, const float *x);

/// One AdamW step (Loshchilov and Hutter 2019), elementwise, in this order:
/// w = w - (lr*decay)*w;  m = fma(beta1, m, (1-beta1)*g);  v = fma(beta2, v, ((1-beta2)*g)*g);
/// w = w - step * (m / (sqrt(v)*inverse_sqrt_correction2 + epsilon)), where the caller passes
/// step = lr / (1 - beta1^t), inverse_sqrt_correction2 = 1 / sqrt(1 - beta2^t), lr_decay = lr*decay,
/// one_minus_beta1 and one_minus_beta2, each already rounded to binary32.
typedef struct {
    float lr_decay, beta1, one_minus_beta1, beta2, one_minus_beta2, step, inverse_sqrt_correction2, epsilon;
} sisa_adamw_constants;
void sisa_adamw(size_t n, float *w, const float *g, float *m, float *v, const sisa_adamw_constants *constants);

// --- Rows -----------------------------------------------------------------------------------------------------
// Sums and maxima over a row: 16 lanes, then the fixed tree (docs/numerics.md).

/// In place x[r,:] = x[r,:] + residual[r,:] (residual may be NULL: x as it is); then
/// mean[r] = sum(x)/cols, rstd[r] = 1/sqrt(sum((x-mean)^2)/cols + epsilon),
/// y[r,c] = fma((x-mean)*rstd, gamma[c], beta[c]). All (rows, cols), dense.
void sisa_layer_norm_forward(size_t rows, size_t cols, float *x, const float *residual, const float *gamma,
                             const float *beta, float epsilon, float *y, float *mean, float *rstd);
/// dx from dy, with x, mean and rstd as the forward pass left them:
/// g = dy*gamma, h = (x-mean)*rstd, dx = rstd * ((g - sum(g)/cols) - h * (sum(g*h)/cols)). dx may be dy.
void sisa_layer_norm_backward(size_t rows, size_t cols, const float *dy, const float *x, const float *mean,
                              const float *rstd, const float *gamma, float *dx);

/// In place, rows of `cols` elements `row_stride` apart: x = softmax(scale * x), with the maximum taken out first.
void sisa_softmax_forward(size_t rows, size_t cols, size_t row_stride, float scale, float *x);
/// In place on dp: ds = scale * p * (dp - sum(p*dp)).
void sisa_softmax_backward(size_t rows, size_t cols, size_t row_stride, float scale, const float *p, float *dp);

/// y[c] = (((x[0,c] + x[1,c]) + ...) + x[rows-1,c]) * (1/rows): the mean over rows. rows >= 1.
void sisa_mean_rows(size_t rows, size_t cols, const float *x, float *y);
/// y[c] = ((start[c] + x[0,c]) + x[1,c]) + ...: a sum over rows in order, accumulated into y.
void sisa_sum_rows(size_t rows, size_t cols, const float *x, float *y);

// --- Causal models --------------------------------------------------------------------------------------------

/// In place x[r,:] = x[r,:] + residual[r,:] (residual may be NULL; its rows are as far apart as x's); then
/// rrms[r] = 1/sqrt(sum(x*x)/cols + epsilon) (rrms may be NULL), y[r,c] = (x*rrms) * weight[c]. y may be x.
void sisa_rms_norm_forward(size_t rows, size_t cols, float *x, size_t x_row_stride, const float *residual,
                           const float *weight, float epsilon, float *y, size_t y_row_stride, float *rrms);
/// dx from dy, with x and rrms as the forward pass left them: g = dy*weight,
/// dx = rrms * (g - x * (((sum(g*x) * rrms) * rrms) / cols)). dx may be dy, with the same stride.
void sisa_rms_norm_backward(size_t rows, size_t cols, const float *dy, size_t dy_row_stride, const float *x,
                            size_t x_row_stride, const float *rrms, const float *weight, float *dx,
                            size_t dx_row_stride);

/// Rotates, in place, the heads of each row by its position: for c < head_size/2 and row t = positions[r] of the
/// tables (positions, head_size/2), u = x[c] and v = x[c + head_size/2] of a head become u*cos - v*sin and
/// v*cos + u*sin; with `back` the other way round, by -sin: the gradient of the same. Heads lie side by side.
void sisa_rope(size_t rows, size_t heads, size_t head_size, float *x, size_t row_stride, const int32_t *positions,
               const float *cosines, const float *sines, bool back);

/// Row r: its first min(first + r + 1, cols) elements become what sisa_softmax_forward makes of them alone, the rest +0.
void sisa_causal_softmax_forward(size_t rows, size_t cols, size_t row_stride, size_t first, float scale, float *x);
/// Row r: its first min(first + r + 1, cols) elements become what sisa_softmax_backward makes of them alone, the rest
/// +0.
void sisa_causal_softmax_backward(size_t rows, size_t cols, size_t row_stride, size_t first, float scale,
                                  const float *p, float *dp);
/// x[r,c] = x[r,c] + 0: what a product of probabilities and values ends with, so that the sign of a zero does not
/// depend on how many probabilities of +0 its chain ends with.
void sisa_add_zero(size_t rows, size_t cols, size_t row_stride, float *x);
/// One query over a cache: scores[j] = the chain over p of q[p] * k_turned[p*k_stride + j] from +0, j < keys;
/// scores = softmax(scale * scores); out[c] = (the chain over j of scores[j] * v[j*v_stride + c] from +0) + 0.
void sisa_attend(size_t keys, size_t head_size, const float *q, const float *k_turned, size_t k_stride, const float *v,
                 size_t v_stride, float scale, float *scores, float *out);

/// In place: m the maximum of a row, z the sum of exp(x - m); x = (x - m) - log(z).
void sisa_log_softmax(size_t rows, size_t cols, size_t row_stride, float *x);
/// Of a row of logits the loss log(z) - (x[target] - m), which is returned, and in place its gradient times `share`:
/// share * p with p = exp(x - m) * (1/z), and share * (p - 1) at the target.
float sisa_cross_entropy(size_t cols, size_t target, float share, float *x);

// --- Mixtures -------------------------------------------------------------------------------------------------
// Rows are the logarithms of distributions, `row_stride` apart and finite; y is one row and overlaps none of them.

/// y[c] = log(sum over rows of exp((x[r,c] + weights[r]) - m)) + m, m being the largest x[r,c] + weights[r].
void sisa_log_mixture(size_t rows, size_t cols, size_t row_stride, const float *x, const float *weights, float *y);
/// y[c] = (((0 + x[0,c]) + x[1,c]) + ...) * (1/rows).
void sisa_log_product(size_t rows, size_t cols, size_t row_stride, const float *x, float *y);
/// y[c] = ((base[c] + d[0,c]) + d[1,c]) + ..., d = x[r,c] - base[c], no less than -clip and no more than clip.
void sisa_log_contrast(size_t rows, size_t cols, size_t row_stride, const float *x, const float *base, float clip,
                       float *y);
/// -sum(exp(x) * x) of one row, by 16 lanes and the fixed tree.
float sisa_entropy(size_t cols, const float *x);

#ifdef __cplusplus
}
#endif
#endif
