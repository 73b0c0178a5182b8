// Loops over elements: whole vectors, then one that is padded and stored in part.

// Defines NAME: y[i] = F(x[i]).
#define MAP(NAME, F)                                                                    \
    static void NAME(size_t n, const float *x, float *y) {                              \
        size_t i = 0;                                                                   \
        for (; i + LANES <= n; i += LANES) store(y + i, F(load(x + i)));                \
        if (i < n) store_part(y + i, F(load_part(x + i, n - i)), n - i);                \
    }

// Defines NAME: dx[i] = dy[i] * F(x[i]).
#define MAP_SLOPE(NAME, F)                                                              \
    static void NAME(size_t n, const float *x, const float *dy, float *dx) {            \
        size_t i = 0;                                                                   \
        for (; i + LANES <= n; i += LANES) store(dx + i, load(dy + i) * F(load(x + i))); \
        if (i < n)                                                                      \
            store_part(dx + i, load_part(dy + i, n - i) * F(load_part(x + i, n - i)), n - i); \
    }

MAP(map_exp, exp16)
MAP(map_log, log16)
MAP(map_tanh, tanh16)
MAP(map_gelu, gelu)
MAP(map_gelu_tanh, gelu_tanh)
MAP(map_relu, relu)
MAP(map_silu, silu)
MAP_SLOPE(map_gelu_slope, gelu_slope)
MAP_SLOPE(map_gelu_tanh_slope, gelu_tanh_slope)
MAP_SLOPE(map_relu_slope, relu_slope)
MAP_SLOPE(map_silu_slope, silu_slope)

static void activation_forward(int kind, size_t n, const float *x, float *y) {
    if (kind == SISA_GELU) map_gelu(n, x, y);
    else if (kind == SISA_GELU_TANH) map_gelu_tanh(n, x, y);
    else if (kind == SISA_SILU) map_silu(n, x, y);
    else map_relu(n, x, y);
}

static void activation_backward(int kind, size_t n, const float *x, const float *dy, float *dx) {
    if (kind == SISA_GELU) map_gelu_slope(n, x, dy, dx);
    else if (kind == SISA_GELU_TANH) map_gelu_tanh_slope(n, x, dy, dx);
    else if (kind == SISA_SILU) map_silu_slope(n, x, dy, dx);
    else map_relu_slope(n, x, dy, dx);
}

// y = silu(gate) * up.
static void swiglu_forward(size_t n, const float *gate, const float *up, float *y) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) store(y + i, silu(load(gate + i)) * load(up + i));
    if (i < n) store_part(y + i, silu(load_part(gate + i, n - i)) * load_part(up + i, n - i), n - i);
}

typedef struct {
    x16 gate, up;  // the gradients of both
} swiglu16;

INLINE swiglu16 swiglu_slopes(x16 dy, x16 gate, x16 up) {
    sigmoid16 s = sigmoid(gate);
    return (swiglu16){(dy * up) * fma16(gate, s.slope, s.value), dy * (gate * s.value)};
}

static void swiglu_backward(size_t n, const float *dy, const float *gate, const float *up, float *dgate, float *dup) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        swiglu16 d = swiglu_slopes(load(dy + i), load(gate + i), load(up + i));
        store(dgate + i, d.gate), store(dup + i, d.up);
    }
    const size_t rest = n - i;
    if (rest == 0) return;
    swiglu16 d = swiglu_slopes(load_part(dy + i, rest), load_part(gate + i, rest), load_part(up + i, rest));
    store_part(dgate + i, d.gate, rest), store_part(dup + i, d.up, rest);
}

static void add(size_t n, const float *x, float *y) {
    for (size_t i = 0; i < n; i++) y[i] = y[i] + x[i];
}

static void scale(size_t n, float s, const float *x, float *y) {
    for (size_t i = 0; i < n; i++) y[i] = s * x[i];
}

static bool all_finite(size_t n, const float *x) {
    enum { STRIDE = 4096 };  // Looks whether it may stop this often.
    for (size_t first = 0; first < n; first += STRIDE) {
        size_t end = n - first < STRIDE ? n : first + STRIDE;
        uint32_t found = 0;
        for (size_t i = first; i < end; i++) {
            uint32_t pattern;
            memcpy(&pattern, x + i, sizeof pattern);
            found |= (pattern & 0x7f800000u) == 0x7f800000u;
        }
        if (found) return false;
    }
    return true;
}

INLINE void adamw_step(x16 *w, x16 g, x16 *m, x16 *v, const sisa_adamw_constants *c) {
    x16 decayed = *w - c->lr_decay * *w;
    *m = fma16(splat(c->beta1), *m, c->one_minus_beta1 * g);
    *v = fma16(splat(c->beta2), *v, (c->one_minus_beta2 * g) * g);
    x16 denominator = sqrt16(*v) * c->inverse_sqrt_correction2 + c->epsilon;
    *w = decayed - c->step * (*m / denominator);
}

static void adamw(size_t n, float *w, const float *g, float *m, float *v, const sisa_adamw_constants *constants) {
    const sisa_adamw_constants c = *constants;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        x16 weight = load(w + i), first = load(m + i), second = load(v + i);
        adamw_step(&weight, load(g + i), &first, &second, &c);
        store(w + i, weight), store(m + i, first), store(v + i, second);
    }
    size_t rest = n - i;
    if (rest == 0) return;
    x16 weight = load_part(w + i, rest), first = load_part(m + i, rest), second = load_part(v + i, rest);
    adamw_step(&weight, load_part(g + i, rest), &first, &second, &c);
    store_part(w + i, weight, rest), store_part(m + i, first, rest), store_part(v + i, second, rest);
}
