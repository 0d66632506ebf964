#include "matting.h"

#include "vectors.h"

#include <math.h>

#define HELD(v) BP_PICK16((v) > 0, BP_PICK16((v) < 1, (v), BP_SPLAT16(1)), (bp_f16){0})

// How much a difference of light counts beside light `v`, squared: about as much as in code values of
// sRGB, and as the grain of a sensor wants, whose variance grows with the light.
#define WEIGHT(v) (0.25f / (BP_PICK16((v) > 0, (v), (bp_f16){0}) + 0.02f))

BP_INLINE int is_unknown(float level) { return level > 0 && level < 1; }

// What is known.

BP_INLINE int is_good(float r, float g, float b) {
  const float beyond = 3e38f;
  return (r > -beyond) & (r < beyond) & (g > -beyond) & (g < beyond) & (b > -beyond) & (b < beyond);
}

// How many pixels are bad; they become 0 and unknown.
BP_CLONES static int32_t clean(
    float *level, float *red, float *green, float *blue, ptrdiff_t count) {
  const float most = 10000;
  int32_t bad = 0;
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float r = red[i], g = green[i], b = blue[i], l = level[i];
    const int good = is_good(r, g, b);
    red[i] = !good ? 0 : r < -most ? -most : r > most ? most : r;
    green[i] = !good ? 0 : g < -most ? -most : g > most ? most : g;
    blue[i] = !good ? 0 : b < -most ? -most : b > most ? most : b;
    level[i] = !good ? 0.25f : l >= 0.95f ? 1 : l <= 0.05f ? 0 : 0.5f;
    bad += !good;
  }
  return bad;
}

void bp_matting_prepare(float *level, float *const color[3], ptrdiff_t count) {
  if (!clean(level, color[0], color[1], color[2], count)) return;
  // Bad pixels, marked by 0.25: the colour of the good one before, or the first.
  ptrdiff_t good = 0;
  while (good < count && level[good] == 0.25f) good++;
  if (good == count) good = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    if (level[i] != 0.25f) {
      good = i;
      continue;
    }
    level[i] = 0.5f;
    for (int c = 0; c < 3; c++) color[c][i] = color[c][good];
  }
}

ptrdiff_t bp_matting_cells(int32_t *cells, const float *level, ptrdiff_t width, int32_t place) {
  ptrdiff_t count = 0;
  for (ptrdiff_t x = 0; x < width; x += BP_MATTING_CELL) {
    const ptrdiff_t end = x + BP_MATTING_CELL < width ? x + BP_MATTING_CELL : width;
    int any = 0;
    for (ptrdiff_t i = x; i < end; i++) any |= (level[i] > 0) & (level[i] < 1);
    cells[count] = place + (int32_t)x;
    count += any;
  }
  return count;
}

void bp_matting_sums(double out[8], const bp_matting_picture *picture, ptrdiff_t y) {
  const ptrdiff_t first = y * picture->stride;
  for (int i = 0; i < 8; i++) out[i] = 0;
  for (ptrdiff_t at = first; at < first + picture->width; at++) {
    const float level = picture->level[at];
    if (is_unknown(level)) continue;
    double *sums = level == 1 ? out : out + 4;
    sums[0] += 1;
    for (int c = 0; c < 3; c++) sums[1 + c] += picture->color[c][at];
  }
}

