// Attention of causal models: rotation by position, softmax over the keys so far, and one query over a cache of keys.

// The first half of a head's vector and the second are the two coordinates of its pairs.
static void rope(size_t rows, size_t heads, size_t head_size, float *x, size_t row_stride, const int32_t *positions,
                 const float *cosines, const float *sines, bool back) {
    const size_t half = head_size / 2;
    const u16 sign = (u16)splat(back ? -0.0f : 0.0f);
    for (size_t row = 0; row < rows; row++, x += row_stride) {
        const float *cosine = cosines + (size_t)positions[row] * half, *sine = sines + (size_t)positions[row] * half;
        for (size_t head = 0; head < heads; head++) {
            float *first = x + head * head_size, *second = first + half;
            FOR_ROW(half, {
                x16 cos = get(cosine + c, count);
                x16 sin = (x16)(bits(get(sine + c, count)) ^ sign);
                x16 u = get(first + c, count);
                x16 v = get(second + c, count);
                put(first + c, u * cos - v * sin, count);
                put(second + c, v * cos + u * sin, count);
            });
        }
    }
}

// Row r has first + r + 1 columns that count, but no more than there are; the rest becomes +0.
INLINE size_t columns_so_far(size_t first, size_t row, size_t cols) {
    return first + row + 1 < cols ? first + row + 1 : cols;
}

static void causal_softmax_forward(size_t rows, size_t cols, size_t row_stride, size_t first, float scale, float *x) {
    for (size_t row = 0; row < rows; row++, x += row_stride) {
        const size_t valid = columns_so_far(first, row, cols);
        softmax_forward(1, valid, valid, scale, x);
        memset(x + valid, 0, (cols - valid) * sizeof *x);
    }
}

static void causal_softmax_backward(size_t rows, size_t cols, size_t row_stride, size_t first, float scale,
                                    const float *p, float *dp) {
    for (size_t row = 0; row < rows; row++, p += row_stride, dp += row_stride) {
        const size_t valid = columns_so_far(first, row, cols);
        softmax_backward(1, valid, valid, scale, p, dp);
        memset(dp + valid, 0, (cols - valid) * sizeof *dp);
    }
}

static void add_zero(size_t rows, size_t cols, size_t row_stride, float *x) {
    for (size_t row = 0; row < rows; row++, x += row_stride)
        FOR_ROW(cols, put(x + c, get(x + c, count) + 0.0f, count););
}

// Runs BODY with `wide` vectors at `at`, a constant: four, then one, over whole vectors.
#define FOR_WIDE(COUNT, BODY)                                                                                \
    do {                                                                                                     \
        size_t at = 0;                                                                                       \
        for (; at + 4 * LANES <= (COUNT); at += 4 * LANES) { enum { wide = 4 }; BODY }                       \
        for (; at + LANES <= (COUNT); at += LANES) { enum { wide = 1 }; BODY }                               \
    } while (0)

// to[j] = one chain over p < depth of factor[p] * from[p * stride + j], from +0; and + 0 at the end if `ends`.
INLINE void chains(size_t count, size_t depth, const float *factor, const float *from, size_t stride, bool ends,
                   float *to) {
    FOR_WIDE(count, {
        x16 chain[wide];
        UNROLL for (int q = 0; q < wide; q++) chain[q] = splat(0.0f);
        const float *row = from + at;
        for (size_t p = 0; p < depth; p++, row += stride) {
            x16 f = splat(factor[p]);
            UNROLL for (int q = 0; q < wide; q++) chain[q] = fma16(f, load(row + q * LANES), chain[q]);
        }
        UNROLL for (int q = 0; q < wide; q++) store(to + at + q * LANES, ends ? chain[q] + 0.0f : chain[q]);
    });
    const size_t rest = count % LANES, at = count - rest;
    if (rest == 0) return;
    x16 chain = splat(0.0f);
    for (size_t p = 0; p < depth; p++) chain = fma16(splat(factor[p]), load_part(from + p * stride + at, rest), chain);
    store_part(to + at, ends ? chain + 0.0f : chain, rest);
}

static void attend(size_t keys, size_t head_size, const float *q, const float *k_turned, size_t k_stride,
                   const float *v, size_t v_stride, float scale, float *scores, float *out) {
    chains(keys, head_size, q, k_turned, k_stride, false, scores);
    softmax_forward(1, keys, keys, scale, scores);
    chains(head_size, keys, scores, v, v_stride, true, out);
}
