// Loops over rows. A sum is of values that are already rounded: 16 lanes from +0, then the tree of sum_lanes.
//
// A lane that starts at +0 never becomes -0, so that padding a tail with +0 changes no bit.

// Runs BODY for every vector of a row, with `c` its first column and `count` its columns: 16, or fewer at the end.
// Whole vectors get their own copy of BODY, in which `count` is a constant.
#define FOR_ROW(COLS, BODY)                                                             \
    do {                                                                                \
        size_t c = 0;                                                                   \
        for (; c + LANES <= (COLS); c += LANES) { const size_t count = LANES; BODY }    \
        if (c < (COLS)) { const size_t count = (COLS) - c; BODY }                       \
    } while (0)

INLINE x16 get(const float *p, size_t count) { return count == LANES ? load(p) : load_part(p, count); }

INLINE void put(float *p, x16 v, size_t count) {
    if (count == LANES) store(p, v);
    else store_part(p, v, count);
}

INLINE x16 pad(x16 v, size_t count, float rest) { return count == LANES ? v : keep(v, count, rest); }

static void layer_norm_forward(size_t rows, size_t cols, float *x, const float *residual, const float *gamma,
                               const float *beta, float epsilon, float *y, float *mean, float *rstd) {
    for (size_t row = 0; row < rows; row++, x += cols, y += cols) {
        x16 sum = splat(0.0f);
        if (residual) {
            FOR_ROW(cols, {
                x16 v = get(x + c, count) + get(residual + c, count);
                put(x + c, v, count);
                sum += pad(v, count, 0.0f);
            });
            residual += cols;
        } else {
            FOR_ROW(cols, sum += get(x + c, count););
        }
        float center = sum_lanes(sum) / (float)cols;

        x16 squares = splat(0.0f);
        FOR_ROW(cols, {
            x16 d = get(x + c, count) - center;
            squares += pad(d * d, count, 0.0f);
        });
        float inverse = 1.0f / __builtin_sqrtf(sum_lanes(squares) / (float)cols + epsilon);

        FOR_ROW(cols, {
            x16 h = (get(x + c, count) - center) * inverse;
            put(y + c, fma16(h, get(gamma + c, count), get(beta + c, count)), count);
        });
        mean[row] = center;
        rstd[row] = inverse;
    }
}

static void layer_norm_backward(size_t rows, size_t cols, const float *dy, const float *x, const float *mean,
                                const float *rstd, const float *gamma, float *dx) {
    for (size_t row = 0; row < rows; row++, dy += cols, x += cols, dx += cols) {
        const float center = mean[row], inverse = rstd[row];
        x16 sum = splat(0.0f), product = splat(0.0f);
        FOR_ROW(cols, {
            x16 g = get(dy + c, count) * get(gamma + c, count);
            x16 h = (get(x + c, count) - center) * inverse;
            sum += pad(g, count, 0.0f);
            product += pad(g * h, count, 0.0f);
        });
        float g_mean = sum_lanes(sum) / (float)cols, gh_mean = sum_lanes(product) / (float)cols;
        FOR_ROW(cols, {
            x16 g = get(dy + c, count) * get(gamma + c, count);
            x16 h = (get(x + c, count) - center) * inverse;
            put(dx + c, inverse * ((g - g_mean) - h * gh_mean), count);
        });
    }
}

static void softmax_forward(size_t rows, size_t cols, size_t row_stride, float scale, float *x) {
    const float lowest = -__builtin_inff();
    const size_t whole = cols / LANES * LANES, rest = cols - whole;
    for (size_t row = 0; row < rows; row++, x += row_stride) {
        // The tail stays in a register: a masked store that is loaded again at once costs more than the arithmetic.
        x16 tail = keep(scale * load_part(x + whole, rest), rest, lowest);
        x16 most = splat(lowest);
        for (size_t c = 0; c < whole; c += LANES) most = larger(most, scale * load(x + c));
        const float largest = max_lanes(larger(most, tail));

        x16 sum = splat(0.0f);
        for (size_t c = 0; c < whole; c += LANES) {
            x16 e = exp16(scale * load(x + c) - largest);
            store(x + c, e);
            sum += e;
        }
        tail = keep(exp16(tail - largest), rest, 0.0f);
        const float inverse = 1.0f / sum_lanes(sum + tail);
        for (size_t c = 0; c < whole; c += LANES) store(x + c, load(x + c) * inverse);
        store_part(x + whole, tail * inverse, rest);
    }
}

static void softmax_backward(size_t rows, size_t cols, size_t row_stride, float scale, const float *p, float *dp) {
    for (size_t row = 0; row < rows; row++, p += row_stride, dp += row_stride) {
        x16 sum = splat(0.0f);
        FOR_ROW(cols, sum += pad(get(p + c, count) * get(dp + c, count), count, 0.0f););
        float inner = sum_lanes(sum);
        FOR_ROW(cols, put(dp + c, (scale * get(p + c, count)) * (get(dp + c, count) - inner), count););
    }
}

// y = y + x[0] + x[1] + ..., four vectors of columns at a time, so that y stays in registers.
static void sum_rows(size_t rows, size_t cols, const float *x, float *y) {
    enum { WIDE = 4 * LANES };
    size_t first = 0;
    for (; first + WIDE <= cols; first += WIDE) {
        x16 s0 = load(y + first), s1 = load(y + first + 16), s2 = load(y + first + 32), s3 = load(y + first + 48);
        for (size_t row = 0; row < rows; row++) {
            const float *v = x + row * cols + first;
            s0 += load(v), s1 += load(v + 16), s2 += load(v + 32), s3 += load(v + 48);
        }
        store(y + first, s0), store(y + first + 16, s1), store(y + first + 32, s2), store(y + first + 48, s3);
    }
    for (; first < cols; first++)
        for (size_t row = 0; row < rows; row++) y[first] = y[first] + x[row * cols + first];
}

static void mean_rows(size_t rows, size_t cols, const float *x, float *y) {
    float inverse = 1.0f / (float)rows;
    memcpy(y, x, cols * sizeof(float));
    sum_rows(rows - 1, cols, x + cols, y);
    scale(cols, inverse, y, y);
}
