#include "key.h"

#include "vectors.h"

#include <math.h>
#include <string.h>

// The statistics of a fused key: see BipackKernels/Keying/KeyMoments.swift.

BP_INLINE float least(float a, float b) { return a < b ? a : b; }
BP_INLINE float most(float a, float b) { return a > b ? a : b; }
BP_INLINE int usable(float v) { return v < 1e4f && v > -1e4f; }

// A colour seen from a screen's colour there: the primary, which is the screen's greatest channel
// (green of two that are equal), and the other two.
typedef struct {
  float primary, first, second;
  int is_red, is_blue;  // the primary
} split;

BP_INLINE split split_by(float R, float G, float B, float r, float g, float b) {
  split s;
  s.is_red = (R > G) & (R > B);
  s.is_blue = !s.is_red & (B > G);
  s.primary = s.is_red ? r : s.is_blue ? b : g;
  s.first = s.is_red ? g : r;
  s.second = s.is_blue ? g : b;
  return s;
}

BP_INLINE float above_mean(split s) { return s.primary - (s.first + s.second) / 2; }
BP_INLINE float above_most(split s) {
  return s.primary - (s.first > s.second ? s.first : s.second);
}
BP_INLINE float unit(float v) { return v < 0 ? 0 : v > 1 ? 1 : v; }

#define BP_KEY_COLORS                                                                              \
  const float *red = color[0], *green = color[1], *blue = color[2];                                \
  const float *sr = plate[0], *sg = plate[1], *sb = plate[2];

BP_CLONES static void difference_average(
    float *average, const float *const color[3], const float *const plate[3], ptrdiff_t count) {
  BP_KEY_COLORS
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float R = sr[i], G = sg[i], B = sb[i];
    const float whole = above_mean(split_by(R, G, B, R, G, B));
    const float own = above_mean(split_by(R, G, B, red[i], green[i], blue[i]));
    const int is_screen = whole > 1e-4f;
    const float part = 1 - own / (is_screen ? whole : 1);
    average[i] = is_screen ? unit(part) : 1;
  }
}

BP_CLONES static void difference_greatest(
    float *greatest, float *distance, const float *average, const float *const color[3],
    const float *const plate[3], ptrdiff_t count) {
  BP_KEY_COLORS
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float R = sr[i], G = sg[i], B = sb[i], r = red[i], g = green[i], b = blue[i];
    const split screen = split_by(R, G, B, R, G, B);
    const float whole = above_mean(screen), lead = above_most(screen);
    // A yellowish or cyan screen hardly leads: what it says there is mostly noise.
    const int leads = (lead > 0.5f * whole) & (lead > 1e-4f);
    const float share = 1 - above_most(split_by(R, G, B, r, g, b)) / (leads ? lead : 1);
    greatest[i] = leads ? unit(share) : average[i];
    const float dr = r - R, dg = g - G, db = b - B;
    const float square = R * R + G * G + B * B;
    distance[i] = sqrtf((dr * dr + dg * dg + db * db) / (square > 1e-12f ? square : 1e-12f));
  }
}

void bp_key_difference(
    float *average, float *greatest, float *distance, const float *const color[3],
    const float *const plate[3], ptrdiff_t count) {
  difference_average(average, color, plate, count);
  if (greatest) difference_greatest(greatest, distance, average, color, plate, count);
}

BP_CLONES void bp_key_despill(
    float *const out[3], const float *const color[3], const float *const plate[3],
    ptrdiff_t count, float amount) {
  BP_KEY_COLORS
  float *o0 = out[0], *o1 = out[1], *o2 = out[2];
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float R = sr[i], G = sg[i], B = sb[i], r = red[i], g = green[i], b = blue[i];
    const split screen = split_by(R, G, B, R, G, B), c = split_by(R, G, B, r, g, b);
    const float whole = above_mean(screen), own = above_mean(c);
    const int is_spilt = (whole > 1e-4f) & (own > 0);
    const float t = is_spilt ? amount * own / whole : 0;
    // The other two sink no lower than the lesser of them: what is past that was no bounce. What they are
    // spared the primary is too.
    const float floor = c.first < c.second ? c.first : c.second;
    const float low = c.first - t * screen.first, lower = c.second - t * screen.second;
    const float first = (is_spilt & (low < floor)) ? floor : low;
    const float second = (is_spilt & (lower < floor)) ? floor : lower;
    const float spared = ((first - low) + (second - lower)) / 2;
    const float primary = c.primary - t * screen.primary + spared;
    o0[i] = c.is_red ? primary : first;
    o1[i] = c.is_red ? first : c.is_blue ? second : primary;
    o2[i] = c.is_blue ? primary : second;
  }
}