BP_CLONES void bp_matting_spread(
    float *out, const bp_matting_picture *picture, const int32_t *cells, ptrdiff_t count,
    const int32_t *offsets, ptrdiff_t offset_count, float nearness) {
  const float *red = picture->color[0], *green = picture->color[1], *blue = picture->color[2];
  const float most = nearness * nearness;
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k];
    const bp_f16 r = BP_AT16(red + at), g = BP_AT16(green + at), b = BP_AT16(blue + at);
    const bp_f16 wr = WEIGHT(r), wg = WEIGHT(g), wb = WEIGHT(b);
    bp_f16 result = BP_AT16(picture->level + at);
    bp_i16 open = (result > 0) & (result < 1);
    for (ptrdiff_t o = 0; o < offset_count; o++) {
      const ptrdiff_t to = at + offsets[o];
      const bp_f16 level = BP_AT16(picture->level + to);
      const bp_f16 dr = BP_AT16(red + to) - r, dg = BP_AT16(green + to) - g;
      const bp_f16 db = BP_AT16(blue + to) - b;
      const bp_i16 is_near = wr * dr * dr + wg * dg * dg + wb * db * db <= most;
      const bp_i16 found = open & is_near & ((level == 0) | (level == 1));
      result = BP_PICK16(found, level, result);
      open &= ~found;
    }
    BP_PUT16(out + at, result);
  }
}

// What it may be mixed of.

enum { RAYS = 4 };

// Known colours met along the rays: red, green, blue, and how far off they are.
typedef struct {
  float values[4][RAYS];
  int count;
} samples;

BP_INLINE void meet(samples *s, float r, float g, float b, float distance) {
  const int n = s->count++;
  s->values[0][n] = r, s->values[1][n] = g, s->values[2][n] = b, s->values[3][n] = distance;
}

// Where fewer were met, the first stands for the others.
BP_INLINE void repeat_first(samples *s) {
  for (int n = s->count; n < RAYS; n++)
    for (int c = 0; c < 4; c++) s->values[c][n] = s->values[c][0];
}

// Steps of `d` until `p`, a place in 1/65536 pixel, has left 0 ... size.
BP_INLINE int64_t steps_inside(int64_t p, int64_t d, ptrdiff_t size) {
  const int64_t room = d > 0 ? size * 65536 - 1 - p : p;
  return d ? room / (d > 0 ? d : -d) : INT64_MAX;
}

BP_INLINE void look_around(
    samples *inside, samples *outside, const bp_matting_picture *picture, ptrdiff_t x, ptrdiff_t y,
    const int32_t *directions) {
  inside->count = outside->count = 0;
  // Neighbours look in different directions; 37 scatters them.
  const int first = (int)(((x & 7) + 8 * (y & 7)) * 37 % BP_MATTING_DIRECTIONS);
  for (int ray = 0; ray < RAYS; ray++) {
    const int way = (first + ray * (BP_MATTING_DIRECTIONS / RAYS)) % BP_MATTING_DIRECTIONS;
    const int64_t dx = directions[2 * way], dy = directions[2 * way + 1];
    int64_t px = x * 65536 + 32768, py = y * 65536 + 32768;
    const int64_t across = steps_inside(px, dx, picture->width);
    const int64_t down = steps_inside(py, dy, picture->height);
    int64_t last = across < down ? across : down;
    float found = -1;
    for (int64_t step = 1; step <= last; step++) {
      px += dx, py += dy;
      const ptrdiff_t qx = px >> 16, qy = py >> 16, at = qy * picture->stride + qx;
      const float level = picture->level[at];
      if (is_unknown(level) || level == found) continue;
      const float far = (float)((qx - x) * (qx - x) + (qy - y) * (qy - y));
      meet(
          level == 1 ? inside : outside, picture->color[0][at], picture->color[1][at],
          picture->color[2][at], sqrtf(far));
      if (found >= 0) break;
      found = level;
      // What lies far behind the first known colour tells little of what is here.
      const int64_t most = step + 16;
      last = last < most ? last : most;
    }
  }
}

