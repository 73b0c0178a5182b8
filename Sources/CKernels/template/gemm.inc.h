// The matrix product: blocks of rows and of the inner axis, so that what a tile reads is near. Between blocks of p the
// chains rest in C, in binary32, which keeps their bits.

enum {
    BLOCK_K = 384,          // a block of one panel, 24 KB, stays in the first-level cache
    BLOCK_ROWS = 144,       // their block of A, 216 KB, stays in the second-level cache
    SMALL_B = 32768,        // elements of B, 128 KB, that stay in the second-level cache while all rows pass
    LEAST_ROWS = 4,         // of a tile that is not alone
    FETCH_DEPTH = 64,       // of a product that takes longer than fetching a tile of C from memory
    COPY_COLUMNS = 64,      // with so many columns and so deep a product, a copy of an awkward A is cheaper
    COPY_DEPTH = 128,       // than reading it again for every panel
    ALIASING_STRIDE = 512,  // rows of A that are a multiple of this apart push each other out of the cache
};

// The next of several parts of `rest` rows, none above `most`: whole ones, and where the last would have fewer than
// `least`, the last two alike, because a tile of very few rows waits for its own chains.
INLINE size_t next_part(size_t rest, size_t most, size_t least) {
    if (rest <= most) return rest;
    return rest >= most + least ? most : (rest + 1) / 2;
}

#define EACH_HEIGHT_TO_6(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#define EACH_HEIGHT_TO_12(CASE) EACH_HEIGHT_TO_6(CASE) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#if TILE_ROWS == 12
#define EACH_HEIGHT EACH_HEIGHT_TO_12
#define TURNED_CASE_TO_8 TURNED_CASE(7) TURNED_CASE(8)
#define EACH_WIDE_HEIGHT EACH_HEIGHT_TO_12
#else
#define EACH_HEIGHT EACH_HEIGHT_TO_6
#define TURNED_CASE_TO_8
#define EACH_WIDE_HEIGHT(CASE) CASE(1) CASE(2)
#endif

typedef enum { SINGLE, WIDE, NARROW } tile_shape;

#define TILES(TILE_OF, ROWS, PANELS)                                          \
    for (; count > 0; count--) {                                              \
        TILE_OF(ROWS, PANELS, k, &a, b, panel_stride, LANES, &place);         \
        b += PANELS * panel_stride;                                           \
        place.c += PANELS * LANES, place.start += PANELS * place.start_step;  \
    }                                                                         \
    return;
#define SINGLE_CASE(ROWS) case ROWS: TILES(tile, ROWS, 1)
#define WIDE_CASE(ROWS) case ROWS: TILES(tile, ROWS, PANELS_OF_ROWS(ROWS))
#define NARROW_CASE(ROWS) case ROWS: TILES(narrow_tile, ROWS, 1)

#define TURNED_CASE(ROWS) case ROWS: tile(ROWS, 1, k, columns, a, 0, a_step, place); break;

INLINE void turned_tile(size_t height, size_t k, const tile_source *columns, const float *a, size_t a_step,
                        const tile_place *place) {
    switch (height) { EACH_HEIGHT_TO_6(TURNED_CASE) TURNED_CASE_TO_8 }
}

// `count` tiles side by side, of `height` rows and as many panels as `shape` says. A wide tile has 1, 2 or 3 rows only
// where that is the whole block: next_part leaves no fewer than LEAST_ROWS at the end of a taller one.
INLINE void tiles_in_a_row(tile_shape shape, size_t height, size_t count, size_t k, tile_source a, const float *b,
                           size_t panel_stride, tile_place place) {
    if (shape == NARROW)
        switch (height) { EACH_HEIGHT_TO_12(NARROW_CASE) }
    else if (shape == WIDE)
        switch (height) { EACH_WIDE_HEIGHT(WIDE_CASE) }
    else
        switch (height) { EACH_HEIGHT(SINGLE_CASE) }
}

typedef struct {
    size_t rows, k;
    size_t count;  // tiles side by side
    tile_source a;
    bool copied;     // `a` is what copy_block makes
    const float *b;  // the first panel
    size_t panel_stride;
    tile_place place;
} tile_block;

// Asks for the rows of C that the next tile below goes on from: no processor guesses so long a stride.
INLINE void fetch_below(const tile_place *place, size_t done, size_t rows, size_t panels) {
    for (size_t r = done; r < done + rows; r++)
        for (size_t q = 0; q < panels; q++) __builtin_prefetch(place->c + r * place->row_stride + q * LANES, 1);
}

// Tiles below each other, as many as the rows take, each the first of `count` in a row.
INLINE void tiles(tile_shape shape, const tile_block *block) {
    tile_source a = block->a;
    tile_place place = block->place;
    // Rows this far apart share their few places in the cache with each other.
    const bool crowded = a.row_stride % (2 * ALIASING_STRIDE) == 0;
    const size_t most = shape != NARROW ? TILE_ROWS : crowded ? NARROW_ROWS / 2 : NARROW_ROWS;
    const size_t least = shape != NARROW ? LEAST_ROWS : most / 2;
    for (size_t rest = block->rows, height; rest > 0; rest -= height) {
        height = next_part(rest, most, least);
        if (block->copied) a.row_stride = 1, a.column_stride = height;
        if (block->count == 1 && block->k >= FETCH_DEPTH)
            fetch_below(&place, height, next_part(rest - height, most, least), shape == WIDE ? TILE_PANELS : 1);
        tiles_in_a_row(shape, height, block->count, block->k, a, block->b, block->panel_stride, place);
        a.at += height * (block->copied ? block->k : a.row_stride);
        place.c += height * place.row_stride;
        place.start += height * place.start_row_stride;
    }
}

