// x86-64 with AVX-512: one register for 16 lanes, tiles of 12 x 32.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "compact.h"
#include "table.h"
#include "turn.h"

#define SISA_TABLE sisa_table_avx512
#define LANES_MASKED 512
#define TILE_ROWS 12
#define TILE_PANELS 2
#define NARROW_ROWS 12
#define FUSED_ROWS 4

#define AVX512 "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw"
#pragma clang attribute push(__attribute__((target(AVX512))), apply_to = function)
#include "template/all.inc.h"
#pragma clang attribute pop
#endif