// Of all pairs, that of the least cost: how badly it mixes to the pixel and its neighbours, and how far
// off its colours are. A lane is a pair.
BP_INLINE int best_pair(
    const samples *inside, const samples *outside, const bp_matting_picture *picture,
    ptrdiff_t at) {
  bp_f16 f[4], b[4];
  for (int c = 0; c < 4; c++) {
    const bp_f4 in = BP_AT4(inside->values[c]), out = BP_AT4(outside->values[c]);
    f[c] = __builtin_shufflevector(in, in, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    b[c] = __builtin_shufflevector(out, out, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
  }
  const bp_f16 r = f[0] - b[0], g = f[1] - b[1], l = f[2] - b[2];
  const bp_f16 own[3] = {
      BP_SPLAT16(picture->color[0][at]), BP_SPLAT16(picture->color[1][at]), BP_SPLAT16(picture->color[2][at])};
  const bp_f16 wr = WEIGHT(own[0]), wg = WEIGHT(own[1]), wl = WEIGHT(own[2]);
  const bp_f16 vr = wr * r, vg = wg * g, vl = wl * l;
  const bp_f16 over = 1 / (vr * r + vg * g + vl * l + 1e-5f);
  bp_f16 error = {0};
  for (int n = 0; n < 9; n++) {
    const ptrdiff_t q = at + (n / 3 - 1) * picture->stride + n % 3 - 1;
    const bp_f16 ir = picture->color[0][q] - b[0], ig = picture->color[1][q] - b[1];
    const bp_f16 il = picture->color[2][q] - b[2];
    const bp_f16 mix = (ir * vr + ig * vg + il * vl) * over, a = HELD(mix);
    const bp_f16 er = ir - a * r, eg = ig - a * g, el = il - a * l;
    error += wr * er * er + wg * eg * eg + wl * el * el;
  }
  const bp_f16 far = b[3] * b[3];
  const bp_f16 cost = error * error * error * f[3] * far * far;
  int best = 0;
  for (int pair = 1; pair < RAYS * RAYS; pair++)
    if (cost[pair] < cost[best]) best = pair;
  return best;
}

BP_CLONES void bp_matting_gather(
    float *const inside[3], float *const outside[3], const bp_matting_picture *picture,
    const int32_t *cells, ptrdiff_t count, const int32_t *directions, const float *otherwise) {
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t y = cells[k] / picture->stride, first = cells[k] % picture->stride;
    for (int lane = 0; lane < BP_MATTING_CELL; lane++) {
      const ptrdiff_t at = cells[k] + lane, x = first + lane;
      if (!is_unknown(picture->level[at]) || x >= picture->width) continue;
      samples ins, outs;
      look_around(&ins, &outs, picture, x, y, directions);
      if (!ins.count) meet(&ins, otherwise[0], otherwise[1], otherwise[2], 1);
      if (!outs.count) meet(&outs, otherwise[3], otherwise[4], otherwise[5], 1);
      repeat_first(&ins);
      repeat_first(&outs);
      const int pair = best_pair(&ins, &outs, picture, at);
      for (int c = 0; c < 3; c++) {
        inside[c][at] = ins.values[c][pair / RAYS];
        outside[c][at] = outs.values[c][pair % RAYS];
      }
    }
  }
}

BP_CLONES void bp_matting_vote(
    float *alpha, float *trust, float *const inside[3], float *const outside[3],
    const bp_matting_picture *picture, const int32_t *cells, ptrdiff_t count,
    const int32_t *offsets, ptrdiff_t offset_count, const bp_matting_voting *voting) {
  const bp_f16 none = {0};
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k];
    const bp_f16 r = BP_AT16(picture->color[0] + at), g = BP_AT16(picture->color[1] + at);
    const bp_f16 b = BP_AT16(picture->color[2] + at);
    const bp_f16 wr = WEIGHT(r), wg = WEIGHT(g), wb = WEIGHT(b);
    bp_f16 weights = none, sum = none, squares = none, best = BP_SPLAT16(1e30f);
    for (ptrdiff_t o = 0; o < offset_count; o++) {
      const ptrdiff_t q = at + offsets[o];
      const bp_f16 br = BP_AT16(outside[0] + q), bg = BP_AT16(outside[1] + q);
      const bp_f16 bb = BP_AT16(outside[2] + q);
      const bp_f16 fr = BP_AT16(inside[0] + q) - br, fg = BP_AT16(inside[1] + q) - bg;
      const bp_f16 fb = BP_AT16(inside[2] + q) - bb;
      const bp_f16 ir = r - br, ig = g - bg, ib = b - bb;
      const bp_f16 vr = wr * fr, vg = wg * fg, vb = wb * fb;
      const bp_f16 mix = (ir * vr + ig * vg + ib * vb) / (fr * vr + fg * vg + fb * vb + 1e-5f);
      const bp_f16 a = HELD(mix);
      const bp_f16 er = ir - a * fr, eg = ig - a * fg, eb = ib - a * fb;
      const bp_f16 error = wr * er * er + wg * eg * eg + wb * eb * eb;
      const bp_i16 votes = error < 1e30f;
      const bp_f16 share = voting->error / (voting->error + error);
      const bp_f16 weight = BP_PICK16(votes, share * share, none);
      const bp_f16 part = weight * a;
      weights += weight, sum += part, squares += part * a;
      best = BP_PICK16(error < best, error, best);
    }
    const bp_i16 any = weights > 1e-30f;
    const bp_f16 mean = sum / BP_PICK16(any, weights, BP_SPLAT16(1));
    const bp_f16 variance = squares / BP_PICK16(any, weights, BP_SPLAT16(1)) - mean * mean;
    const bp_f16 apart = BP_PICK16(variance > 0, variance, none);
    const bp_f16 trusted = voting->spread / (voting->spread + apart) *
                           (voting->mismatch / (voting->mismatch + best));
    const bp_f16 level = BP_AT16(picture->level + at);
    const bp_i16 open = (level > 0) & (level < 1);
    BP_PUT16(alpha + at, BP_PICK16(open, BP_PICK16(any, mean, level), level));
    BP_PUT16(trust + at, BP_PICK16(open, BP_PICK16(any, trusted, none) + voting->least, BP_SPLAT16(1)));
  }
}

