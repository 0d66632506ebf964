// Specks of a picture removed by their area.
#ifndef BP_AREA_H
#define BP_AREA_H

#include "stop.h"

#include <stddef.h>
#include <stdint.h>

// The area opening of a picture (Vincent 1992) where it comes out at `limit` or below: a pixel sinks to
// the greatest value at which the pixels joined to it that are as bright or brighter number at least
// `area`; if that is above `limit` it stays as it is. Pixels touch along their sides, and with
// `corners` at their corners too. With `closing` the other way round: dark specks are filled where they
// come out at `limit` or above. Pixels that are not numbers stay, and join nothing.
//
// `work`: 4 width height + 4 integers. When stopped, what is left in `dst` is no opening.
void bp_area_open(float *dst, const float *src, ptrdiff_t width, ptrdiff_t height, int32_t area,
                  int corners, int closing, float limit, int32_t *work, bp_stop stop);

#endif
