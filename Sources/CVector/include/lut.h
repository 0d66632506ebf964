// Colour through a three-dimensional table.
#ifndef BP_LUT_H
#define BP_LUT_H

#include "vectors.h"

// Turns three planes into three others, or changes them in place. `table` holds size^3 colours of four
// floats (the fourth unused), red running fastest, over 0...1 on each axis; size is at least 2. Colours
// outside are held to the table's edge, NaN to its beginning. Between the points the value is tetrahedral: from the cell's
// darkest corner to its brightest along the edges, in the order of the fractions, largest first.
void bp_lut_tetrahedral(float *r, float *g, float *b, const float *from_r, const float *from_g,
                        const float *from_b, size_t count, const float *table, int32_t size);

#endif
