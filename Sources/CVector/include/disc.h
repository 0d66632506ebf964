// Minimum and maximum over a disc of any radius.
#ifndef BP_DISC_H
#define BP_DISC_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

// A place between pixels: the pixel up and to the left of it, and the weights of four pixels from the
// one before that, along x and along y.
typedef struct {
  int32_t x, y;
  float wx[4], wy[4];
} bp_disc_place;

typedef struct {
  const int32_t *pixels;  // x, y of each whole pixel
  ptrdiff_t pixel_count;
  const bp_disc_place *places;
  ptrdiff_t place_count;
} bp_disc;

// The extreme of the picture over whole pixels and places between them, each relative to the pixel
// itself. A value between pixels is held within the four around it. NaN is left out. `src` must
// reach as far around width x height pixels as the disc reads; `work`: (height + 3) width floats.
void bp_disc_extreme(float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride,
                     ptrdiff_t width, ptrdiff_t height, const bp_disc *disc, int maximum,
                     float *work);

#endif
