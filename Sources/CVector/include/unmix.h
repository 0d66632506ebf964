#ifndef BP_UNMIX_H
#define BP_UNMIX_H

#include "clones.h"

#include <stddef.h>

// The colours a picture is mixed of, alpha known: see BipackKernels/Keying/Unmixing.swift. Rows that
// may be read 16 floats beyond `width` and one before; `up` and `down` are the steps to the rows above
// and below, 0 at the border.

// One sweep over every other pixel of a row, beginning with `first` (0 or 1): the pixels between are what
// it reads.
void bp_unmix_row(float *const inside[3], float *const outside[3], const float *const color[3],
                  const float *alpha, ptrdiff_t up, ptrdiff_t down, ptrdiff_t width, int first,
                  float constant, float steepness);

// Alpha held between 0 and 1 (0 where it is no number); colours that are not finite become 0.
void bp_unmix_prepare(float *alpha, float *const color[3], ptrdiff_t count);

// Of a row: how many pixels have alpha above 0.9 and the sums of their colours, then those below 0.1,
// then all.
void bp_unmix_sums(double out[12], const float *const color[3], const float *alpha, ptrdiff_t width);

#endif