// A function for each shape: all in one, the compiler keeps less in registers, which costs 2 % with AVX-512.
static void single_tiles(const tile_block *block) { tiles(SINGLE, block); }
static void wide_tiles(const tile_block *block) { tiles(WIDE, block); }
static void narrow_tiles(const tile_block *block) { tiles(NARROW, block); }

// Copies a block of A tile by tile, in the order in which tiles read it: copy[tile][p][row of the tile].
static void copy_block(size_t rows, size_t k, tile_source a, float *copy) {
    while (rows > 0) {
        size_t height = next_part(rows, TILE_ROWS, LEAST_ROWS), r = 0;
        if (a.column_stride == 1)
            for (; r + 4 <= height; r += 4) sisa_turn_four(k, a.at + r * a.row_stride, a.row_stride, copy + r, height);
        for (; r < height; r++)
            for (size_t p = 0; p < k; p++) copy[p * height + r] = a.at[r * a.row_stride + p * a.column_stride];
        rows -= height;
        a.at += height * a.row_stride;
        copy += height * k;
    }
}

// Sixteen rows of A as the lanes, and the columns of B one by one: C^T = B^T A^T. `a` has the rows side by side.
static void turned_tiles(size_t width, size_t k, const float *a, size_t a_column_stride, const float *b,
                         tile_place place) {
    float turned[LANES / 2 * LANES];
    tile_place aside = {turned, LANES, place.start ? turned : NULL, LANES, 0};
    if (place.start)
        for (size_t j = 0; j < width; j++)
            for (size_t r = 0; r < LANES; r++) turned[j * LANES + r] = place.start[r * place.start_row_stride + j];
    tile_source columns = {b, 1, LANES};
    for (size_t rest = width; rest > 0;) {
        size_t height = next_part(rest, TILE_ROWS, LEAST_ROWS);
        turned_tile(height, k, &columns, a, a_column_stride, &aside);
        rest -= height;
        columns.at += height;
        aside.c += height * LANES;
        if (aside.start) aside.start += height * LANES;
    }
    for (size_t r = 0; r < LANES; r++)
        for (size_t j = 0; j < width; j++) place.c[r * place.row_stride + j] = turned[j * LANES + r];
}

// The last panel of B, of which `width` < 16 columns are used. `a` is the block of A as it is, not copied.
static void last_column(size_t width, tile_source a, tile_block block) {
    tile_place *const place = &block.place;
    const bool narrow = width <= LANES / 2;
    if (narrow) block.a = a, block.copied = false;
    if (narrow && a.row_stride == 1)
        for (; block.rows >= LANES; block.rows -= LANES) {
            turned_tiles(width, block.k, block.a.at, a.column_stride, block.b, *place);
            block.a.at += LANES;
            place->c += LANES * place->row_stride;
            if (place->start) place->start += LANES * place->start_row_stride;
        }
    if (width == LANES / 2) return narrow_tiles(&block);
    // Tiles write whole rows, so that they work on a copy of C.
    float edge[BLOCK_ROWS * LANES], first[LANES];
    const tile_place outside = *place;
    *place = (tile_place){.c = edge, .row_stride = LANES};
    if (outside.start && outside.start_row_stride == 0) {
        store(first, load_part(outside.start, width));
        place->start = first;
    } else if (outside.start) {
        for (size_t r = 0; r < block.rows; r++)
            store(edge + r * LANES, load_part(outside.start + r * outside.start_row_stride, width));
        place->start = edge, place->start_row_stride = LANES;
    }
    if (narrow) narrow_tiles(&block);
    else single_tiles(&block);
    for (size_t r = 0; r < block.rows; r++) copy_part(outside.c + r * outside.row_stride, edge + r * LANES, width);
}

static void gemm(size_t m, size_t n, size_t k, const float *a, size_t a_row_stride, size_t a_column_stride,
                 const float *packed, float *c, size_t c_row_stride, int start, const float *bias) {
    const bool awkward = a_column_stride != 1 || a_row_stride % ALIASING_STRIDE == 0;
    const bool copies = awkward && n >= COPY_COLUMNS && k >= COPY_DEPTH;
    // A small B goes past each tile of rows at once, so that C is written along its rows.
    const bool small = n * k <= SMALL_B;
    float copy[BLOCK_ROWS * BLOCK_K];
    size_t done = 0;
    do {
        const size_t depth = k - done < BLOCK_K ? k - done : BLOCK_K;
        for (size_t i = 0, rows; i < m; i += rows) {
            rows = next_part(m - i, BLOCK_ROWS, TILE_ROWS);
            const tile_source source = {a + i * a_row_stride + done * a_column_stride, a_row_stride, a_column_stride};
            tile_block block = {.rows = rows, .k = depth, .a = source, .copied = copies, .panel_stride = LANES * k};
            if (copies) {
                copy_block(rows, depth, source, copy);
                block.a.at = copy;
            }
            const size_t wide = PANELS_OF_ROWS(rows);
            for (size_t j = 0, panels; j < n; j += panels * LANES) {
                const size_t whole = (n - j) / LANES, each = whole >= wide ? wide : 1;
                block.b = packed + j * k + done * LANES;
                block.place = (tile_place){.c = c + i * c_row_stride + j, .row_stride = c_row_stride};
                if (start != SISA_START_ZERO) block.place.start_step = LANES;
                if (start == SISA_START_BIAS) block.place.start = bias + j;
                if (start == SISA_START_STORED)
                    block.place.start = block.place.c, block.place.start_row_stride = c_row_stride;
                block.count = small && whole ? whole / each : 1;
                panels = each * block.count;
                if (whole == 0) last_column(n - j, source, block);
                else if (each > 1) wide_tiles(&block);
                else single_tiles(&block);
            }
        }
        done += depth;
        start = SISA_START_STORED;
    } while (done < k);
}