BP_CLONES void bp_key_subject_sums(
    float *const out[BP_KEY_SUBJECT + 1], const float *const color[3], const float *weights,
    ptrdiff_t count) {
  float *o0 = out[0], *o1 = out[1], *o2 = out[2], *o3 = out[3], *o4 = out[4], *o5 = out[5];
  float *o6 = out[6], *o7 = out[7], *o8 = out[8], *o9 = out[9];
  const float *red = color[0], *green = color[1], *blue = color[2];
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float r0 = red[i], g0 = green[i], b0 = blue[i];
    const int good = usable(r0) & usable(g0) & usable(b0);
    const float r = good ? r0 : 0, g = good ? g0 : 0, b = good ? b0 : 0;
    const float w = good ? weights[i] : 0;
    o0[i] = w;
    o1[i] = w * r;
    o2[i] = w * g;
    o3[i] = w * b;
    o4[i] = w * r * r;
    o5[i] = w * r * g;
    o6[i] = w * r * b;
    o7[i] = w * g * g;
    o8[i] = w * g * b;
    o9[i] = w * b * b;
  }
}

BP_CLONES void bp_key_grain_sums(
    float *const out[2], const float *const color[3], const float *const plate[3],
    const float *weights, ptrdiff_t count) {
  float *o0 = out[0], *o1 = out[1];
  BP_KEY_COLORS
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float r = red[i], g = green[i], b = blue[i];
    const int good = usable(r) & usable(g) & usable(b);
    const float w = good ? weights[i] : 0;
    const float dr = r - sr[i], dg = g - sg[i], db = b - sb[i];
    const float square = (dr * dr + dg * dg + db * db) * (1.0f / 3);
    o0[i] = w;
    o1[i] = w * (good & usable(square) ? square : 0);
  }
}

BP_CLONES static void mean(
    float *out, const float *coarse, const float *sum, const float *weight, ptrdiff_t count,
    float enough) {
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float w = weight[i], own = sum[i] / most(w, 1e-12f);
    const float share = least(w / enough, 1);
    out[i] = coarse[i] + (own - coarse[i]) * most(share, 0);
  }
}

void bp_key_means(
    float *const *out, const float *const *coarse, const float *const *sums, ptrdiff_t planes,
    ptrdiff_t count, float enough) {
  for (ptrdiff_t m = 0; m < planes; m++)
    mean(out[m], coarse[m], sums[1 + m], sums[0], count, enough);
}

// What the two steps below share: c - s, mu - s, V and noise, and alpha, `stride` floats apart.
#define BP_KEY_ROWS(w, stride)                                                                      \
  float *xr = w, *xg = w + stride, *xb = w + 2 * stride;                                            \
  const float *dr = w + 3 * stride, *dg = w + 4 * stride, *db = w + 5 * stride;                     \
  const float *vrr = w + 6 * stride, *vrg = w + 7 * stride, *vrb = w + 8 * stride;                  \
  const float *vgg = w + 9 * stride, *vgb = w + 10 * stride, *vbb = w + 11 * stride;                \
  const float *noise = w + 12 * stride;                                                             \
  float *alpha = w + 13 * stride;

// a^2 V + noise, as its adjugate: the inverse times its determinant. In double: it is made of
// differences of products that are nearly equal.
typedef struct {
  double rr, rg, rb, gg, gb, bb, det;
} adjugate;

BP_INLINE adjugate adjugate_of(
    double a, double n, double vrr, double vrg, double vrb, double vgg, double vgb, double vbb) {
  const double q = a * a;
  const double rr = q * vrr + n, gg = q * vgg + n, bb = q * vbb + n;
  const double rg = q * vrg, rb = q * vrb, gb = q * vgb;
  adjugate m;
  m.rr = gg * bb - gb * gb, m.rg = rb * gb - rg * bb, m.rb = rg * gb - rb * gg;
  m.gg = rr * bb - rb * rb, m.gb = rg * rb - rr * gb, m.bb = rr * gg - rg * rg;
  m.det = rr * m.rr + rg * m.rg + rb * m.rb;
  return m;
}

