// One variant: the whole template, for the target, the table name and the tile sizes that the includer has set.
#include "lanes.inc.h"
#include "math.inc.h"
#include "elementwise.inc.h"
#include "rows.inc.h"
#include "tile.inc.h"
#include "gemm.inc.h"
#include "peak.inc.h"
#include "table.inc.h"
