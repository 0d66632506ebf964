#include "flow.h"

#include "vectors.h"
#include "vmath.h"

enum { PATCH = BP_FLOW_PATCH, PIXELS = PATCH * PATCH, FOUND = BP_FLOW_FOUND };

BP_INLINE float within(float v, float low, float high) { return v > low ? (v < high ? v : high) : low; }
BP_INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
BP_INLINE ptrdiff_t most(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

BP_CLONES void bp_flow_light(
    float *out, float *work, const bp_flow_colors *colors, ptrdiff_t width) {
  const ptrdiff_t block = (ptrdiff_t)1 << colors->halvings, count = width * block;
  const float most = 65504;
  for (ptrdiff_t i = 0; i < count; i++) work[i] = 0;
  for (ptrdiff_t r = 0; r < block; r++)
    for (int c = 0; c < colors->count; c++) {
      const float *plane = colors->planes[c] + r * colors->stride, share = colors->shares[c];
      BP_ELEMENTWISE
      for (ptrdiff_t i = 0; i < count; i++) work[i] += share * within(plane[i], 0, most);
    }
  float *sums = work, *halves = work + count;
  for (ptrdiff_t left = count / 2; left >= width; left /= 2) {
    BP_ELEMENTWISE
    for (ptrdiff_t i = 0; i < left; i++) halves[i] = sums[2 * i] + sums[2 * i + 1];
    float *const other = sums;
    sums = halves, halves = other;
  }
  const float scale = 1 / (0.03f * (float)(block * block));
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < width; i++) out[i] = 50 * bp_log2_1(1 + sums[i] * scale);
}

BP_CLONES void bp_flow_halve(float *out, const float *source, ptrdiff_t stride, ptrdiff_t width) {
  const float *below = source + stride;
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < width; i++)
    out[i] = 0.25f * ((source[2 * i] + source[2 * i + 1]) + (below[2 * i] + below[2 * i + 1]));
}

// MARK: Inverse search

#define SUM8(v) ((((v)[0] + (v)[1]) + ((v)[2] + (v)[3])) + (((v)[4] + (v)[5]) + ((v)[6] + (v)[7])))

// A place in a picture, between pixels.
typedef struct {
  const float *at;
  float a, b, c, d;
} place;

