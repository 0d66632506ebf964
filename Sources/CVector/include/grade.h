// The gamma of Nuke's Grade over arrays.
#ifndef BP_GRADE_H
#define BP_GRADE_H

#include "clones.h"

#include <stddef.h>

// v = x * scale + offset, held within low...high; then v^exponent for v within 0...1, the tangent at
// 1 beyond, v itself below 0.
void bp_grade(
    const float *x, float *out, size_t count, float scale, float offset, float low, float high,
    float exponent);

// The way back: the same curve, then * scale + offset, then the bounds.
void bp_ungrade(
    const float *x, float *out, size_t count, float scale, float offset, float low, float high,
    float exponent);

#endif
