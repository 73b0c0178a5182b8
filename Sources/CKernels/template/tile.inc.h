// Tiles of the matrix product: a few rows by a few columns of C, whose chains stay in registers while p runs.

typedef struct {
    float *c;                 // first element of the tile
    size_t row_stride;        // of C
    const float *start;       // where its chain starts: C itself, a bias or zeros
    size_t start_row_stride;  // of `start`: 0 where all rows start alike
    size_t start_step;        // from one panel's start to the next one's
} tile_place;

typedef struct {
    const float *at;  // first element of the tile
    size_t row_stride, column_stride;
} tile_source;

// Panels side by side in a tile of few rows: so many chains that none waits for its own last step.
#if LANES_MASKED == 512
enum { MOST_PANELS = 6 };
#define PANELS_OF_ROWS(ROWS) ((ROWS) == 1 ? 6 : (ROWS) == 2 ? 4 : (ROWS) == 3 ? 3 : TILE_PANELS)
#else
enum { MOST_PANELS = 4 };
#define PANELS_OF_ROWS(ROWS) ((ROWS) == 1 ? 4 : (ROWS) == 2 ? 2 : TILE_PANELS)
#endif

// Rows of A are reached from every third one. The compiler would rather take each address from the one before, a chain
// longer than that of the products; it must not see where these come from.
enum { FAR = 3, MOST_FAR = (NARROW_ROWS + FAR - 1) / FAR };
#define UNKNOWN(POINTER) __asm__ volatile("" : "+r"(POINTER))

// Defines NAME: a tile of chains of type VECTOR, `rows` by `panels`, both constants where it is inlined.
#define TILE(NAME, VECTOR, SPLAT, LOAD, STORE, FMA, MOST_ROWS, MOST_WIDE)                                         \
    INLINE void NAME(const int rows, const int panels, size_t k, const tile_source *source, const float *b,       \
                     size_t panel_stride, size_t b_step, const tile_place *place) {                               \
        VECTOR chain[MOST_ROWS][MOST_WIDE];                                                                       \
        const float *a[MOST_FAR];                                                                                 \
        const size_t near = source->row_stride, step = source->column_stride;                                     \
        UNROLL for (int f = 0; f * FAR < rows; f++) {                                                             \
            a[f] = source->at + (size_t)(f * FAR) * near;                                                         \
            UNKNOWN(a[f]);                                                                                        \
        }                                                                                                         \
        UNROLL for (int r = 0; r < rows; r++)                                                                     \
            UNROLL for (int q = 0; q < panels; q++) chain[r][q] = SPLAT(0.0f);                                    \
        if (place->start)                                                                                         \
            UNROLL for (int r = 0; r < rows; r++)                                                                 \
                UNROLL for (int q = 0; q < panels; q++) {                                                         \
                    const float *start = place->start + (size_t)r * place->start_row_stride;                      \
                    chain[r][q] = LOAD(start + q * place->start_step);                                            \
                }                                                                                                 \
        for (size_t p = 0; p < k; p++, b += b_step) {                                                             \
            if (panels > 1 && rows <= 3) {                                                                        \
                VECTOR factor[3];                                                                                 \
                UNROLL for (int r = 0; r < rows; r++) factor[r] = SPLAT(a[0][(size_t)r * near]);                  \
                UNROLL for (int q = 0; q < panels; q++) {                                                         \
                    VECTOR row_of_b = LOAD(b + q * panel_stride);                                                 \
                    UNROLL for (int r = 0; r < rows; r++) chain[r][q] = FMA(factor[r], row_of_b, chain[r][q]);    \
                }                                                                                                 \
            } else {                                                                                              \
                VECTOR row_of_b[MOST_WIDE];                                                                       \
                UNROLL for (int q = 0; q < panels; q++) row_of_b[q] = LOAD(b + q * panel_stride);                 \
                UNROLL for (int r = 0; r < rows; r++) {                                                           \
                    VECTOR factor = SPLAT(a[r / FAR][(size_t)(r % FAR) * near]);                                  \
                    UNROLL for (int q = 0; q < panels; q++) chain[r][q] = FMA(factor, row_of_b[q], chain[r][q]);  \
                }                                                                                                 \
            }                                                                                                     \
            UNROLL for (int f = 0; f * FAR < rows; f++) {                                                         \
                a[f] += step;                                                                                     \
                UNKNOWN(a[f]);                                                                                    \
            }                                                                                                     \
        }                                                                                                         \
        UNROLL for (int r = 0; r < rows; r++)                                                                     \
            UNROLL for (int q = 0; q < panels; q++)                                                               \
                STORE(place->c + (size_t)r * place->row_stride + q * LANES, chain[r][q]);                         \
    }

TILE(tile, x16, splat, load, store, fma16, TILE_ROWS, MOST_PANELS)
// For a panel of which at most half the columns are used: chains of 8 lanes, and more rows.
TILE(narrow_tile, x8, splat8, load8, store8, fma8, NARROW_ROWS, 1)