BP_INLINE place place_in(const bp_flow_pair *pair, float x, float y) {
  // A patch beyond the border sees nothing but the border.
  const float room = BP_FLOW_ROOM - 4;
  const float px = within(x, -room, (float)pair->width + room - PATCH) + BP_FLOW_ROOM;
  const float py = within(y, -room, (float)pair->height + room - PATCH) + BP_FLOW_ROOM;
  const int32_t ix = (int32_t)px, iy = (int32_t)py;
  const float fx = px - (float)ix, fy = py - (float)iy;
  return (place){pair->to + ((ptrdiff_t)iy - BP_FLOW_ROOM) * pair->stride + ix - BP_FLOW_ROOM,
                 (1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy};
}

// Eight pixels of the picture it is in, from row `at` of it.
#define BETWEEN(p, at, stride)                          \
  (((p).a * BP_AT8(at) + (p).b * BP_AT8((at) + 1)) +    \
   ((p).c * BP_AT8((at) + (stride)) + (p).d * BP_AT8((at) + (stride) + 1)))

// What is known of a patch of `from`: itself, its slopes, and the inverse of their moments.
typedef struct {
  const float *at;
  bp_f8 gx[PATCH], gy[PATCH];
  float sum_x, sum_y, xx, xy, yy;
} patch;

typedef struct {
  float u, v, cost, mean, step_x, step_y;
} match;

BP_INLINE ptrdiff_t grid_place(ptrdiff_t k, ptrdiff_t step, ptrdiff_t size) {
  return most(0, least(k * step, size - PATCH));
}

BP_INLINE void learn(patch *p, const bp_flow_pair *pair, ptrdiff_t x, ptrdiff_t y) {
  const ptrdiff_t stride = pair->stride;
  p->at = pair->from + y * stride + x;
  bp_f8 sx = {0}, sy = {0}, xx = {0}, xy = {0}, yy = {0};
  for (int r = 0; r < PATCH; r++) {
    const float *row = p->at + r * stride;
    const bp_f8 gx = 0.5f * (BP_AT8(row + 1) - BP_AT8(row - 1));
    const bp_f8 gy = 0.5f * (BP_AT8(row + stride) - BP_AT8(row - stride));
    p->gx[r] = gx, p->gy[r] = gy;
    sx += gx, sy += gy, xx += gx * gx, xy += gx * gy, yy += gy * gy;
  }
  p->sum_x = SUM8(sx), p->sum_y = SUM8(sy);
  // A flat patch stays where it is: grain alone moves nothing far.
  const float grain = 16;
  const float a = SUM8(xx) - p->sum_x * p->sum_x / PIXELS + grain;
  const float b = SUM8(xy) - p->sum_x * p->sum_y / PIXELS;
  const float c = SUM8(yy) - p->sum_y * p->sum_y / PIXELS + grain;
  const float over = 1 / (a * c - b * b);
  p->xx = c * over, p->xy = -b * over, p->yy = a * over;
}

// How well the patch at (x, y) fits the other picture a flow away, and where a step of Gauss and Newton
// leads from there. Its brightness may differ by any amount.
BP_INLINE match try_flow(const patch *p, const bp_flow_pair *pair, ptrdiff_t x, ptrdiff_t y, float u, float v) {
  const ptrdiff_t stride = pair->stride;
  const place to = place_in(pair, (float)x + u, (float)y + v);
  bp_f8 sum = {0}, square = {0}, sx = {0}, sy = {0};
  for (int r = 0; r < PATCH; r++) {
    const bp_f8 d = BETWEEN(to, to.at + r * stride, stride) - BP_AT8(p->at + r * stride);
    sum += d, square += d * d, sx += d * p->gx[r], sy += d * p->gy[r];
  }
  const float all = SUM8(sum), mean = all / PIXELS;
  const float bx = SUM8(sx) - mean * p->sum_x, by = SUM8(sy) - mean * p->sum_y;
  return (match){u, v, SUM8(square) - all * mean, mean,
                 p->xx * bx + p->xy * by, p->xy * bx + p->yy * by};
}

BP_INLINE match descend(const patch *p, const bp_flow_pair *pair, ptrdiff_t x, ptrdiff_t y, match start, int turns) {
  match best = start;
  for (int turn = 0; turn < turns; turn++) {
    const match next = try_flow(p, pair, x, y, best.u - best.step_x, best.v - best.step_y);
    const float away_x = next.u - start.u, away_y = next.v - start.v;
    if (!(next.cost < best.cost) || away_x * away_x + away_y * away_y > PIXELS) break;
    const float gain = best.cost - next.cost;
    best = next;
    if (gain < 0.001f * best.cost) break;
  }
  return best;
}

BP_INLINE void keep(float *found, match m) {
  found[0] = m.u, found[1] = m.v, found[2] = m.cost, found[3] = m.mean;
}

BP_CLONES void bp_flow_begin(
    float *found, const bp_flow_pair *pair, const bp_flow_grid *grid, ptrdiff_t j,
    const bp_flow_field *coarse, int turns) {
  static const int8_t around[5][2] = {{0, 0}, {-1, -1}, {1, -1}, {-1, 1}, {1, 1}};
  const ptrdiff_t y = grid_place(j, grid->step, pair->height);
  for (ptrdiff_t i = grid->i0; i < grid->i1; i++) {
    const ptrdiff_t x = grid_place(i, grid->step, pair->width);
    patch p;
    learn(&p, pair, x, y);
    match best;
    if (!coarse)
      best = try_flow(&p, pair, x, y, 0, 0);
    else
      for (int k = 0; k < 5; k++) {
        const ptrdiff_t cx = (x + PATCH / 2 + pair->odd_x) / 2 + 3 * around[k][0];
        const ptrdiff_t cy = (y + PATCH / 2 + pair->odd_y) / 2 + 3 * around[k][1];
        const ptrdiff_t at = (most(coarse->y0, least(cy, coarse->y1 - 1)) - coarse->y0) * coarse->stride +
                             most(coarse->x0, least(cx, coarse->x1 - 1)) - coarse->x0;
        const match next = try_flow(&p, pair, x, y, 2 * coarse->u[at], 2 * coarse->v[at]);
        if (k == 0 || next.cost < best.cost) best = next;
      }
    keep(found + (i - grid->i0) * FOUND, descend(&p, pair, x, y, best, turns));
  }
}

BP_CLONES void bp_flow_improve(
    float *better, const float *found, const bp_flow_pair *pair, const bp_flow_grid *grid,
    ptrdiff_t j, int turns) {
  static const int8_t around[4][2] = {{0, -1}, {-1, 0}, {1, 0}, {0, 1}};
  const ptrdiff_t y = grid_place(j, grid->step, pair->height), across = (grid->i1 - grid->i0) * FOUND;
  for (ptrdiff_t i = grid->i0; i < grid->i1; i++) {
    const ptrdiff_t x = grid_place(i, grid->step, pair->width);
    const float *own = found + (i - grid->i0) * FOUND;
    patch p;
    int known = 0;
    match best = {own[0], own[1], own[2], own[3], 0, 0};
    for (int k = 0; k < 4; k++) {
      const ptrdiff_t ni = i + around[k][0], nj = j + around[k][1];
      if (ni < grid->i0 || ni >= grid->i1 || nj < grid->j0 || nj >= grid->j1) continue;
      const float *other = own + around[k][1] * across + around[k][0] * FOUND;
      const float dx = other[0] - own[0], dy = other[1] - own[1];
      if (dx * dx + dy * dy < 0.0625f) continue;
      if (!known) learn(&p, pair, x, y), known = 1;
      const match next = try_flow(&p, pair, x, y, other[0], other[1]);
      if (next.cost < best.cost) best = next;
    }
    if (known && (best.u != own[0] || best.v != own[1])) best = descend(&p, pair, x, y, best, turns);
    keep(better + (i - grid->i0) * FOUND, best);
  }
}

// MARK: A flow for each pixel

BP_CLONES void bp_flow_spread(
    const bp_flow_field *field, float *weight, const float *found, const bp_flow_pair *pair,
    const bp_flow_grid *grid, ptrdiff_t y0, ptrdiff_t y1) {
  const ptrdiff_t stride = pair->stride, width = field->x1 - field->x0;
  for (ptrdiff_t y = y0; y < y1; y++) {
    float *u = field->u + (y - field->y0) * field->stride, *v = field->v + (y - field->y0) * field->stride;
    for (ptrdiff_t x = 0; x < width; x++) u[x] = v[x] = weight[x] = 0;
    for (ptrdiff_t j = grid->j0; j < grid->j1; j++) {
      const ptrdiff_t py = grid_place(j, grid->step, pair->height);
      if (py > y) break;
      if (py + PATCH <= y) continue;
      const float *m = found + (j - grid->j0) * (grid->i1 - grid->i0) * FOUND;
      for (ptrdiff_t i = grid->i0; i < grid->i1; i++, m += FOUND) {
        const ptrdiff_t px = grid_place(i, grid->step, pair->width), x = px - field->x0;
        if (x < 0 || px + PATCH > most(field->x1, PATCH)) continue;
        const place to = place_in(pair, (float)px + m[0], (float)py + m[1]);
        const float *from = pair->from + y * stride + px;
        const bp_f8 d = BETWEEN(to, to.at + (y - py) * stride, stride) - BP_AT8(from) - m[3];
        const bp_f8 size = (bp_f8)((bp_i8)d & 0x7fffffff);
        const bp_i8 small = size < 1;
        const bp_f8 w = 1 / (bp_f8)BP_CHOOSE(small, (bp_i8)((bp_f8){0} + 1), (bp_i8)size);
        const ptrdiff_t inside = least(PATCH, width - x);
        if (inside == PATCH) {
          BP_PUT8(u + x, BP_AT8(u + x) + w * m[0]);
          BP_PUT8(v + x, BP_AT8(v + x) + w * m[1]);
          BP_PUT8(weight + x, BP_AT8(weight + x) + w);
        } else {
          for (ptrdiff_t k = 0; k < inside; k++)
            u[x + k] += w[k] * m[0], v[x + k] += w[k] * m[1], weight[x + k] += w[k];
        }
      }
    }
    BP_ELEMENTWISE
    for (ptrdiff_t x = 0; x < width; x++) {
      // Nothing lies over what the region leaves out.
      const float over = weight[x] > 0 ? 1 / weight[x] : 0;
      u[x] *= over, v[x] *= over;
    }
  }
}

// MARK: Refinement

BP_CLONES void bp_flow_warp(
    const bp_flow_pictures *pictures, const bp_flow_field *field, const bp_flow_pair *pair, ptrdiff_t y) {
  float *const warped = pictures->warped, *const seen = pictures->seen;
  const ptrdiff_t row = (y - field->y0) * field->stride, width = field->x1 - field->x0;
  const float *u = field->u + row, *v = field->v + row;
  const float right = (float)(pair->width - 1), bottom = (float)(pair->height - 1);
  for (ptrdiff_t x = 0; x < width; x++) {
    const float px = (float)(x + field->x0) + u[x], py = (float)y + v[x];
    const float hx = within(px, 0, right), hy = within(py, 0, bottom);
    const int32_t ix = (int32_t)hx, iy = (int32_t)hy;
    const float fx = hx - (float)ix, fy = hy - (float)iy;
    const float *at = pair->to + (ptrdiff_t)iy * pair->stride + ix, *below = at + pair->stride;
    warped[row + x] = (1 - fy) * ((1 - fx) * at[0] + fx * at[1]) + fy * ((1 - fx) * below[0] + fx * below[1]);
    seen[row + x] = px == hx && py == hy ? 1 : 0;
  }
}

BP_CLONES void bp_flow_slopes(
    const bp_flow_pictures *pictures, const bp_flow_field *field, const bp_flow_pair *pair, ptrdiff_t y) {
  float *const slope_x = pictures->slope_x, *const slope_y = pictures->slope_y;
  const ptrdiff_t stride = field->stride, row = (y - field->y0) * stride, width = field->x1 - field->x0;
  const float *w = pictures->warped + row, *f = pair->from + y * pair->stride + field->x0;
  const ptrdiff_t other = pair->stride;
  BP_ELEMENTWISE
  for (ptrdiff_t x = 0; x < width; x++) {
    slope_x[row + x] = 0.25f * ((w[x + 1] - w[x - 1]) + (f[x + 1] - f[x - 1]));
    slope_y[row + x] = 0.25f * ((w[x + stride] - w[x - stride]) + (f[x + other] - f[x - other]));
    pictures->change[row + x] = w[x] - f[x];
  }
}

// The system of a band lies in two halves, its even columns and its odd ones, so that a sweep over pixels of one
// colour of the checkerboard goes through memory in a line.
enum { PLANES = 9, ROOM = 16 };

BP_INLINE ptrdiff_t half_pitch(ptrdiff_t width) { return (width + 1) / 2 + 2 * ROOM; }

ptrdiff_t bp_flow_scratch(ptrdiff_t width, ptrdiff_t rows, const bp_flow_weights *weights) {
  const ptrdiff_t band = rows + 2 * (2 * weights->sweeps + 1) + 2;
  return (PLANES * 2 * half_pitch(width) + (width + 2 * ROOM)) * band + PLANES * (width + 2 * ROOM) + ROOM;
}

BP_INLINE void part(float *even, float *odd, const float *row, ptrdiff_t half) {
  BP_ELEMENTWISE
  for (ptrdiff_t k = 0; k < half; k++) even[k] = row[2 * k], odd[k] = row[2 * k + 1];
}

// How readily a pixel gives its flow to its neighbours.
BP_INLINE void giving(
    float *out, const bp_flow_field *field, ptrdiff_t row, const bp_flow_weights *weights) {
  const float small = 0.001f * 0.001f;
  const ptrdiff_t stride = field->stride, width = field->x1 - field->x0;
  const float *u = field->u + row, *v = field->v + row;
  BP_ELEMENTWISE
  for (ptrdiff_t x = 0; x < width; x++) {
    const float ux = 0.5f * (u[x + 1] - u[x - 1]), vx = 0.5f * (v[x + 1] - v[x - 1]);
    const float uy = 0.5f * (u[x + stride] - u[x - stride]), vy = 0.5f * (v[x + stride] - v[x - stride]);
    const float size = (ux * ux + vx * vx) + (uy * uy + vy * vy) + small;
    out[x] = weights->smooth / __builtin_elementwise_sqrt(size);
  }
}

// The equations of a row: what is said of its pixels by the two pictures.
typedef struct {
  float *a11, *a12, *a22, *c1, *c2;
} said;

BP_INLINE void saying(
    const said *out, const bp_flow_field *field, const bp_flow_field *start,
    const bp_flow_pictures *pictures, ptrdiff_t row, const bp_flow_weights *weights) {
  const float small = 0.001f * 0.001f, little = 0.1f * 0.1f;
  const ptrdiff_t stride = field->stride, width = field->x1 - field->x0;
  const float *fu = field->u + row, *fv = field->v + row, *su = start->u + row, *sv = start->v + row;
  const float *px = pictures->slope_x + row, *py = pictures->slope_y + row;
  const float *pz = pictures->change + row, *ps = pictures->seen + row;
  BP_ELEMENTWISE
  for (ptrdiff_t x = 0; x < width; x++) {
    const float du = fu[x] - su[x], dv = fv[x] - sv[x];
    const float ix = px[x], iy = py[x], iz = pz[x];
    const float ixx = 0.5f * (px[x + 1] - px[x - 1]), iyy = 0.5f * (py[x + stride] - py[x - stride]);
    const float ixy = 0.5f * (px[x + stride] - px[x - stride]);
    const float ixz = 0.5f * (pz[x + 1] - pz[x - 1]), iyz = 0.5f * (pz[x + stride] - pz[x - stride]);
    // Brightness stays.
    const float n0 = 1 / (ix * ix + iy * iy + little);
    const float e0 = iz + ix * du + iy * dv;
    const float w0 = ps[x] * weights->brightness * n0 / __builtin_elementwise_sqrt(e0 * e0 * n0 + small);
    // Slopes stay, whatever the light does.
    const float n1 = 1 / (ixx * ixx + ixy * ixy + little), n2 = 1 / (iyy * iyy + ixy * ixy + little);
    const float e1 = ixz + ixx * du + ixy * dv, e2 = iyz + ixy * du + iyy * dv;
    const float w1 = ps[x] * weights->slopes / __builtin_elementwise_sqrt((e1 * e1 * n1 + e2 * e2 * n2) + small);
    const float g1 = w1 * n1, g2 = w1 * n2;
    const float a11 = w0 * ix * ix + (g1 * ixx * ixx + g2 * ixy * ixy) + 1e-4f;
    const float a22 = w0 * iy * iy + (g1 * ixy * ixy + g2 * iyy * iyy) + 1e-4f;
    const float a12 = w0 * ix * iy + (g1 * ixx * ixy + g2 * ixy * iyy);
    out->a11[x] = a11, out->a12[x] = a12, out->a22[x] = a22;
    out->c1[x] = a11 * su[x] + a12 * sv[x] - (w0 * ix * iz + (g1 * ixx * ixz + g2 * ixy * iyz));
    out->c2[x] = a22 * sv[x] + a12 * su[x] - (w0 * iy * iz + (g1 * ixy * ixz + g2 * iyy * iyz));
  }
}

BP_CLONES void bp_flow_relax(
    const bp_flow_field *next, const bp_flow_field *field, const bp_flow_field *start,
    const bp_flow_pictures *pictures, const bp_flow_weights *weights, ptrdiff_t y0, ptrdiff_t y1,
    float *scratch) {
  const ptrdiff_t width = field->x1 - field->x0, stride = field->stride;
  // A sweep carries what it finds two rows further.
  const ptrdiff_t halo = 2 * weights->sweeps + 1;
  const ptrdiff_t top = most(field->y0, y0 - halo), bottom = least(field->y1, y1 + halo);
  const ptrdiff_t rows = bottom - top, half = (width + 1) / 2;
  const ptrdiff_t side = half_pitch(width), pitch = 2 * side, plane = pitch * (rows + 2), line = width + 2 * ROOM;
  float *const u = scratch + pitch + ROOM, *const v = u + plane, *const a12 = v + plane, *const c1 = a12 + plane,
              *const c2 = c1 + plane, *const iu = c2 + plane, *const iv = iu + plane, *const sx = iv + plane,
              *const sy = sx + plane;
  float *const give = scratch + PLANES * plane + ROOM, *const work = give + line * rows;
  for (ptrdiff_t i = 0; i < PLANES * plane + ROOM + line * (rows + PLANES); i++) scratch[i] = 0;
  for (ptrdiff_t y = 0; y < rows; y++)
    giving(give + y * line, field, (y + top - field->y0) * stride, weights);
  float *const across = work + ROOM, *const down = across + line, *const above = down + line;
  const said said = {above + line, above + 2 * line, above + 3 * line, above + 4 * line, above + 5 * line};
  for (ptrdiff_t y = 0; y < rows; y++) {
    const ptrdiff_t row = (y + top - field->y0) * stride, to = y * pitch;
    const float *here = give + y * line, *below = here + line;
    for (ptrdiff_t x = 0; x < width; x++) above[x] = down[x];
    BP_ELEMENTWISE
    for (ptrdiff_t x = 0; x < width - 1; x++) across[x] = 0.5f * (here[x] + here[x + 1]);
    // Nothing flows over the border.
    const float open = y + 1 < rows ? 0.5f : 0;
    BP_ELEMENTWISE
    for (ptrdiff_t x = 0; x < width; x++) down[x] = open * (here[x] + below[x]);
    saying(&said, field, start, pictures, row, weights);
    BP_ELEMENTWISE
    for (ptrdiff_t x = 0; x < width; x++) {
      const float all = (across[x] + across[x - 1]) + (down[x] + above[x]);
      said.a11[x] = weights->over / (said.a11[x] + all);
      said.a22[x] = weights->over / (said.a22[x] + all);
    }
    part(u + to, u + to + side, field->u + row, half);
    part(v + to, v + to + side, field->v + row, half);
    part(a12 + to, a12 + to + side, said.a12, half);
    part(c1 + to, c1 + to + side, said.c1, half);
    part(c2 + to, c2 + to + side, said.c2, half);
    part(iu + to, iu + to + side, said.a11, half);
    part(iv + to, iv + to + side, said.a22, half);
    part(sx + to, sx + to + side, across, half);
    part(sy + to, sy + to + side, down, half);
  }
  const float keep = 1 - weights->over;
  // The turns go down one behind the other, each a row above the one before, whose rows on both sides are then done: a
  // row stays in the cache for all of them.
  const int turns = 2 * weights->sweeps;
  for (ptrdiff_t front = 0; front < rows + turns - 1; front++)
    for (int turn = 0; turn < turns; turn++) {
      const ptrdiff_t y = front - turn;
      if (y < 0 || y >= rows) continue;
      // The columns of this row that have the colour, and the others.
      const ptrdiff_t is_odd = (y + top + field->x0 + turn) & 1;
      const ptrdiff_t mine = y * pitch + (is_odd ? side : 0), other = y * pitch + (is_odd ? 0 : side);
      const ptrdiff_t left = is_odd ? other : other - 1, right = left + 1;
      float *mu = u + mine, *mv = v + mine;
      BP_ELEMENTWISE
      for (ptrdiff_t k = 0; k < half; k++) {
        const float l = sx[left + k], r = sx[mine + k], a = sy[mine - pitch + k], b = sy[mine + k];
        const float nu = (l * u[left + k] + r * u[right + k]) + (a * mu[k - pitch] + b * mu[k + pitch]);
        const float nv = (l * v[left + k] + r * v[right + k]) + (a * mv[k - pitch] + b * mv[k + pitch]);
        const float cross = a12[mine + k], old = mv[k];
        const float found = keep * mu[k] + iu[mine + k] * (c1[mine + k] - cross * old + nu);
        mu[k] = found;
        mv[k] = keep * old + iv[mine + k] * (c2[mine + k] - cross * found + nv);
      }
    }
  for (ptrdiff_t y = y0; y < y1; y++) {
    const ptrdiff_t row = (y - field->y0) * stride, from = (y - top) * pitch;
    float *nu = next->u + row, *nv = next->v + row;
    BP_ELEMENTWISE
    for (ptrdiff_t k = 0; k < half; k++) {
      nu[2 * k] = u[from + k], nu[2 * k + 1] = u[from + side + k];
      nv[2 * k] = v[from + k], nv[2 * k + 1] = v[from + side + k];
    }
  }
}

// MARK: What becomes of flow

BP_CLONES void bp_flow_alike(
    double sums[3], const bp_flow_pictures *pictures, const bp_flow_field *field, const bp_flow_pair *pair,
    ptrdiff_t y) {
  enum { REACH = 4, BOX = (2 * REACH + 1) * (2 * REACH + 1) };
  const ptrdiff_t width = field->x1 - field->x0, stride = field->stride, row = (y - field->y0) * stride;
  const float *f = pair->from + y * pair->stride + field->x0, *w = pictures->warped + row;
  sums[0] = sums[1] = sums[2] = 0;
  for (ptrdiff_t x = 0; x < width; x++) {
    if (!(pictures->seen[row + x] > 0)) continue;
    float here = 0, there = 0;
    for (ptrdiff_t v = -REACH; v <= REACH; v++)
      for (ptrdiff_t u = -REACH; u <= REACH; u++)
        here += f[v * pair->stride + x + u], there += w[v * stride + x + u];
    const float p = f[x] - here / BOX, q = w[x] - there / BOX;
    sums[0] += (double)(p * p), sums[1] += (double)(q * q), sums[2] += (double)(p * q);
  }
}

// The four pixels around a place in a field, and what each counts; beyond its border the field goes on.
typedef struct {
  ptrdiff_t a, b, c, d;
  float wa, wb, wc, wd;
} corners;

BP_INLINE corners corners_at(const bp_flow_field *field, float x, float y) {
  const float px = within(x - (float)field->x0, 0, (float)(field->x1 - field->x0 - 1));
  const float py = within(y - (float)field->y0, 0, (float)(field->y1 - field->y0 - 1));
  const int32_t ix = (int32_t)px, iy = (int32_t)py;
  const float fx = px - (float)ix, fy = py - (float)iy;
  const ptrdiff_t at = (ptrdiff_t)iy * field->stride + ix;
  const ptrdiff_t right = (float)ix < px, down = (float)iy < py ? field->stride : 0;
  return (corners){at, at + right, at + down, at + down + right,
                   (1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy};
}

#define AT_CORNERS(k, plane) \
  (((k).wa * (plane)[(k).a] + (k).wb * (plane)[(k).b]) + ((k).wc * (plane)[(k).c] + (k).wd * (plane)[(k).d]))

BP_CLONES void bp_flow_check(
    float *out, const float *u, const float *v, ptrdiff_t x0, ptrdiff_t y, ptrdiff_t count, float scale,
    const bp_flow_field *back) {
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    const float fu = u[i] / scale, fv = v[i] / scale;
    const float x = (float)(x0 + i) + fu, px = within(x, (float)back->x0 - 0.5f, (float)back->x1 - 0.5f);
    const float py = within((float)y + fv, (float)back->y0 - 0.5f, (float)back->y1 - 0.5f);
    const corners k = corners_at(back, px, py);
    const float bu = AT_CORNERS(k, back->u), bv = AT_CORNERS(k, back->v);
    const float off = (u[i] + bu) * (u[i] + bu) + (v[i] + bv) * (v[i] + bv);
    const float allowed = 0.01f * ((u[i] * u[i] + v[i] * v[i]) + (bu * bu + bv * bv)) + 0.5f;
    const int inside = px == x && py == (float)y + fv;
    out[i] = inside ? within(1 - 0.5f * off / allowed, 0, 1) : 0;
  }
}

BP_CLONES void bp_flow_chain(
    float *const out[3], const float *const step[3], ptrdiff_t x0, ptrdiff_t y, ptrdiff_t count, float scale,
    const bp_flow_field *rest, const float *trust) {
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    const corners k = corners_at(rest, (float)(x0 + i) + step[0][i] / scale, (float)y + step[1][i] / scale);
    out[0][i] = step[0][i] + AT_CORNERS(k, rest->u);
    out[1][i] = step[1][i] + AT_CORNERS(k, rest->v);
    out[2][i] = step[2][i] * AT_CORNERS(k, trust);
  }
}

BP_CLONES void bp_flow_enlarge(
    float *out, const float *above, const float *below, float share, float *line, ptrdiff_t width,
    ptrdiff_t first, ptrdiff_t count, int halvings) {
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < width; i++) line[i] = above[i] + share * (below[i] - above[i]);
  const float scale = 1 / (float)(1 << halvings), last = (float)(width - 1);
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    const float x = within(((float)(first + i) + 0.5f) * scale - 0.5f, 0, last);
    const int32_t ix = (int32_t)x;
    const float fx = x - (float)ix, a = line[ix], b = line[(float)ix < x ? ix + 1 : ix];
    out[i] = a + fx * (b - a);
  }
}
