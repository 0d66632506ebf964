#ifndef BP_DISTANCE_H
#define BP_DISTANCE_H

#include "clones.h"

#include <stddef.h>

// How far it is to the nearest seed, exactly: squares of Euclidean distances, first down the columns,
// then along the rows (Felzenszwalb & Huttenlocher 2004). What lies further than `reach` comes out as
// (reach + 1)^2.

// Seeds are pixels that are not at or above `limit`, or with `below` not at or below it; NaN is neither.
// `source` has `rows` rows, of which `height` from row `above` on are wanted. `work`: a row.
void bp_distance_columns(float *out, ptrdiff_t out_stride, const float *source,
                         ptrdiff_t source_stride, ptrdiff_t width, ptrdiff_t rows, ptrdiff_t above,
                         ptrdiff_t height, ptrdiff_t reach, float limit, int below, float *work);

// The least of source[i + d] + (d - reach)^2 for d from 0 to 2 reach.
void bp_distance_row(float *out, const float *source, ptrdiff_t width, ptrdiff_t reach);

#endif
