// Every loop of CKernels in every variant that this processor can run, against the portable one, bit for bit; products
// also against plain chains of fmaf. One line at the end: how many numbers were compared, and a digest of them all,
// which is the same on every architecture because no bit may differ. tools/check-neon runs it.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

enum { INPUTS = 1 << 15, OUTPUTS = 1 << 12, OUTS = 4, FUNCTIONS = 33 };

static float a[INPUTS], b[INPUTS], extra[INPUTS], packed[2 * INPUTS];
typedef float outputs[OUTS][OUTPUTS];
static outputs start_values, expected, found;
static unsigned long long compared, wrong, digest = 14695981039346656037ull;

// Steele, Lea and Flood's SplitMix64 (2014).
static uint64_t random_bits(void) {
    static uint64_t state = 7;
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t number(size_t low, size_t high) { return low + random_bits() % (high - low + 1); }

static float of_bits(uint32_t pattern) {
    float value;
    memcpy(&value, &pattern, sizeof value);
    return value;
}

// Plain numbers, or any bit pattern at all with many subnormals, infinities, NaN and zeros of both signs.
static void fill(float *x, size_t count, int wild) {
    static const uint32_t special[] = {0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 1, 0x80000001,
                                       0x007fffff, 0x00800000, 0x7f7fffff, 0xff7fffff, 0x3f800000, 0xbf800000};
    for (size_t i = 0; i < count; i++) {
        uint64_t pick = random_bits();
        float plain = (float)(int32_t)(pick >> 40) * 0x1p-21f - 4.0f;
        if (!wild || pick % 3 == 0) x[i] = plain;
        else if (pick % 3 == 1) x[i] = of_bits(special[(pick >> 8) % (sizeof special / sizeof *special)]);
        else x[i] = of_bits((uint32_t)(pick >> 32));
    }
}

static void fill_all(int wild) {
    fill(a, INPUTS, wild), fill(b, INPUTS, wild), fill(extra, INPUTS, wild);
    for (int q = 0; q < OUTS; q++) fill(start_values[q], OUTPUTS, wild);
    memcpy(expected, start_values, sizeof expected);
}

static uint32_t bits_of(float value) {
    uint32_t pattern;
    memcpy(&pattern, &value, sizeof pattern);
    return isnan(value) ? 0x7fc00000u : pattern;
}

// Everything that may have been written, and what lies around it.
static void compare(const char *what, int isa) {
    for (int q = 0; q < OUTS; q++)
        for (size_t i = 0; i < OUTPUTS; i++) {
            compared++;
            if (bits_of(expected[q][i]) == bits_of(found[q][i])) continue;
            if (wrong++ < 10)
                printf("%s, %s: element %zu is %08x, expected %08x\n", what, sisa_isa_name(isa), i,
                       bits_of(found[q][i]), bits_of(expected[q][i]));
            return;
        }
}

static void note_expected(void) {
    for (int q = 0; q < OUTS; q++)
        for (size_t i = 0; i < OUTPUTS; i++) digest = (digest ^ bits_of(expected[q][i])) * 1099511628211ull;
}

static void compare_products(int wild) {
    fill_all(wild);
    size_t m = number(1, 40), n = number(1, 70), k = number(0, 64), gap = number(0, 3), offset = number(0, 15);
    if (number(0, 3) == 0) n = number(1, 12);
    if (number(0, 7) == 0) m = number(1, 75), k = number(380, 400), n = number(1, 40);
    const size_t stride = n + gap, down = number(0, 1) ? 1 : k, along = down == 1 ? m : 1;
    const int turned = (int)number(0, 1), start = (int)number(0, 2);
    const size_t of_row = turned ? 1 : n, of_column = turned ? k : 1;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            float *c = expected[0] + offset + i * stride + j;
            float sum = start == SISA_START_STORED ? *c : start == SISA_START_BIAS ? extra[offset + j] : 0.0f;
            for (size_t p = 0; p < k; p++)
                sum = fmaf(a[offset + i * down + p * along], b[offset + p * of_row + j * of_column], sum);
            *c = sum;
        }
    note_expected();
    for (int isa = 0; isa < SISA_ISA_COUNT; isa++) {
        if (!sisa_isa_select(isa)) continue;
        memcpy(found, start_values, sizeof found);
        sisa_pack(k, n, b + offset, of_row, of_column, packed);
        sisa_gemm(m, n, k, a + offset, down, along, packed, found[0] + offset, stride, start, extra + offset);
        compare("product", isa);
    }
}

// A product of a matrix in few bits, whose blocks are any bytes.
static void compare_compact(int kind, int wild) {
    static uint8_t blocks[sizeof b], panels[2 * sizeof b];
    fill_all(wild);
    const size_t depth = sisa_compact_depth(kind), k = depth * number(1, 256 / depth), n = number(1, 40);
    const size_t m = number(1, 40), bytes = n * (k / depth) * sisa_compact_block(kind);
    memcpy(blocks, b, bytes);
    if (depth == 1) sisa_pack_16(k, n, blocks, 1, k, panels);
    else sisa_pack_blocks(kind, k, n, blocks, panels);
    sisa_isa_select(SISA_ISA_PORTABLE);
    sisa_gemm_compact(kind, m, n, k, a, k, 1, panels, expected[0], n, SISA_START_ZERO, NULL);
    note_expected();
    for (int isa = SISA_ISA_PORTABLE + 1; isa < SISA_ISA_COUNT; isa++) {
        if (!sisa_isa_select(isa)) continue;
        memcpy(found, start_values, sizeof found);
        sisa_gemm_compact(kind, m, n, k, a, k, 1, panels, found[0], n, SISA_START_ZERO, NULL);
        compare("product of few bits", isa);
    }
}

