#include "steady.h"

#include "vectors.h"

// Of the eight columns of a row that are read, those the patch has.
#define SUM5(v) (((v)[0] + (v)[1]) + ((v)[2] + (v)[3]) + (v)[4])

enum { PATCH = BP_STEADY_PATCH, PIXELS = (2 * PATCH + 1) * (2 * PATCH + 1), LANES = 16 };

// More than any difference.
static const float none = 1e30f;

BP_CLONES void bp_steady_encode(float *red, float *green, float *blue, ptrdiff_t count) {
  const float beyond = 3e38f, most = 10000;
  float *const planes[3] = {red, green, blue};
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    bp_i16 good = {0};
    good = ~good;
    for (int c = 0; c < 3; c++) {
      const bp_f16 v = BP_AT16(planes[c] + i);
      good &= (v > -beyond) & (v < beyond);
    }
    for (int c = 0; c < 3; c++) {
      const bp_f16 v = BP_PICK16(good, BP_AT16(planes[c] + i), BP_SPLAT16(0));
      const bp_f16 held = BP_PICK16(v < -most, BP_SPLAT16(-most), BP_PICK16(v > most, BP_SPLAT16(most), v));
      const bp_f16 light = BP_PICK16(held > 0, held, BP_SPLAT16(0)) + 0.02f;
      // 0.1414...: the root of 0.02, where the line goes on.
      const bp_f16 line = 0.14142136f + held * 3.5355339f;
      BP_PUT16(planes[c] + i, BP_PICK16(held > 0, __builtin_elementwise_sqrt(light), line));
    }
  }
}

BP_INLINE int any_wanted(const uint8_t *wanted, ptrdiff_t count) {
  int any = 0;
  for (ptrdiff_t i = 0; i < count; i++) any |= wanted[i];
  return any;
}

// A lane is a pixel: all take the same step.
BP_CLONES void bp_steady_search(
    int32_t *dx, int32_t *dy, const bp_steady_pair *pair, const int32_t *steps,
    ptrdiff_t step_count) {
  const ptrdiff_t stride = pair->stride;
  for (ptrdiff_t y = 0; y < pair->height; y++)
    for (ptrdiff_t x = 0; x < pair->width; x += LANES) {
      const ptrdiff_t first = y * pair->width + x, at = y * stride + x;
      const ptrdiff_t count = pair->width - x < LANES ? pair->width - x : LANES;
      if (!any_wanted(pair->wanted + first, count)) continue;
      bp_f16 best = BP_SPLAT16(none);
      bp_i16 best_x = {0}, best_y = {0}, lane;
      for (int i = 0; i < LANES; i++) lane[i] = (int32_t)x + i;
      for (ptrdiff_t s = 0; s < step_count; s++) {
        const int32_t sx = steps[2 * s], sy = steps[2 * s + 1];
        if (y + sy < pair->top || y + sy >= pair->bottom) continue;
        bp_f16 sum = {0};
        for (int c = 0; c < 3; c++)
          for (ptrdiff_t v = -PATCH; v <= PATCH; v++) {
            const float *a = pair->here[c] + at + v * stride;
            const float *b = pair->there[c] + at + (v + sy) * stride + sx;
            for (ptrdiff_t u = -PATCH; u <= PATCH; u++) {
              const bp_f16 d = BP_AT16(a + u) - BP_AT16(b + u);
              sum += d * d;
            }
          }
        const bp_i16 to = lane + sx;
        const bp_i16 better =
            (sum < best) & (to >= (int32_t)pair->left) & (to < (int32_t)pair->right);
        best = BP_PICK16(better, sum, best);
        best_x = BP_CHOOSE(better, (bp_i16){0} + sx, best_x);
        best_y = BP_CHOOSE(better, (bp_i16){0} + sy, best_y);
      }
      for (ptrdiff_t i = 0; i < count; i++) {
        dx[first + i] = best_x[i];
        dy[first + i] = best_y[i];
      }
    }
}

// How much the patch of a pixel differs from that a step away. A lane is a column.
BP_INLINE float difference(
    const bp_steady_pair *pair, ptrdiff_t x, ptrdiff_t y, ptrdiff_t sx, ptrdiff_t sy) {
  if (x + sx < pair->left || x + sx >= pair->right) return none;
  if (y + sy < pair->top || y + sy >= pair->bottom) return none;
  const ptrdiff_t stride = pair->stride, at = y * stride + x - PATCH, to = at + sy * stride + sx;
  bp_f8 sum = {0};
  for (int c = 0; c < 3; c++)
    for (ptrdiff_t v = -PATCH; v <= PATCH; v++) {
      const bp_f8 d = BP_AT8(pair->here[c] + at + v * stride) - BP_AT8(pair->there[c] + to + v * stride);
      sum += d * d;
    }
  return SUM5(sum);
}

typedef struct {
  ptrdiff_t x, y;
  float difference;
} place;

BP_INLINE void try_place(
    place *best, const bp_steady_pair *pair, ptrdiff_t x, ptrdiff_t y, ptrdiff_t sx,
    ptrdiff_t sy) {
  const float found = difference(pair, x, y, sx, sy);
  if (found < best->difference) *best = (place){sx, sy, found};
}

