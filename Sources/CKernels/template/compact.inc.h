// The matrix product with a B that is kept in few bits. Up to FUSED_ROWS rows of A take what is widened at once; for more
// of them pieces of B are widened to a place that stays in the first-level cache, and go through the product from there.

enum {
    PIECE = 192,          // rows of a panel, all panels of a piece together: 12 KB
    LARGE_PIECE = 768,    // ... where A has so many rows that widening is little beside the product
    MANY_ROWS = 32,
    AT_ONCE = 4,          // panels whose chains run side by side
    STEP = 32,            // rows of a panel in one go
    AHEAD = 3             // steps from what is asked of memory to what is used
};

typedef struct {
    size_t n, k, panel_bytes;
    const float *a;
    size_t a_row_stride;
    const uint8_t *panels;
    float *c;
    size_t c_row_stride;
    int start;
    const float *bias;
} compact_product;

INLINE x16 start_of(const compact_product *p, size_t row, size_t j, size_t count) {
    if (p->start == SISA_START_ZERO) return splat(0.0f);
    return get(p->start == SISA_START_BIAS ? p->bias + j : p->c + row * p->c_row_stride + j, count);
}


// Asks for `bytes` bytes from `at` on in a panel, or, past its end, in the one that comes after it, `skip` bytes behind:
// pieces of several panels by turns are more than a processor foresees.
INLINE void fetch_ahead(const uint8_t *panel, size_t panel_bytes, size_t at, size_t bytes, size_t skip) {
    for (size_t i = at; i < at + bytes; i += 64) __builtin_prefetch(panel + (i < panel_bytes ? i : i + skip));
}
#define FUSED_CASE(ROWS, NAME) case ROWS: NAME##_few(ROWS, p); break;
#if FUSED_ROWS == 4
#define EACH_FUSED(CASE, NAME) CASE(1, NAME) CASE(2, NAME) CASE(3, NAME) CASE(4, NAME)
#elif FUSED_ROWS == 2
#define EACH_FUSED(CASE, NAME) CASE(1, NAME) CASE(2, NAME)
#else
#define EACH_FUSED(CASE, NAME) default: (void)p;
#endif

// Defines NAME_few: the product of `rows` (a constant) rows of A, some panels at a time; and what stores instead.
#define FEW(NAME)                                                                                            \
    INLINE void NAME##_few(const int rows, const compact_product *p) {                                       \
        const size_t group = p->k ? p->panel_bytes * STEP / p->k : 0;                                        \
        for (size_t j = 0; j < p->n; j += AT_ONCE * LANES) {                                                 \
            const size_t columns = p->n - j < AT_ONCE * LANES ? p->n - j : AT_ONCE * LANES;                  \
            const uint8_t *panels = p->panels + j / LANES * p->panel_bytes;                                  \
            widened chains[AT_ONCE];                                                                         \
            size_t count = 0;                                                                                \
            for (; count * LANES < columns; count++) {                                                       \
                const size_t width = columns - count * LANES < LANES ? columns - count * LANES : LANES;      \
                chains[count].a = p->a, chains[count].a_row_stride = p->a_row_stride;                        \
                for (int r = 0; r < rows; r++)                                                               \
                    chains[count].chain[r] = start_of(p, (size_t)r, j + count * LANES, width);               \
            }                                                                                                \
            for (size_t done = 0; done < p->k; done += STEP)                                                 \
                for (size_t q = 0; q < count; q++) {                                                         \
                    widened here = chains[q];                                                                \
                    const uint8_t *panel = panels + q * p->panel_bytes;                                      \
                    const size_t ahead = (done / STEP + AHEAD) * group;                                      \
                    fetch_ahead(panel, p->panel_bytes, ahead, group, (AT_ONCE - 1) * p->panel_bytes);        \
                    NAME(rows, panel, done, p->k - done < STEP ? p->k - done : STEP, &here);                 \
                    chains[q] = here;                                                                        \
                }                                                                                            \
            for (size_t q = 0; q < count; q++) {                                                             \
                const size_t width = columns - q * LANES < LANES ? columns - q * LANES : LANES;              \
                for (int r = 0; r < rows; r++)                                                               \
                    put(p->c + (size_t)r * p->c_row_stride + j + q * LANES, chains[q].chain[r], width);      \
            }                                                                                                \
        }                                                                                                    \
    }                                                                                                        \
    static void NAME##_product(size_t rows, const compact_product *p) {                                      \
        switch (rows) { EACH_FUSED(FUSED_CASE, NAME) }                                                       \
    }                                                                                                        \
    static void NAME##_to(const uint8_t *panel, size_t first, size_t count, float *to) {                     \
        widened place = {.to = to};                                                                          \
        NAME(0, panel, first, count, &place);                                                                \
    }
#define EACH_KIND(DO)                                                                                      \
    DO(widen_f16) DO(widen_bf16) DO(widen_q4_0) DO(widen_q4_1) DO(widen_q5_0) DO(widen_q5_1) DO(widen_q8_0) \
    DO(widen_q4_k) DO(widen_q5_k) DO(widen_q6_k)
EACH_KIND(FEW)

typedef struct {
    void (*product)(size_t rows, const compact_product *p);
    void (*to)(const uint8_t *panel, size_t first, size_t count, float *to);
} compact_kind;

#define ENTRY(NAME) {NAME##_product, NAME##_to},
// In the order of the kinds' numbers.
static const compact_kind kinds[SISA_COMPACT_COUNT] = {EACH_KIND(ENTRY)};

static void gemm_compact(int kind, size_t m, size_t n, size_t k, const float *a, size_t a_row_stride,
                         size_t a_column_stride, const uint8_t *panels, float *c, size_t c_row_stride, int start,
                         const float *bias) {
    const size_t panel_bytes = sisa_compact_panel_bytes(kind, k);
    if (m <= FUSED_ROWS && a_column_stride == 1) {
        const compact_product product = {n, k, panel_bytes, a, a_row_stride, panels, c, c_row_stride, start, bias};
        return kinds[kind].product(m, &product);
    }
    float piece[LARGE_PIECE * LANES] __attribute__((aligned(64)));
    const bool many = m >= MANY_ROWS;
    const size_t wide = many ? 4 : PANELS_OF_ROWS(m), most = (many ? LARGE_PIECE : PIECE) / wide / STEP * STEP;
    for (size_t j = 0; j < n; j += wide * LANES, panels += wide * panel_bytes) {
        const size_t columns = n - j < wide * LANES ? n - j : wide * LANES;
        size_t done = 0;
        do {
            const size_t depth = k - done < most ? k - done : most;
            for (size_t q = 0; q * LANES < columns; q++)
                kinds[kind].to(panels + q * panel_bytes, done, depth, piece + q * depth * LANES);
            gemm(m, columns, depth, a + done * a_column_stride, a_row_stride, a_column_stride, piece, c + j,
                 c_row_stride, done == 0 ? start : SISA_START_STORED, bias ? bias + j : NULL);
            done += depth;
        } while (done < k);
    }
}
