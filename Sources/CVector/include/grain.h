// Grain: random numbers at pixels, shaped by a filter and added to a picture. The same bits on every machine.
#ifndef BP_GRAIN_H
#define BP_GRAIN_H

#include <stddef.h>
#include <stdint.h>

// A row of three independent normal random numbers each, of mean 0 and deviation 1, from pixel `x` on. They depend on the
// pixel, the row's two keys, and nothing else (Box & Muller 1958 over an integer hash).
void bp_grain_white(
    float *first, float *second, float *third, size_t count, int32_t x, uint32_t key,
    uint32_t other_key);

// Three planes seen through a square filter each, added up: dst(x, y) = sum over planes, i, j of
// filter(j * side + i) plane(x + i, y + j). A filter that is NULL adds nothing.
void bp_grain_filter(
    float *dst, ptrdiff_t dst_stride, const float *const planes[3], ptrdiff_t stride,
    ptrdiff_t width, ptrdiff_t height, const float *const filters[3], ptrdiff_t side);

// A deviation by brightness: `values` at even steps of the root of brightness, `scale` of them to 1, the last one
// counting beyond the end.
typedef struct {
  const float *values;
  int32_t count;
  float scale;
} bp_grain_strength;

// out = color + alpha * strength(color / alpha) * noise. `alpha` may be NULL; where it is not above 0 nothing is added.
void bp_grain_add(
    float *out, const float *color, const float *alpha, const float *noise, size_t count,
    bp_grain_strength strength);

#endif
