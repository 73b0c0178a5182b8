// Many next-token distributions become one: columns are tokens, rows the members of an ensemble, always in their order.
// Everything is of logarithms, so that nothing underflows; they are finite.

static void log_mixture(size_t rows, size_t cols, size_t row_stride, const float *x, const float *weights, float *y) {
    FOR_ROW(cols, {
        x16 most = splat(-__builtin_inff());
        for (size_t row = 0; row < rows; row++) most = larger(most, get(x + row * row_stride + c, count) + weights[row]);
        x16 sum = splat(0.0f);
        for (size_t row = 0; row < rows; row++)
            sum += exp16((get(x + row * row_stride + c, count) + weights[row]) - most);
        put(y + c, log16(sum) + most, count);
    });
}

static void log_product(size_t rows, size_t cols, size_t row_stride, const float *x, float *y) {
    const float share = 1.0f / (float)rows;
    FOR_ROW(cols, {
        x16 sum = splat(0.0f);
        for (size_t row = 0; row < rows; row++) sum += get(x + row * row_stride + c, count);
        put(y + c, sum * share, count);
    });
}

static void log_contrast(size_t rows, size_t cols, size_t row_stride, const float *x, const float *base, float clip,
                         float *y) {
    FOR_ROW(cols, {
        const x16 start = get(base + c, count);
        x16 sum = start;
        for (size_t row = 0; row < rows; row++) {
            x16 change = get(x + row * row_stride + c, count) - start;
            change = choose(change > clip, splat(clip), change);
            sum += choose(change < -clip, splat(-clip), change);
        }
        put(y + c, sum, count);
    });
}

static float entropy(size_t cols, const float *x) {
    x16 sum = splat(0.0f);
    FOR_ROW(cols, {
        x16 v = get(x + c, count);
        sum += pad(exp16(v) * v, count, 0.0f);
    });
    return -sum_lanes(sum);
}
