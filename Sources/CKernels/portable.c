// The variant that runs on every processor of the architecture: no instruction set beyond its baseline.
#include <string.h>

#include "compact.h"
#include "table.h"
#include "turn.h"

#define SISA_TABLE sisa_table_portable
#define LANES_MASKED 0
#define TILE_ROWS 6
#define TILE_PANELS 1
#define NARROW_ROWS 12
#define FUSED_ROWS 0  // sixteen calls for each fused multiply-add are better in a loop

#include "template/all.inc.h"
