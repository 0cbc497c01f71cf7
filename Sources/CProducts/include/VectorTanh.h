#ifndef LAI_VECTOR_TANH_H
#define LAI_VECTOR_TANH_H

// In C, as tiles of products evaluate it between their sums; `Float.tanh` is this too.

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

typedef float lai_vector16 __attribute__((ext_vector_type(16)));
typedef int lai_bits16 __attribute__((ext_vector_type(16)));

/// The hyperbolic tangents of 16 numbers, within 2.5 ulp: odd, exactly ±1 from where it rounds so,
/// NaN of NaN.
static inline __attribute__((always_inline)) lai_vector16 lai_tanh(lai_vector16 x) {
  // m / (m + 2) with m = e^t − 1, t = 2|x|; from 18.02 on it rounds to 1, and so does this.
  lai_bits16 sign = (lai_bits16)x & (int)0x80000000;
  lai_vector16 t = (lai_vector16)((lai_bits16)x ^ sign);
  t += t;
  lai_bits16 is_large = t > 20.0f;
  t = (lai_vector16)((is_large & (lai_bits16)(lai_vector16)(20.0f)) | (~is_large & (lai_bits16)t));
  // t = n ln 2 + r; what is added leaves n in the lowest bits. An error of n ln 2 here is one of m,
  // to which the quotient is the less sensitive the larger n is: one word of ln 2 will do.
  lai_vector16 shifted = t * 1.442695041f + 0x1.8p23f;
  lai_vector16 n = shifted - 0x1.8p23f;
  lai_vector16 r = n * -0.693147181f + t;
  // (eʳ − 1 − r) / r², a minimax polynomial for |r| ≤ ½ ln 2
  lai_vector16 tail = 0.0013813143596053123f;
  tail = tail * r + 0.008369418792426586f;
  tail = tail * r + 0.04166845604777336f;
  tail = tail * r + 0.16666515171527863f;
  tail = tail * r + 0.4999999403953552f;
  lai_vector16 scale = (lai_vector16)(((lai_bits16)shifted << 23) + 0x3f800000);
  lai_vector16 m = scale * (tail * (r * r) + r) + (scale - 1.0f);
  return (lai_vector16)((lai_bits16)(m / (m + 2.0f)) | sign);
}

#pragma clang diagnostic pop

#endif
