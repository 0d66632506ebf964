#include "key.h"

#include <math.h>
#include <string.h>

// The statistics of a fused key: see BipackKernels/Keying/KeyMoments.swift.

BP_INLINE float least(float a, float b) { return a < b ? a : b; }
BP_INLINE float most(float a, float b) { return a > b ? a : b; }
BP_INLINE int usable(float v) { return v < 1e4f && v > -1e4f; }

// The primary of a screen, the greatest of its channels (green of two that are equal), in a colour.
BP_INLINE float primary_of(float r, float g, float b, int red, int blue) {
  return red ? r : blue ? b : g;
}

#define BP_KEY_COLORS                                                                              \
  const float *red = color[0], *green = color[1], *blue = color[2];                                \
  const float *sr = plate[0], *sg = plate[1], *sb = plate[2];

BP_CLONES static void difference_average(
    float *average, const float *const color[3], const float *const plate[3], ptrdiff_t count) {
  BP_KEY_COLORS
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float R = sr[i], G = sg[i], B = sb[i], r = red[i], g = green[i], b = blue[i];
    const int is_red = (R > G) & (R > B), is_blue = !is_red & (B > G);
    const float sp = primary_of(R, G, B, is_red, is_blue);
    const float so = is_red ? G : R, sq = is_blue ? G : B;
    const float p = primary_of(r, g, b, is_red, is_blue);
    const float o = is_red ? g : r, q = is_blue ? g : b;
    const float whole = sp - (so + sq) / 2;
    const int is_screen = whole > 1e-4f;
    const float part = 1 - (p - (o + q) / 2) / (is_screen ? whole : 1);
    average[i] = is_screen ? (part < 0 ? 0 : part > 1 ? 1 : part) : 1;
  }
}

BP_CLONES static void difference_greatest(
    float *greatest, float *distance, const float *average, const float *const color[3],
    const float *const plate[3], ptrdiff_t count) {
  BP_KEY_COLORS
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float R = sr[i], G = sg[i], B = sb[i], r = red[i], g = green[i], b = blue[i];
    const int is_red = (R > G) & (R > B), is_blue = !is_red & (B > G);
    const float sp = primary_of(R, G, B, is_red, is_blue);
    const float so = is_red ? G : R, sq = is_blue ? G : B;
    const float p = primary_of(r, g, b, is_red, is_blue);
    const float o = is_red ? g : r, q = is_blue ? g : b;
    const float whole = sp - (so + sq) / 2;
    const float lead = sp - (so > sq ? so : sq);
    // A yellowish or cyan screen hardly leads: what it says there is mostly noise.
    const int leads = (lead > 0.5f * whole) & (lead > 1e-4f);
    const float share = 1 - (p - (o > q ? o : q)) / (leads ? lead : 1);
    greatest[i] = leads ? (share < 0 ? 0 : share > 1 ? 1 : share) : average[i];
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
    const int is_red = (R > G) & (R > B), is_blue = !is_red & (B > G);
    const float own = (3 * primary_of(r, g, b, is_red, is_blue) - (r + g + b)) / 2;
    const float whole = (3 * primary_of(R, G, B, is_red, is_blue) - (R + G + B)) / 2;
    const int is_screen = whole > 1e-4f;
    const float share = amount * (own > 0 ? own : 0) / (is_screen ? whole : 1);
    const float t = is_screen ? share : 0;
    o0[i] = r - t * R;
    o1[i] = g - t * G;
    o2[i] = b - t * B;
  }
}

