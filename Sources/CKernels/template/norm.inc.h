// RMS norm, as causal models have it: no mean is taken out, so that one sum is enough.

static void rms_norm_forward(size_t rows, size_t cols, float *x, size_t x_row_stride, const float *residual,
                             const float *weight, float epsilon, float *y, size_t y_row_stride, float *rrms) {
    for (size_t row = 0; row < rows; row++, x += x_row_stride, y += y_row_stride) {
        x16 squares = splat(0.0f);
        if (residual) {
            FOR_ROW(cols, {
                x16 v = get(x + c, count) + get(residual + c, count);
                put(x + c, v, count);
                squares += pad(v * v, count, 0.0f);
            });
            residual += x_row_stride;
        } else {
            FOR_ROW(cols, {
                x16 v = get(x + c, count);
                squares += pad(v * v, count, 0.0f);
            });
        }
        const float inverse = 1.0f / __builtin_sqrtf(sum_lanes(squares) / (float)cols + epsilon);
        FOR_ROW(cols, put(y + c, (get(x + c, count) * inverse) * get(weight + c, count), count););
        if (rrms) rrms[row] = inverse;
    }
}

static void rms_norm_backward(size_t rows, size_t cols, const float *dy, size_t dy_row_stride, const float *x,
                              size_t x_row_stride, const float *rrms, const float *weight, float *dx,
                              size_t dx_row_stride) {
    for (size_t row = 0; row < rows; row++, dy += dy_row_stride, x += x_row_stride, dx += dx_row_stride) {
        const float inverse = rrms[row];
        x16 product = splat(0.0f);
        FOR_ROW(cols, {
            x16 g = get(dy + c, count) * get(weight + c, count);
            product += pad(g * get(x + c, count), count, 0.0f);
        });
        const float share = ((sum_lanes(product) * inverse) * inverse) / (float)cols;
        FOR_ROW(cols, {
            x16 g = get(dy + c, count) * get(weight + c, count);
            put(dx + c, inverse * (g - get(x + c, count) * share), count);
        });
    }
}
