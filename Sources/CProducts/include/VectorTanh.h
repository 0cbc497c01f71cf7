#ifndef LAI_VECTOR_TANH_H
#define LAI_VECTOR_TANH_H

// In C, since tiles of products evaluate it after their sums. `Float.tanh` is this function too.

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

typedef float lai_vector16 __attribute__((ext_vector_type(16)));
typedef int lai_bits16 __attribute__((ext_vector_type(16)));

/// The hyperbolic tangents of 16 numbers, within 2.7 ulp. Odd, exactly ±1 where the true value
/// rounds to it, NaN for NaN.
static inline __attribute__((always_inline)) lai_vector16 lai_tanh(lai_vector16 x) {
  // h / (h + 1) with h = (e^{2t} − 1) / 2, t = |x|. From 9.011 on, both tanh and this round to 1.
  lai_bits16 sign = (lai_bits16)x & (int)0x80000000;
  lai_vector16 t = (lai_vector16)((lai_bits16)x ^ sign);
  lai_bits16 is_large = t > 10.0f;
  t = (lai_vector16)((is_large & (lai_bits16)(lai_vector16)(10.0f)) | (~is_large & (lai_bits16)t));
  // t = n ½ ln 2 + r. Adding `rounder` leaves n + 127 in the lowest bits, the exponent of 2ⁿ. An
  // error of n ln 2 is an error of h, and the larger n is, the less the quotient depends on h: one
  // word of ln 2 is enough.
  const float rounder = 0x1.8p23f + 127.0f;
  lai_vector16 shifted = t * 2.885390082f + rounder;
  lai_vector16 n = shifted - rounder;
  lai_vector16 r = n * -0.3465735905f + t;
  // ((e^{2r} − 1) / 2 − r) / r², a minimax polynomial for |r| ≤ ¼ ln 2
  lai_vector16 tail = 0.044202059507369995f;
  tail = tail * r + 0.13391070067882538f;
  tail = tail * r + 0.3333476483821869f;
  tail = tail * r + 0.6666606068611145f;
  tail = tail * r + 0.9999998807907104f;
  lai_vector16 scale = (lai_vector16)((lai_bits16)shifted << 23);
  lai_vector16 h = scale * (tail * (r * r) + r) + (scale * 0.5f - 0.5f);
  return (lai_vector16)((lai_bits16)(h / (h + 1.0f)) | sign);
}

#pragma clang diagnostic pop

#endif
