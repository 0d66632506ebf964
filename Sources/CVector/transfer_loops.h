// The loops of transfer.h. transfer.c includes this twice: as BP_CLONES, and for the oldest CPU.
// `BP_NAME` gives a function its name, `BP_TARGET` its attribute.

BP_TARGET void BP_NAME(bp_exp2)(const float *x, float *out, size_t count) {
  BP_ELEMENTWISE_DEEP for (size_t i = 0; i < count; i++) out[i] = bp_exp2_1(x[i]);
}

BP_TARGET void BP_NAME(bp_log2)(const float *x, float *out, size_t count) {
  BP_ELEMENTWISE_DEEP for (size_t i = 0; i < count; i++) out[i] = bp_log2_1(x[i]);
}

BP_TARGET void BP_NAME(bp_pow)(const float *x, const float *y, float *out, size_t count) {
  BP_ELEMENTWISE_DEEP for (size_t i = 0; i < count; i++) out[i] = bp_pow_1(x[i], y[i]);
}

BP_TARGET void BP_NAME(bp_pow_by)(
    const float *x, float y, bp_negative negative, float *out, size_t count) {
  switch (negative) {
    case BP_NEGATIVE_C:
      BP_ELEMENTWISE_DEEP for (size_t i = 0; i < count; i++) out[i] = bp_pow_1(x[i], y);
      break;
    case BP_NEGATIVE_CLAMP:
      BP_POWER_LOOP(y, v < 0.0f ? 0.0f : v, p)
      break;
    case BP_NEGATIVE_MIRROR:
      BP_POWER_LOOP(y, bp_abs(v), v < 0.0f ? -p : p)
      break;
    case BP_NEGATIVE_PASS:
      BP_POWER_LOOP(y, bp_abs(v), v < 0.0f ? v : p)
      break;
  }
}

BP_TARGET void BP_NAME(bp_matrix)(
    float *r, float *g, float *b, const float *m, const float *offset, size_t count) {
  const float m0 = m[0], m1 = m[1], m2 = m[2], m3 = m[3], m4 = m[4], m5 = m[5];
  const float m6 = m[6], m7 = m[7], m8 = m[8];
  const float o0 = offset[0], o1 = offset[1], o2 = offset[2];
  BP_ELEMENTWISE for (size_t i = 0; i < count; i++) {
    const float x = r[i], y = g[i], z = b[i];
    r[i] = m0 * x + m1 * y + m2 * z + o0;
    g[i] = m3 * x + m4 * y + m5 * z + o1;
    b[i] = m6 * x + m7 * y + m8 * z + o2;
  }
}

// Below the break the power is not used; its base is then 1, so that it costs nothing.

BP_TARGET void BP_NAME(bp_toe_encode)(
    const float *x, bp_toe_curve c, float *out, size_t count) {
  if (c.mirror) {
    BP_POWER_LOOP(
        c.inverse_gamma, bp_abs(v) > c.linear_break ? bp_abs(v) : 1.0f,
        mirrored(v, toe_encoded(bp_abs(v), p, c)))
  } else {
    BP_POWER_LOOP(c.inverse_gamma, v > c.linear_break ? v : 1.0f, toe_encoded(v, p, c))
  }
}

BP_TARGET void BP_NAME(bp_toe_decode)(
    const float *x, bp_toe_curve c, float *out, size_t count) {
  if (c.mirror) {
    BP_POWER_LOOP(
        c.gamma, bp_abs(v) > c.encoded_break ? (bp_abs(v) + c.offset) / c.scale : 1.0f,
        mirrored(v, toe_decoded(bp_abs(v), p, c)))
  } else {
    BP_POWER_LOOP(
        c.gamma, v > c.encoded_break ? (v + c.offset) / c.scale : 1.0f, toe_decoded(v, p, c))
  }
}

BP_TARGET void BP_NAME(bp_log_encode)(
    const float *x, bp_log_curve c, float *out, size_t count) {
  BP_ELEMENTWISE_DEEP for (size_t i = 0; i < count; i++) {
    float v = x[i];
    float argument = c.lin_slope * v + c.lin_offset;
    argument = argument < 0x1p-126f ? 0x1p-126f : argument;
    float curved = c.log_slope * bp_log2_1(argument) + c.log_offset;
    float straight = c.toe_slope * v + c.toe_offset;
    float result = v > c.linear_break ? curved : straight;
    out[i] = v != v ? v : (v == -BP_INFINITY && c.linear_break == v ? curved : result);
  }
}

BP_TARGET void BP_NAME(bp_log_decode)(
    const float *x, bp_log_curve c, float *out, size_t count) {
  float inverse_log = 1.0f / c.log_slope;
  float inverse_lin = 1.0f / c.lin_slope;
  BP_ELEMENTWISE_DEEP for (size_t i = 0; i < count; i++) {
    float v = x[i];
    float curved = (bp_exp2_1((v - c.log_offset) * inverse_log) - c.lin_offset) * inverse_lin;
    float straight = (v - c.toe_offset) / c.toe_slope;
    float result = v > c.encoded_break ? curved : straight;
    out[i] = v != v ? v : (v == -BP_INFINITY && c.encoded_break == v ? curved : result);
  }
}
