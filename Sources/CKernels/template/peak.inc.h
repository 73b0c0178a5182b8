// What the fused multiply-add units give at most: independent chains in registers, enough of them to hide the latency.

enum { PEAK_CHAINS = LANES_MASKED == 512 ? 12 : 6, PEAK_STEPS = 8 };

static void peak(size_t rounds) {
    volatile float source = 0.5f;
    x16 chain[PEAK_CHAINS], factor = splat(source);
#pragma clang loop unroll(full)
    for (int q = 0; q < PEAK_CHAINS; q++) chain[q] = splat(source + (float)q);
    for (size_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
        for (int step = 0; step < PEAK_STEPS; step++)
#pragma clang loop unroll(full)
            for (int q = 0; q < PEAK_CHAINS; q++) chain[q] = fma16(chain[q], factor, factor);
    for (int q = 0; q < PEAK_CHAINS; q++) source = sum_lanes(chain[q]);
}

static size_t peak_operations(void) { return 2 * LANES * PEAK_CHAINS * PEAK_STEPS; }