// The Laplacian.

// A row of 3 x 3 windows side by side: the mean colour of each and the inverse of its covariance.
enum { ROW = 32 };
typedef struct {
  float mean[3][ROW], inverse[6][ROW], weight[ROW];
} window_row;

// Eight doubles of floats, and back.
typedef double bp_d8 __attribute__((vector_size(64)));
typedef int64_t bp_l8 __attribute__((vector_size(64)));
#define WIDE(p) __builtin_convertvector(*(const bp_f8 *)(p), bp_d8)
#define NARROW(p, v) (*(bp_f8 *)(p) = __builtin_convertvector(v, bp_f8))

// In double: all of it is differences of what is nearly equal.
BP_INLINE void see_windows(
    window_row *w, const bp_matting_picture *picture, ptrdiff_t at, double epsilon) {
  const ptrdiff_t s = picture->stride;
  const ptrdiff_t around[9] = {-s - 1, -s, -s + 1, -1, 0, 1, s - 1, s, s + 1};
  for (int i = 0; i < ROW; i += 8) {
    const float *r = picture->color[0] + at + i, *g = picture->color[1] + at + i;
    const float *b = picture->color[2] + at + i;
    bp_d8 mr = {0}, mg = {0}, mb = {0};
    for (int n = 0; n < 9; n++) {
      const ptrdiff_t o = around[n];
      mr += WIDE(r + o), mg += WIDE(g + o), mb += WIDE(b + o);
    }
    mr /= 9, mg /= 9, mb /= 9;
    bp_d8 rr = {0}, rg = {0}, rb = {0}, gg = {0}, gb = {0}, bb = {0};
    for (int n = 0; n < 9; n++) {
      const ptrdiff_t o = around[n];
      const bp_d8 dr = WIDE(r + o) - mr, dg = WIDE(g + o) - mg, db = WIDE(b + o) - mb;
      rr += dr * dr, rg += dr * dg, rb += dr * db, gg += dg * dg, gb += dg * db, bb += db * db;
    }
    // Grain grows with light; and a share of the variance keeps the inverse within what floats hold.
    const bp_d8 light = mr + mg + mb;
    const bp_d8 least = epsilon * ((bp_d8)((light > 0) & (bp_l8)light) + 0.05 + rr + gg + bb);
    rr = (rr + least) / 9, gg = (gg + least) / 9, bb = (bb + least) / 9;
    rg /= 9, rb /= 9, gb /= 9;
    const bp_d8 irr = gg * bb - gb * gb, irg = rb * gb - rg * bb, irb = rg * gb - rb * gg;
    const bp_d8 scale = 1 / (rr * irr + rg * irg + rb * irb);
    NARROW(w->mean[0] + i, mr);
    NARROW(w->mean[1] + i, mg);
    NARROW(w->mean[2] + i, mb);
    NARROW(w->inverse[0] + i, irr * scale);
    NARROW(w->inverse[1] + i, irg * scale);
    NARROW(w->inverse[2] + i, irb * scale);
    NARROW(w->inverse[3] + i, (rr * bb - rb * rb) * scale);
    NARROW(w->inverse[4] + i, (rg * rb - rr * gb) * scale);
    NARROW(w->inverse[5] + i, (rr * gg - rg * rg) * scale);
  }
}

