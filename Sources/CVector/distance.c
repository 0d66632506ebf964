#include "distance.h"

BP_CLONES static void step(
    float *distance, const float *source, ptrdiff_t width, float limit, int below, float most) {
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < width; i++) {
    const int stands = below ? source[i] <= limit : source[i] >= limit;
    const float next = distance[i] < most ? distance[i] + 1 : most;
    distance[i] = stands ? next : 0;
  }
}

BP_CLONES static void square_of_less(
    float *out, const float *up, const float *down, ptrdiff_t width) {
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < width; i++) {
    const float least = up[i] < down[i] ? up[i] : down[i];
    out[i] = least * least;
  }
}

void bp_distance_columns(
    float *out, ptrdiff_t out_stride, const float *source, ptrdiff_t source_stride, ptrdiff_t width,
    ptrdiff_t rows, ptrdiff_t above, ptrdiff_t height, ptrdiff_t reach, float limit, int below,
    float *work) {
  const float most = (float)(reach + 1);
  const ptrdiff_t end = above + height;
  for (ptrdiff_t i = 0; i < width; i++) work[i] = most;
  for (ptrdiff_t y = 0; y < end; y++) {
    step(work, source + y * source_stride, width, limit, below, most);
    if (y < above) continue;
    float *row = out + (y - above) * out_stride;
    for (ptrdiff_t i = 0; i < width; i++) row[i] = work[i];
  }
  for (ptrdiff_t i = 0; i < width; i++) work[i] = most;
  for (ptrdiff_t y = rows - 1; y >= above; y--) {
    step(work, source + y * source_stride, width, limit, below, most);
    if (y >= end) continue;
    float *row = out + (y - above) * out_stride;
    square_of_less(row, row, work, width);
  }
}

BP_CLONES static void lower(float *out, const float *source, ptrdiff_t width, float further) {
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < width; i++) {
    const float there = source[i] + further;
    out[i] = there < out[i] ? there : out[i];
  }
}

void bp_distance_row(float *out, const float *source, ptrdiff_t width, ptrdiff_t reach) {
  for (ptrdiff_t i = 0; i < width; i++) out[i] = source[i + reach];
  for (ptrdiff_t d = 1; d <= reach; d++) {
    const float further = (float)(d * d);
    lower(out, source + reach - d, width, further);
    lower(out, source + reach + d, width, further);
  }
}
