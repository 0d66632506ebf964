#include "include/positions.h"

BP_CLONES void bp_points_hold(const bp_points *points, ptrdiff_t count, const double *box) {
  double *x = points->x, *y = points->y;
  const uint8_t *seen = points->seen;
  const double x0 = box[0], y0 = box[1], x1 = box[2], y1 = box[3];
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    const double low = x[i] > x0 ? x[i] : x0, held = low < x1 ? low : x1;
    x[i] = seen[i] ? held : x[i];
  }
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    const double low = y[i] > y0 ? y[i] : y0, held = low < y1 ? low : y1;
    y[i] = seen[i] ? held : y[i];
  }
}

enum { lanes = 8 };

// The least and the greatest, in eight lanes: comparisons are not for the compiler to put in another order.
BP_INLINE void range(const double *values, const uint8_t *seen, ptrdiff_t count, double *least,
                     double *greatest) {
  double low[lanes], high[lanes];
  for (int k = 0; k < lanes; k++) {
    low[k] = __builtin_inf();
    high[k] = -__builtin_inf();
  }
  ptrdiff_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    BP_ELEMENTWISE
    for (int k = 0; k < lanes; k++) {
      const double v = values[i + k];
      low[k] = seen[i + k] && v < low[k] ? v : low[k];
      high[k] = seen[i + k] && v > high[k] ? v : high[k];
    }
  }
  for (; i < count; i++) {
    const double v = values[i];
    if (seen[i] && v < low[0]) low[0] = v;
    if (seen[i] && v > high[0]) high[0] = v;
  }
  *least = low[0];
  *greatest = high[0];
  for (int k = 1; k < lanes; k++) {
    if (low[k] < *least) *least = low[k];
    if (high[k] > *greatest) *greatest = high[k];
  }
}

BP_CLONES void bp_points_box(const bp_points *points, ptrdiff_t count, double *box) {
  range(points->x, points->seen, count, box, box + 2);
  range(points->y, points->seen, count, box + 1, box + 3);
}

BP_CLONES void bp_points_row(const bp_points *points, ptrdiff_t first, ptrdiff_t count, double *u,
                             double *v, uint8_t *seen) {
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    u[i] = points->x[first + i] - 0.5;
    v[i] = points->y[first + i] - 0.5;
  }
  __builtin_memcpy(seen, points->seen + first, (size_t)count);
}

// Of two steps the smaller one that is a number: 0 for the one ahead, 1 for the one behind.
BP_INLINE int behind(double au, double av, double bu, double bv) {
  const double ahead = au * au + av * av, back = bu * bu + bv * bv;
  return back == back && !(ahead <= back);
}

BP_INLINE double known(double v) { return v == v ? v : 0; }

BP_CLONES void bp_points_read(const bp_points *points, ptrdiff_t first, ptrdiff_t count,
                              const float *u, const float *v, ptrdiff_t stride,
                              const double *origin, const double *size, const double *slope) {
  double *x = points->x + first, *y = points->y + first;
  double *xx = points->xx + first, *xy = points->xy + first;
  double *yx = points->yx + first, *yy = points->yy + first;
  const double x0 = origin[0], y0 = origin[1], width = size[0], height = size[1];
  const double sx = slope[0], sy = slope[1];
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    const double hu = u[i], hv = v[i];
    const double au = u[i + 1] - hu, av = v[i + 1] - hv;
    const double bu = hu - u[i - 1], bv = hv - v[i - 1];
    const double cu = u[i + stride] - hu, cv = v[i + stride] - hv;
    const double du = hu - u[i - stride], dv = hv - v[i - stride];
    const int across = behind(au, av, bu, bv), down = behind(cu, cv, du, dv);
    x[i] = known(x0 + hu * width);
    y[i] = known(y0 + hv * height);
    xx[i] = known(sx * (across ? bu : au));
    yx[i] = known(sy * (across ? bv : av));
    xy[i] = known(sx * (down ? du : cu));
    yy[i] = known(sy * (down ? dv : cv));
  }
  uint8_t *seen = points->seen + first;
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) seen[i] = u[i] == u[i];
}

BP_CLONES void bp_points_mute(float *u, float *v, const float *alpha, float limit, ptrdiff_t count) {
  const float nothing = __builtin_nanf("");
  if (alpha) {
    BP_ELEMENTWISE
    for (ptrdiff_t i = 0; i < count; i++) u[i] = alpha[i] > 0 ? u[i] : nothing;
  }
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    const float a = __builtin_fabsf(u[i]), b = __builtin_fabsf(v[i]);
    const int says = (a < limit) & (b < limit);
    u[i] = says ? u[i] : nothing;
    v[i] = says ? v[i] : nothing;
  }
}