// 1/9 for the windows of a row that lie in the picture.
static void weigh_windows(window_row *w, const bp_matting_picture *picture, ptrdiff_t x, ptrdiff_t y) {
  const int is_inside = y >= 1 && y < picture->height - 1;
  for (int i = 0; i < ROW; i++)
    w->weight[i] = is_inside && x + i >= 1 && x + i < picture->width - 1 ? 1.0f / 9 : 0;
}

// L_ij = sum over windows k with i and j of d_ij - (1 + (I_i - m_k)^T S_k^-1 (I_j - m_k)) / 9.
BP_CLONES void bp_matting_taps(
    float *taps, const bp_matting_picture *picture, const int32_t *cells, ptrdiff_t count,
    float epsilon, float highest) {
  window_row rows[3];
  const ptrdiff_t stride = picture->stride;
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k], y = at / stride, x = at % stride;
    for (int row = -1; row <= 1; row++) {
      see_windows(&rows[row + 1], picture, at + row * stride - 1, epsilon);
      weigh_windows(&rows[row + 1], picture, x - 1, y + row);
    }
    bp_f16 sum[BP_MATTING_TAPS];
    for (int t = 0; t < BP_MATTING_TAPS; t++) sum[t] = (bp_f16){0};
    const float *red = picture->color[0] + at, *green = picture->color[1] + at;
    const float *blue = picture->color[2] + at;
    const bp_f16 r = BP_AT16(red), g = BP_AT16(green), b = BP_AT16(blue);
    for (int window = 0; window < 9; window++) {
      const int wy = window / 3 - 1, wx = window % 3 - 1, o = wx + 1;
      const window_row *w = &rows[wy + 1];
      const bp_f16 dr = r - BP_AT16(w->mean[0] + o), dg = g - BP_AT16(w->mean[1] + o);
      const bp_f16 db = b - BP_AT16(w->mean[2] + o);
      const bp_f16 rr = BP_AT16(w->inverse[0] + o), rg = BP_AT16(w->inverse[1] + o);
      const bp_f16 rb = BP_AT16(w->inverse[2] + o), gg = BP_AT16(w->inverse[3] + o);
      const bp_f16 gb = BP_AT16(w->inverse[4] + o), bb = BP_AT16(w->inverse[5] + o);
      const bp_f16 vr = rr * dr + rg * dg + rb * db, vg = rg * dr + gg * dg + gb * db;
      const bp_f16 vb = rb * dr + gb * dg + bb * db;
      const bp_f16 own = 1 + (vr * dr + vg * dg + vb * db), weight = BP_AT16(w->weight + o);
      sum[BP_MATTING_TAPS / 2] += 9 * weight;
      for (int other = 0; other < 9; other++) {
        const int dy = wy + other / 3 - 1, dx = wx + other % 3 - 1;
        const ptrdiff_t to = dy * stride + dx;
        const bp_f16 cr = BP_AT16(red + to) - r, cg = BP_AT16(green + to) - g;
        const bp_f16 cb = BP_AT16(blue + to) - b;
        sum[(dy + 2) * 5 + dx + 2] -= weight * (own + vr * cr + vg * cg + vb * cb);
      }
    }
    float *out = taps + k * BP_MATTING_ROW;
    bp_f16 sizes = {0};
    for (int t = 0; t < BP_MATTING_TAPS; t++) {
      BP_PUT16(out + t * BP_MATTING_CELL, sum[t]);
      sizes += BP_SIZE16(sum[t]);
    }
    const bp_f16 diagonal = sum[BP_MATTING_TAPS / 2], bound = sizes / highest;
    BP_PUT16(out + BP_MATTING_TAPS * BP_MATTING_CELL, BP_PICK16(diagonal > bound, diagonal, bound));
  }
}

