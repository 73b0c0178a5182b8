// x86-64 with AVX2 and FMA: two 8-lane registers for 16 lanes, tiles of 6 x 16.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "compact.h"
#include "table.h"
#include "turn.h"

#define SISA_TABLE sisa_table_avx2
#define LANES_MASKED 256
#define TILE_ROWS 6
#define TILE_PANELS 1
#define NARROW_ROWS 12
#define FUSED_ROWS 2

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "template/all.inc.h"
#pragma clang attribute pop
#endif
