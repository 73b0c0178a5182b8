// 64-bit Arm, whose baseline has everything the template asks for: tiles of 6 x 16.
#if defined(__aarch64__)
#include <string.h>

#include "compact.h"
#include "table.h"
#include "turn.h"

#define SISA_TABLE sisa_table_neon
#define LANES_MASKED 0
#define TILE_ROWS 6
#define TILE_PANELS 1
#define NARROW_ROWS 12
#define FUSED_ROWS 2

#include "template/all.inc.h"
#endif