BP_CLONES void bp_matting_step(
    float *next, const float *x, const float *taps, const float *alpha, const float *trust,
    float share, const bp_matting_picture *picture, const int32_t *cells, ptrdiff_t count,
    float omega, float gamma) {
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k];
    const float *tap = taps + k * BP_MATTING_ROW;
    const bp_f16 own = BP_AT16(x + at), before = BP_AT16(next + at);
    const bp_f16 weight = share * BP_AT16(trust + at);
    const bp_f16 scale = BP_AT16(tap + BP_MATTING_TAPS * BP_MATTING_CELL) + weight;
    bp_f16 sum = {0};
    for (int dy = -2; dy <= 2; dy++)
      for (int dx = -2; dx <= 2; dx++, tap += BP_MATTING_CELL)
        sum += BP_AT16(tap) * BP_AT16(x + at + dy * picture->stride + dx);
    const bp_f16 rest = weight * (BP_AT16(alpha + at) - own) - sum;
    const bp_f16 move = gamma * rest / BP_PICK16(scale > 1e-20f, scale, BP_SPLAT16(1));
    const bp_f16 level = BP_AT16(picture->level + at);
    const bp_i16 open = (level > 0) & (level < 1);
    BP_PUT16(next + at, BP_PICK16(open, before + omega * (move + own - before), own));
  }
}

// Sizes.

BP_CLONES void bp_matting_halve(
    float *out, const float *source, ptrdiff_t stride, ptrdiff_t width) {
  const float *below = source + stride;
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < width; i++)
    out[i] = 0.25f * ((source[2 * i] + source[2 * i + 1]) + (below[2 * i] + below[2 * i + 1]));
}

BP_CLONES void bp_matting_halve_levels(
    float *out, const float *source, ptrdiff_t stride, ptrdiff_t width) {
  const float *below = source + stride;
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < width; i++) {
    const float sum = (source[2 * i] + source[2 * i + 1]) + (below[2 * i] + below[2 * i + 1]);
    out[i] = sum == 0 ? 0 : sum == 4 ? 1 : 0.5f;
  }
}

void bp_matting_begin(
    float *x, const float *alpha, const float *coarse_x, const float *coarse_alpha,
    ptrdiff_t coarse_stride, const bp_matting_picture *picture, const int32_t *cells,
    ptrdiff_t count) {
  for (ptrdiff_t k = 0; k < count; k++)
    for (ptrdiff_t at = cells[k]; at < cells[k] + BP_MATTING_CELL; at++) {
      if (!is_unknown(picture->level[at])) continue;
      const ptrdiff_t py = at / picture->stride, px = at % picture->stride;
      const ptrdiff_t near = (py >> 1) * coarse_stride + (px >> 1);
      const ptrdiff_t across = px & 1 ? 1 : -1, down = py & 1 ? coarse_stride : -coarse_stride;
      const float a = coarse_x[near] - coarse_alpha[near];
      const float b = coarse_x[near + across] - coarse_alpha[near + across];
      const float c = coarse_x[near + down] - coarse_alpha[near + down];
      const float d = coarse_x[near + across + down] - coarse_alpha[near + across + down];
      x[at] = alpha[at] + (0.5625f * a + 0.1875f * (b + c) + 0.0625f * d);
    }
}