// C = a F + (1 - a) S + n, with F around `mu` by the covariance V and n of variance `noise`. Seen along
// w = (a^2 V + noise)^-1 (mu - S) the noise of both is least, so a is the projection on w. Only w's
// direction matters: the adjugate does for the inverse.
BP_INLINE double projected(
    double a, double n, double vrr, double vrg, double vrb, double vgg, double vgb, double vbb,
    double Xr, double Xg, double Xb, double Dr, double Dg, double Db) {
  const adjugate m = adjugate_of(a, n, vrr, vrg, vrb, vgg, vgb, vbb);
  const double wr = m.rr * Dr + m.rg * Dg + m.rb * Db;
  const double wg = m.rg * Dr + m.gg * Dg + m.gb * Db;
  const double wb = m.rb * Dr + m.gb * Dg + m.bb * Db;
  const double across = Dr * wr + Dg * wg + Db * wb, along = Xr * wr + Xg * wg + Xb * wb;
  const double next = along / (across > 1e-300 ? across : 1e-300);
  return next < 0 ? 0 : next > 1 ? 1 : next;
}

// Alpha weighs the covariance it is found with: three rounds, more change it by less than 0.001.
BP_CLONES static void find_alpha(float *w, ptrdiff_t stride, ptrdiff_t count) {
  BP_KEY_ROWS(w, stride)
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const double Xr = xr[i], Xg = xg[i], Xb = xb[i], Dr = dr[i], Dg = dg[i], Db = db[i];
    const double n = noise[i], rr = vrr[i], rg = vrg[i], rb = vrb[i], gg = vgg[i], gb = vgb[i],
                 bb = vbb[i];
    double a = alpha[i];
    a = projected(a, n, rr, rg, rb, gg, gb, bb, Xr, Xg, Xb, Dr, Dg, Db);
    a = projected(a, n, rr, rg, rb, gg, gb, bb, Xr, Xg, Xb, Dr, Dg, Db);
    a = projected(a, n, rr, rg, rb, gg, gb, bb, Xr, Xg, Xb, Dr, Dg, Db);
    alpha[i] = (float)a;
  }
}

// The most likely colour, less S: the mean, moved by what the mixture leaves unexplained.
BP_CLONES static void find_color(float *w, ptrdiff_t stride, ptrdiff_t count) {
  BP_KEY_ROWS(w, stride)
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const double Dr = dr[i], Dg = dg[i], Db = db[i], a = alpha[i];
    const adjugate m = adjugate_of(a, noise[i], vrr[i], vrg[i], vrb[i], vgg[i], vgb[i], vbb[i]);
    const double er = xr[i] - a * Dr, eg = xg[i] - a * Dg, eb = xb[i] - a * Db;
    const double scale = a / (m.det > 1e-300 ? m.det : 1e-300);
    const double ur = scale * (m.rr * er + m.rg * eg + m.rb * eb);
    const double ug = scale * (m.rg * er + m.gg * eg + m.gb * eb);
    const double ub = scale * (m.rb * er + m.gb * eg + m.bb * eb);
    xr[i] = (float)(Dr + vrr[i] * ur + vrg[i] * ug + vrb[i] * ub);
    xg[i] = (float)(Dg + vrg[i] * ur + vgg[i] * ug + vgb[i] * ub);
    xb[i] = (float)(Db + vrb[i] * ur + vgb[i] * ug + vbb[i] * ub);
  }
}

ptrdiff_t bp_key_certain(const float *plane, ptrdiff_t count) {
  ptrdiff_t certain = 0;
  for (ptrdiff_t i = 0; i < count; i++) certain += plane[i] != 0;
  return certain;
}

ptrdiff_t bp_key_unknown(
    int32_t *places, const float *subject, const float *screen, ptrdiff_t count) {
  ptrdiff_t unknown = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    places[unknown] = (int32_t)i;
    unknown += !(subject[i] > 0.5f) & !(screen[i] > 0.5f);
  }
  return unknown;
}

