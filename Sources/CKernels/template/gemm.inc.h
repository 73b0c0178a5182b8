// The matrix product. A tile of TILE_ROWS x (TILE_PANELS * 16) chains stays in registers while p runs; between
// blocks of p the chains rest in C, in binary32, which keeps their bits.

enum {
    BLOCK_K = 384,          // a block of one panel, 24 KB, stays in the first-level cache
    BLOCK_ROWS = 72,        // whole tiles; their block of A, 108 KB, stays in the second-level cache
    COPY_COLUMNS = 64,      // with so many columns and so deep a product, a copy of an awkward A is cheaper
    COPY_DEPTH = 128,       // than reading it again for every panel
    ALIASING_STRIDE = 512,  // rows of A that are a multiple of this apart push each other out of the cache
};

typedef struct {
    float *c;           // first element of the tile
    size_t row_stride;  // of C
    size_t columns;     // of the tile's last panel: 1...16
    int start;
    const float *bias;  // first element for the tile, if start is SISA_START_BIAS
} tile_place;

INLINE x16 start_value(const tile_place *t, int row, int panel, size_t columns) {
    if (t->start == SISA_START_STORED) {
        const float *c = t->c + row * t->row_stride + panel * LANES;
        return columns == LANES ? load(c) : load_part(c, columns);
    }
    if (t->start == SISA_START_BIAS) {
        const float *bias = t->bias + panel * LANES;
        return columns == LANES ? load(bias) : load_part(bias, columns);
    }
    return splat(0.0f);
}

// `rows`, `panels` and, for a packed A, the strides are constants where this is inlined.
INLINE void tile(const int rows, const int panels, size_t k, const float *a, size_t a_row_stride,
                 size_t a_column_stride, const float *b, size_t panel_stride, const tile_place *t) {
    x16 chain[TILE_ROWS][TILE_PANELS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int q = 0; q < panels; q++)
            chain[r][q] = start_value(t, r, q, q == panels - 1 ? t->columns : LANES);

    for (size_t p = 0; p < k; p++) {
        x16 row_of_b[TILE_PANELS];
#pragma clang loop unroll(full)
        for (int q = 0; q < panels; q++) row_of_b[q] = load(b + q * panel_stride);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            x16 factor = splat(a[r * a_row_stride]);
#pragma clang loop unroll(full)
            for (int q = 0; q < panels; q++) chain[r][q] = fma16(factor, row_of_b[q], chain[r][q]);
        }
        a += a_column_stride;
        b += LANES;
    }

#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int q = 0; q < panels; q++) {
            float *c = t->c + r * t->row_stride + q * LANES;
            if (q < panels - 1 || t->columns == LANES) store(c, chain[r][q]);
            else store_part(c, chain[r][q], t->columns);
        }
}

#define TILE_CASE(ROWS)                                                                            \
    case ROWS:                                                                                     \
        if (TILE_PANELS == 2 && panels == 2)                                                       \
            tile(ROWS, TILE_PANELS, k, a, a_row_stride, a_column_stride, b, panel_stride, &place); \
        else                                                                                       \
            tile(ROWS, 1, k, a, a_row_stride, a_column_stride, b, panel_stride, &place);           \
        break;

// A block of rows against one or two panels: tiles below each other, the last one with fewer rows. `a_tile_stride` is
// from one tile's first element of A to the next one's.
static void column_of_tiles(size_t rows, size_t panels, size_t k, const float *a, size_t a_tile_stride,
                            size_t a_row_stride, size_t a_column_stride, const float *b, size_t panel_stride,
                            tile_place place) {
    while (rows > 0) {
        size_t height = rows < TILE_ROWS ? rows : TILE_ROWS;
        switch (height) {
            TILE_CASE(1) TILE_CASE(2) TILE_CASE(3) TILE_CASE(4) TILE_CASE(5) TILE_CASE(6)
#if TILE_ROWS > 6
            TILE_CASE(7) TILE_CASE(8) TILE_CASE(9) TILE_CASE(10) TILE_CASE(11) TILE_CASE(12)
#endif
        }
        rows -= height;
        a += a_tile_stride;
        place.c += height * place.row_stride;
    }
}

// Copies a block of A tile by tile, in the order in which tiles read it: copy[tile][p][row of the tile].
static void copy_block(size_t rows, size_t k, const float *a, size_t a_row_stride, size_t a_column_stride,
                       float *copy) {
    for (size_t first = 0; first < rows; first += TILE_ROWS, copy += TILE_ROWS * k) {
        const float *tile = a + first * a_row_stride;
        size_t height = rows - first < TILE_ROWS ? rows - first : TILE_ROWS;
        for (size_t p = 0; p < k; p++) {
            const float *from = tile + p * a_column_stride;
            float *to = copy + p * TILE_ROWS;
            if (height == TILE_ROWS)
                for (size_t r = 0; r < TILE_ROWS; r++) to[r] = from[r * a_row_stride];
            else
                for (size_t r = 0; r < height; r++) to[r] = from[r * a_row_stride];
        }
    }
}

static void gemm(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_column_stride,
                 const float *packed, float *c, size_t c_row_stride, int start, const float *bias) {
    const bool awkward = a_column_stride != 1 || a_row_stride % ALIASING_STRIDE == 0;
    const bool copies = awkward && n >= COPY_COLUMNS && k >= COPY_DEPTH;
    float copy[BLOCK_ROWS * BLOCK_K];
    size_t done = 0;
    do {
        size_t depth = k - done < BLOCK_K ? k - done : BLOCK_K;
        for (size_t i = 0; i < m; i += BLOCK_ROWS) {
            size_t rows = m - i < BLOCK_ROWS ? m - i : BLOCK_ROWS;
            const float *block = a + i * a_row_stride + done * a_column_stride;
            size_t tile_stride = TILE_ROWS * a_row_stride, row_stride = a_row_stride, column_stride = a_column_stride;
            if (copies) {
                copy_block(rows, depth, block, a_row_stride, a_column_stride, copy);
                block = copy, tile_stride = TILE_ROWS * depth, row_stride = 1, column_stride = TILE_ROWS;
            }
            for (size_t j = 0; j < n;) {
                size_t panels = TILE_PANELS == 2 && n - j > LANES ? 2 : 1;
                size_t width = n - j < panels * LANES ? n - j : panels * LANES;
                tile_place place = {
                    .c = c + i * c_row_stride + j,
                    .row_stride = c_row_stride,
                    .columns = width - (panels - 1) * LANES,
                    .start = start,
                    .bias = start == SISA_START_BIAS ? bias + j : NULL,
                };
                column_of_tiles(rows, panels, depth, block, tile_stride, row_stride, column_stride,
                                packed + j * k + done * LANES, LANES * k, place);
                j += width;
            }
        }
        done += depth;
        start = SISA_START_STORED;
    } while (done < k);
}