BP_CLONES void bp_key_sums(
    float *const out[BP_KEY_SUMS], const float *const color[3], const float *const plate[3],
    const float *weights, const float *screen, ptrdiff_t count) {
  float *o0 = out[0], *o1 = out[1], *o2 = out[2], *o3 = out[3], *o4 = out[4], *o5 = out[5];
  float *o6 = out[6], *o7 = out[7], *o8 = out[8], *o9 = out[9], *o10 = out[10], *o11 = out[11];
  const float *red = color[0], *green = color[1], *blue = color[2];
  const float *sr = plate[0], *sg = plate[1], *sb = plate[2];
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float r0 = red[i], g0 = green[i], b0 = blue[i];
    const int good = usable(r0) & usable(g0) & usable(b0);
    const float r = good ? r0 : 0, g = good ? g0 : 0, b = good ? b0 : 0;
    const float w = good ? weights[i] : 0, v = good ? screen[i] : 0;
    const float dr = r - sr[i], dg = g - sg[i], db = b - sb[i];
    const float square = (dr * dr + dg * dg + db * db) * (1.0f / 3);
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
    o10[i] = v;
    o11[i] = v * (usable(square) ? square : 0);
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
    float *const out[BP_KEY_MOMENTS], const float *const coarse[BP_KEY_MOMENTS],
    const float *const fine[BP_KEY_SUMS], ptrdiff_t count, float enough) {
  for (int m = 0; m < BP_KEY_NOISE; m++)
    mean(out[m], coarse[m], fine[1 + m], fine[0], count, enough);
  mean(out[BP_KEY_NOISE], coarse[BP_KEY_NOISE], fine[11], fine[10], count, enough);
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

ptrdiff_t bp_key_unknown(const float *subject, const float *screen, ptrdiff_t count) {
  ptrdiff_t unknown = 0;
  for (ptrdiff_t i = 0; i < count; i++)
    unknown += !(subject[i] > 0.5f) & !(screen[i] > 0.5f);
  return unknown;
}

void bp_key_project(
    float *alpha, float *const out[3], const float *const color[3], const float *const plate[3],
    const float *const moments[BP_KEY_MOMENTS], const float *start, const float *subject,
    const float *screen, ptrdiff_t count, const bp_key_settings *settings, float *work) {
  // Most pixels are known: the others are gathered, solved together, and put back.
  const ptrdiff_t stride = count;
  int32_t *places = (int32_t *)(work + 14 * stride);
  ptrdiff_t unknown = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    const int is_subject = subject[i] > 0.5f, is_screen = !is_subject & (screen[i] > 0.5f);
    alpha[i] = settings->keeps_alpha ? start[i] : is_subject ? 1 : 0;
    if (out)
      for (int c = 0; c < 3; c++) out[c][i] = color[c][i];
    places[unknown] = (int32_t)i;
    unknown += !is_subject & !is_screen;
  }
  for (ptrdiff_t k = 0; k < unknown; k++) {
    const int32_t i = places[k];
    float mu[3];
    for (int c = 0; c < 3; c++) {
      mu[c] = moments[BP_KEY_MEAN + c][i];
      work[c * stride + k] = color[c][i] - plate[c][i];
      work[(3 + c) * stride + k] = mu[c] - plate[c][i];
    }
    static const int first[6] = {0, 0, 0, 1, 1, 2}, second[6] = {0, 1, 2, 1, 2, 2};
    for (int m = 0; m < 6; m++)
      work[(6 + m) * stride + k] = moments[BP_KEY_SECOND + m][i] - mu[first[m]] * mu[second[m]];
    // A covariance from rounded sums is itself uncertain by that rounding.
    const float rounding = 1e-6f * (mu[0] * mu[0] + mu[1] * mu[1] + mu[2] * mu[2]);
    const float measured = settings->noise_share * moments[BP_KEY_NOISE][i];
    work[12 * stride + k] =
        least(most(measured, settings->noise_least), settings->noise_most) + rounding;
    work[13 * stride + k] = start[i];
  }
  if (!settings->keeps_alpha) find_alpha(work, stride, unknown);
  if (out) find_color(work, stride, unknown);
  for (ptrdiff_t k = 0; k < unknown; k++) {
    const int32_t i = places[k];
    alpha[i] = work[13 * stride + k];
    if (out)
      for (int c = 0; c < 3; c++) out[c][i] = work[c * stride + k] + plate[c][i];
  }
}
