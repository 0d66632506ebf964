// Specks of a picture removed by their area.
#ifndef BP_AREA_H
#define BP_AREA_H

#include <stddef.h>
#include <stdint.h>

// The area opening of a picture (Vincent 1992): each pixel sinks to the greatest value at which the
// pixels joined to it that are as bright or brighter number at least `area`. Pixels touch along their
// sides, and with `corners` at their corners too. With `closing` the other way round: dark specks are
// filled. Pixels that are not numbers stay, and join nothing. `work`: 4 width height integers. By
// union-find over the pixels in order of brightness (Meijster & Wilkinson 2002); the result is unique,
// whatever the order of equals.
void bp_area_open(float *dst, const float *src, ptrdiff_t width, ptrdiff_t height, int32_t area,
                  int corners, int closing, int32_t *work);

#endif