// Runs one function on `to`, with the same arguments whatever the variant.
static void run(int which, int isa, outputs to, size_t rows, size_t cols, size_t stride, size_t offset) {
    const size_t n = rows * cols;
    const sisa_adamw_constants c = {0.3f, 0.9f, 0.1f, 0.999f, 1e-3f, 3e-3f, 1.7f, 1e-8f};
    float *x = a + offset, *y = to[0] + offset;
    int32_t positions[40];
    for (int row = 0; row < 40; row++) positions[row] = row * 7 % 40;
    sisa_isa_select(isa);
    switch (which) {
    case 0: sisa_exp(n, x, y); break;
    case 1: sisa_log(n, x, y); break;
    case 2: sisa_tanh(n, x, y); break;
    case 3: sisa_activation_forward(SISA_GELU, n, x, y); break;
    case 4: sisa_activation_forward(SISA_GELU_TANH, n, x, y); break;
    case 5: sisa_activation_forward(SISA_RELU, n, x, y); break;
    case 6: sisa_activation_backward(SISA_GELU, n, x, b, y); break;
    case 7: sisa_activation_backward(SISA_GELU_TANH, n, x, b, y); break;
    case 8: sisa_activation_backward(SISA_RELU, n, x, b, y); break;
    case 9: sisa_add(n, x, y); break;
    case 10: sisa_scale(n, -0.3f, x, y); break;
    case 11: y[0] = sisa_all_finite(n, x); break;
    case 12: sisa_adamw(n, y, x, to[1] + offset, to[2] + offset, &c); break;
    case 13: sisa_layer_norm_forward(rows, cols, y, NULL, x, b, 1e-5f, to[1] + offset, to[2], to[3]); break;
    case 14: sisa_layer_norm_forward(rows, cols, y, extra, x, b, 1e-5f, to[1] + offset, to[2], to[3]); break;
    case 15: sisa_layer_norm_backward(rows, cols, y, x, b, extra, a, y); break;
    case 16: sisa_softmax_forward(rows, cols, stride, 0.7f, y); break;
    case 17: sisa_softmax_backward(rows, cols, stride, 0.7f, x, y); break;
    case 18: sisa_mean_rows(rows, cols, x, y); break;
    case 19: sisa_sum_rows(rows, cols, x, y); break;
    case 20: sisa_activation_forward(SISA_SILU, n, x, y); break;
    case 21: sisa_activation_backward(SISA_SILU, n, x, b, y); break;
    case 22: sisa_swiglu_forward(n, x, b, y); break;
    case 23: sisa_swiglu_backward(n, x, b, extra, y, to[1]); break;
    case 24: sisa_rms_norm_forward(rows, cols, y, stride, extra, b, 1e-5f, to[1] + offset, stride, to[2]); break;
    case 25: sisa_rms_norm_backward(rows, cols, y, stride, x, cols, b, extra, y, stride); break;
    case 26: sisa_rope(rows, cols / 8, 8, y, stride, positions, a, b, rows % 2); break;
    case 27: sisa_causal_softmax_forward(rows, cols, stride, offset, 0.7f, y); break;
    case 28: sisa_causal_softmax_backward(rows, cols, stride, offset, 0.7f, x, y); break;
    case 29: sisa_add_zero(rows, cols, stride, y); break;
    case 30: sisa_attend(cols, rows, x, b, stride, extra, rows + 1, 0.7f, y, to[1] + offset); break;
    case 31: sisa_log_softmax(rows, cols, stride, y); break;
    case 32: to[1][0] = sisa_cross_entropy(cols, offset % cols, 0.3f, y); break;
    }
}

static const char *const names[FUNCTIONS] = {
    "exp",           "log",           "tanh",         "gelu",                "gelu tanh",  "relu",      "gelu slope",
    "gelu tanh slope", "relu slope",  "add",          "scale",               "all finite", "adamw",     "layer norm",
    "layer norm with residual", "layer norm backward", "softmax", "softmax backward", "mean of rows", "sum of rows", "silu",
    "silu slope", "swiglu", "swiglu backward", "rms norm", "rms norm backward", "rope", "causal softmax",
    "causal softmax backward", "add zero", "attend", "log softmax", "cross entropy"};

static void compare_functions(int which, int wild) {
    fill_all(wild);
    const size_t cols = number(1, 90), rows = number(1, 40), offset = number(0, 15), stride = cols + number(0, 5);
    run(which, SISA_ISA_PORTABLE, expected, rows, cols, stride, offset);
    note_expected();
    for (int isa = SISA_ISA_PORTABLE + 1; isa < SISA_ISA_COUNT; isa++) {
        if (!sisa_isa_available(isa)) continue;
        memcpy(found, start_values, sizeof found);
        run(which, isa, found, rows, cols, stride, offset);
        compare(names[which], isa);
    }
}

int main(void) {
    for (int round = 0; round < 400; round++) compare_products(round % 2);
    for (int kind = 0; kind < SISA_COMPACT_COUNT; kind++)
        for (int round = 0; round < 40; round++) compare_compact(kind, round % 2);
    for (int which = 0; which < FUNCTIONS; which++)
        for (int round = 0; round < 12; round++) compare_functions(which, round % 2);
    printf("variants");
    for (int isa = 0; isa < SISA_ISA_COUNT; isa++)
        if (sisa_isa_available(isa)) printf(" %s", sisa_isa_name(isa));
    printf("\ncompared %llu\ndiffering %llu\ndigest %016llx\n", compared, wrong, digest);
    return wrong > 0;
}
