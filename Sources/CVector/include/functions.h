// The elementary functions over arrays, for expressions: the same bits on every machine.
//
// Computed in double and rounded once, so that results are within 0.51 ulp of the true value for
// arguments up to 1e6 (trigonometric functions of larger ones lose precision as their argument
// does). Infinities and NaN behave as C's do. `out` may be the same array as an input.

#ifndef BP_FUNCTIONS_H
#define BP_FUNCTIONS_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

void bp_sin(const float *x, float *out, size_t count);
void bp_cos(const float *x, float *out, size_t count);
void bp_tan(const float *x, float *out, size_t count);
void bp_atan2(const float *y, const float *x, float *out, size_t count);
void bp_asin(const float *x, float *out, size_t count);
void bp_acos(const float *x, float *out, size_t count);
void bp_exp(const float *x, float *out, size_t count);
void bp_sinh(const float *x, float *out, size_t count);
void bp_cosh(const float *x, float *out, size_t count);
void bp_tanh(const float *x, float *out, size_t count);
// log(x) * scale: 1 for the natural logarithm, 1 / log(10) for the decimal one.
void bp_log(const float *x, double scale, float *out, size_t count);

#endif