BP_CLONES void bp_steady_refine(
    int32_t *dx, int32_t *dy, const bp_steady_pair *pair, ptrdiff_t x0, ptrdiff_t y0,
    const bp_steady_coarse *coarse) {
  static const int8_t around[8][2] = {{0, -1}, {-1, 0}, {1, 0},  {0, 1},
                                      {-1, -1}, {1, -1}, {-1, 1}, {1, 1}};
  for (ptrdiff_t y = 0; y < pair->height; y++)
    for (ptrdiff_t x = 0; x < pair->width; x++) {
      const ptrdiff_t at = y * pair->width + x, px = x0 + x, py = y0 + y;
      if (!pair->wanted[at]) continue;
      // Floors, below 0 too.
      const ptrdiff_t near = ((py >> 1) - coarse->y) * coarse->stride + (px >> 1) - coarse->x;
      const ptrdiff_t across = px & 1 ? 1 : -1, down = py & 1 ? coarse->stride : -coarse->stride;
      const ptrdiff_t from[4] = {near, near + across, near + down, near + across + down};
      place best = {0, 0, difference(pair, x, y, 0, 0)};
      for (int i = 0; i < 4; i++) {
        const int32_t sx = coarse->dx[from[i]], sy = coarse->dy[from[i]];
        int known = sx == 0 && sy == 0;
        for (int j = 0; j < i; j++)
          known |= coarse->dx[from[j]] == sx && coarse->dy[from[j]] == sy;
        if (!known) try_place(&best, pair, x, y, 2 * sx, 2 * sy);
      }
      const place middle = best;
      for (int i = 0; i < 8; i++)
        try_place(&best, pair, x, y, middle.x + around[i][0], middle.y + around[i][1]);
      dx[at] = (int32_t)best.x;
      dy[at] = (int32_t)best.y;
    }
}

typedef struct {
  float x, y, rest;
} between;

BP_INLINE float half_at_most(float v) { return v < -0.5f ? -0.5f : v > 0.5f ? 0.5f : v; }

// How much further between pixels the best place lies, and what differs there: least squares, the other
// picture taken to be linear around the place (Lucas & Kanade 1981). Where nothing differs it is 0.
BP_INLINE between step_between(
    const bp_steady_pair *pair, ptrdiff_t x, ptrdiff_t y, ptrdiff_t sx, ptrdiff_t sy) {
  // So that grain alone moves nothing far.
  const float least = 0.001f;
  const ptrdiff_t stride = pair->stride, at = y * stride + x - PATCH, to = at + sy * stride + sx;
  bp_f8 xx = {0}, xy = {0}, yy = {0}, ox = {0}, oy = {0}, oo = {0};
  for (int c = 0; c < 3; c++)
    for (ptrdiff_t v = -PATCH; v <= PATCH; v++) {
      const float *there = pair->there[c] + to + v * stride;
      const bp_f8 off = BP_AT8(pair->here[c] + at + v * stride) - BP_AT8(there);
      const bp_f8 gx = 0.5f * (BP_AT8(there + 1) - BP_AT8(there - 1));
      const bp_f8 gy = 0.5f * (BP_AT8(there + stride) - BP_AT8(there - stride));
      xx += gx * gx, xy += gx * gy, yy += gy * gy;
      ox += off * gx, oy += off * gy, oo += off * off;
    }
  const float a = SUM5(xx), b = SUM5(xy), c = SUM5(yy), p = SUM5(ox), q = SUM5(oy);
  const float over = 1 / ((a + least) * (c + least) - b * b);
  const float fx = half_at_most((p * (c + least) - q * b) * over);
  const float fy = half_at_most((q * (a + least) - p * b) * over);
  const float rest = SUM5(oo) - 2 * (fx * p + fy * q) + (fx * fx * a + 2 * (fx * fy) * b + fy * fy * c);
  return (between){fx, fy, rest > 0 ? rest : 0};
}

// How much the patch of a pixel varies by itself: the sum of its channels' squares off their means.
BP_INLINE float variation(const bp_steady_pair *pair, ptrdiff_t x, ptrdiff_t y) {
  const ptrdiff_t at = y * pair->stride + x - PATCH;
  bp_f8 all = {0};
  for (int c = 0; c < 3; c++) {
    const float *here = pair->here[c] + at;
    bp_f8 sum = {0};
    for (ptrdiff_t v = -PATCH; v <= PATCH; v++) sum += BP_AT8(here + v * pair->stride);
    const float mean = SUM5(sum) / PIXELS;
    for (ptrdiff_t v = -PATCH; v <= PATCH; v++) {
      const bp_f8 d = BP_AT8(here + v * pair->stride) - mean;
      all += d * d;
    }
  }
  return SUM5(all);
}

BP_CLONES void bp_steady_add(
    float *sum, float *weight, const bp_steady_pair *pair, const int32_t *dx, const int32_t *dy,
    const float *matte, ptrdiff_t matte_stride, float unlike, float contrast, int moves) {
  for (ptrdiff_t y = 0; y < pair->height; y++)
    for (ptrdiff_t x = 0; x < pair->width; x++) {
      const ptrdiff_t at = y * pair->width + x;
      if (!pair->wanted[at]) continue;
      const ptrdiff_t sx = dx[at], sy = dy[at];
      const float differs = difference(pair, x, y, sx, sy);
      if (!(differs < none)) continue;
      const between found = moves ? step_between(pair, x, y, sx, sy) : (between){0, 0, differs};
      const ptrdiff_t left = x + sx - (found.x < 0), up = y + sy - (found.y < 0);
      const float ax = found.x < 0 ? found.x + 1 : found.x;
      const float ay = found.y < 0 ? found.y + 1 : found.y;
      const float *over = matte + up * matte_stride + left, *under = over + matte_stride;
      const float value = (1 - ay) * ((1 - ax) * over[0] + ax * over[1]) +
                          ay * ((1 - ax) * under[0] + ax * under[1]);
      if (!(value > -none && value < none)) continue;
      const float most = PIXELS * unlike + contrast * variation(pair, x, y);
      const float share = most / (most + found.rest), square = share * share;
      sum[at] += square * square * value;
      weight[at] += square * square;
    }
}
