// Every element of an array raised to one exponent.

#ifndef BP_POWER_LOOP_H
#define BP_POWER_LOOP_H

#include "vmath.h"

// out[i] = `result` for i < count: an expression in v = x[i] and p = (`base`)^exponent, where `base`
// is an expression in v that is at least 0 or NaN.
//
// In blocks: where every base is an ordinary one the short way is taken, which gives the same bits as
// the long one. So a block's neighbours change its speed but not its values.
#define BP_POWER_LOOP(exponent, base, result)                                        \
  {                                                                                  \
    const float y_ = (exponent);                                                     \
    const bp_power power_ = bp_power_of(y_);                                         \
    for (size_t start_ = 0; start_ < count; start_ += 256) {                         \
      const size_t end_ = count - start_ < 256 ? count : start_ + 256;               \
      uint32_t misses_ = 0;                                                          \
      for (size_t i = start_; i < end_; i++) {                                       \
        const float v = x[i];                                                        \
        misses_ |= bp_power_misses(power_, base);                                    \
      }                                                                              \
      if (misses_) {                                                                 \
        BP_ELEMENTWISE_DEEP for (size_t i = start_; i < end_; i++) {                 \
          const float v = x[i], p = bp_pow_nonnegative(base, y_);                    \
          out[i] = result;                                                           \
        }                                                                            \
      } else {                                                                       \
        BP_ELEMENTWISE_DEEP for (size_t i = start_; i < end_; i++) {                 \
          const float v = x[i], p = bp_power_1(power_, base);                        \
          out[i] = result;                                                           \
        }                                                                            \
      }                                                                              \
    }                                                                                \
  }

#endif
