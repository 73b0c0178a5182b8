// Rows as wide as a vocabulary: the logarithm of a softmax, and the loss of a row with its gradient.

INLINE float log1(float x) { return log16(splat(x))[0]; }

// The maximum of a row, and the sum of exp(x - maximum), which is left in `e` unless that is NULL.
INLINE void row_sums(size_t cols, const float *x, float *e, float *maximum, float *sum) {
    x16 most = splat(-__builtin_inff());
    FOR_ROW(cols, most = larger(most, pad(get(x + c, count), count, -__builtin_inff())););
    const float largest = max_lanes(most);
    x16 total = splat(0.0f);
    FOR_ROW(cols, {
        x16 v = exp16(get(x + c, count) - largest);
        if (e) put(e + c, v, count);
        total += pad(v, count, 0.0f);
    });
    *maximum = largest;
    *sum = sum_lanes(total);
}

static void log_softmax(size_t rows, size_t cols, size_t row_stride, float *x) {
    for (size_t row = 0; row < rows; row++, x += row_stride) {
        float largest, sum;
        row_sums(cols, x, NULL, &largest, &sum);
        const float logarithm = log1(sum);
        FOR_ROW(cols, put(x + c, (get(x + c, count) - largest) - logarithm, count););
    }
}

static float cross_entropy(size_t cols, size_t target, float share, float *x) {
    const float score = x[target];
    float largest, sum;
    row_sums(cols, x, x, &largest, &sum);
    const float inverse = 1.0f / sum, own = x[target] * inverse;
    FOR_ROW(cols, put(x + c, share * (get(x + c, count) * inverse), count););
    x[target] = share * (own - 1.0f);
    return log1(sum) - (score - largest);
}