void bp_key_bundle(float *bundles, const float *const planes[BP_KEY_MOMENTS], ptrdiff_t count) {
  for (int m = 0; m < BP_KEY_MOMENTS; m++)
    for (ptrdiff_t i = 0; i < count; i++) bundles[BP_KEY_BUNDLE * i + m] = planes[m][i];
  for (ptrdiff_t i = 0; i < count; i++)
    for (int m = BP_KEY_MOMENTS; m < BP_KEY_BUNDLE; m++) bundles[BP_KEY_BUNDLE * i + m] = 0;
}

// All moments of one pixel, as doubling the small picture would give them (`bp_double`): `from` is the
// bundle left above the pixel's own.
BP_INLINE void doubled(float *m, const float *from, ptrdiff_t line, int odd_x, int odd_y) {
  bp_f16 row[3];
  for (int x = odd_x; x < 3; x++) {
    const float *at = from + x * BP_KEY_BUNDLE;
    const bp_f16 a = BP_AT16(at), b = BP_AT16(at + line), c = BP_AT16(at + 2 * line);
    row[x] = odd_y ? (b + c) * 0.5f : ((a + c) + 6.0f * b) * 0.125f;
  }
  BP_PUT16(m, odd_x ? (row[1] + row[2]) * 0.5f : ((row[0] + row[2]) + 6.0f * row[1]) * 0.125f);
}

// The system of each unknown pixel, `unknown` floats apart.
BP_CLONES static void collect(
    float *work, const bp_key_area *area, const int32_t *places, ptrdiff_t unknown,
    const bp_key_settings *settings) {
  const ptrdiff_t line = BP_KEY_BUNDLE * area->bundles_across;
  for (ptrdiff_t k = 0; k < unknown; k++) {
    const ptrdiff_t i = places[k], y = i / area->width, x = i - y * area->width;
    const ptrdiff_t at_x = x + area->odd_x, at_y = y + area->odd_y;
    const float *from = area->bundles + (at_y >> 1) * line + (at_x >> 1) * BP_KEY_BUNDLE;
    float m[BP_KEY_BUNDLE];
    doubled(m, from, line, at_x & 1, at_y & 1);
    float *w = work + k;
    for (int c = 0; c < 3; c++) {
      w[c * unknown] = area->color[c][i] - area->plate[c][i];
      w[(3 + c) * unknown] = m[BP_KEY_MEAN + c] - area->plate[c][i];
    }
    const float r = m[BP_KEY_MEAN], g = m[BP_KEY_MEAN + 1], b = m[BP_KEY_MEAN + 2];
    const float *second = m + BP_KEY_SECOND;
    w[6 * unknown] = second[0] - r * r;
    w[7 * unknown] = second[1] - r * g;
    w[8 * unknown] = second[2] - r * b;
    w[9 * unknown] = second[3] - g * g;
    w[10 * unknown] = second[4] - g * b;
    w[11 * unknown] = second[5] - b * b;
    // A covariance from rounded sums is itself uncertain by that rounding.
    const float rounding = 1e-6f * (r * r + g * g + b * b);
    const float measured = settings->noise_share * m[BP_KEY_NOISE];
    w[12 * unknown] =
        least(most(measured, settings->noise_least), settings->noise_most) + rounding;
    w[13 * unknown] = area->start[i];
  }
}

void bp_key_project(
    bp_key_plane alpha, const bp_key_plane out[3], const bp_key_area *area, const int32_t *places,
    ptrdiff_t unknown, const bp_key_settings *settings, float *work) {
  const int wants_color = out[0].base || out[1].base || out[2].base;
  collect(work, area, places, unknown, settings);
  if (!settings->keeps_alpha) find_alpha(work, unknown, unknown);
  if (wants_color) find_color(work, unknown, unknown);
  for (ptrdiff_t k = 0; k < unknown; k++) {
    const ptrdiff_t i = places[k], y = i / area->width, x = i - y * area->width;
    if (alpha.base) alpha.base[y * alpha.stride + x] = work[13 * unknown + k];
    for (int c = 0; c < 3; c++) {
      if (!out[c].base) continue;
      // What the model leaves unexplained must not become light below black.
      const float found = work[c * unknown + k] + area->plate[c][i];
      const float lowest = least(least(area->color[c][i], area->plate[c][i]), 0);
      out[c].base[y * out[c].stride + x] = found < lowest ? lowest : found;
    }
  }
}
