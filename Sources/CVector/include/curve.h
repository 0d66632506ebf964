// A curve of cubic pieces over an array.
#ifndef BP_CURVE_H
#define BP_CURVE_H

#include "clones.h"

#include <stddef.h>

// Piece k holds from start[k] on (the first from minus infinity); with t = x - origin[k] the value is
// ((c[4k + 3] t + c[4k + 2]) t + c[4k + 1]) t + c[4k].
void bp_curve(
    const float *x, float *out, size_t count, const float *start, const float *origin,
    const float *c, size_t pieces);

#endif
