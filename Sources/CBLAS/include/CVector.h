#ifndef LAI_CVECTOR_H
#define LAI_CVECTOR_H

// What Swift's SIMD types do not compile to one instruction: fused multiply-add, square root,
// minimum and maximum of whole vectors. Inlined into the callers.

typedef float lai_float16 __attribute__((ext_vector_type(16)));
typedef double lai_double8 __attribute__((ext_vector_type(8)));

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

#define LAI_VECTOR_FUNCTIONS(type, name)                                            \
  static inline __attribute__((always_inline)) type lai_fma_##name(type a, type b, type c) { \
    return __builtin_elementwise_fma(a, b, c);                                      \
  }                                                                                 \
  static inline __attribute__((always_inline)) type lai_sqrt_##name(type a) {       \
    return __builtin_elementwise_sqrt(a);                                           \
  }                                                                                 \
  static inline __attribute__((always_inline)) type lai_abs_##name(type a) {        \
    return __builtin_elementwise_abs(a);                                            \
  }                                                                                 \
  static inline __attribute__((always_inline)) type lai_neg_##name(type a) {        \
    return -a;                                                                      \
  }                                                                                 \
  static inline __attribute__((always_inline)) type lai_round_##name(type a) {      \
    return __builtin_elementwise_rint(a);                                           \
  }

LAI_VECTOR_FUNCTIONS(lai_float16, float16)
LAI_VECTOR_FUNCTIONS(lai_double8, double8)

// Transposes a square of a matrix in registers: halves, then quarters and so on change places.
#define LAI_EXCHANGE(v, count, distance, low, high)                                 \
  for (int i = 0; i < count; i++) {                                                 \
    if (i & distance) continue;                                                     \
    __typeof__(v[0]) a = v[i], b = v[i + distance];                                 \
    v[i] = __builtin_shufflevector(a, b, low);                                      \
    v[i + distance] = __builtin_shufflevector(a, b, high);                          \
  }
#define LAI_LIST(...) __VA_ARGS__

/// y[j][i] = x[i][j] for 16 x 16 numbers; rows are `xs` and `ys` numbers apart.
static inline __attribute__((always_inline)) void lai_transpose_float16(
    const float *x, long xs, float *y, long ys) {
  lai_float16 v[16];
  for (int i = 0; i < 16; i++) __builtin_memcpy(&v[i], x + i * xs, sizeof v[i]);
#define LAI_PAIRS(v, d, low, high) LAI_EXCHANGE(v, 16, d, LAI_LIST low, LAI_LIST high)
  LAI_PAIRS(v, 8, (0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
            (8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
  LAI_PAIRS(v, 4, (0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
            (4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
  LAI_PAIRS(v, 2, (0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
            (2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
  LAI_PAIRS(v, 1, (0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
            (1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
#undef LAI_PAIRS
  for (int i = 0; i < 16; i++) __builtin_memcpy(y + i * ys, &v[i], sizeof v[i]);
}

/// The same for 8 x 8 numbers.
static inline __attribute__((always_inline)) void lai_transpose_double8(
    const double *x, long xs, double *y, long ys) {
  lai_double8 v[8];
  for (int i = 0; i < 8; i++) __builtin_memcpy(&v[i], x + i * xs, sizeof v[i]);
#define LAI_PAIRS(v, d, low, high) LAI_EXCHANGE(v, 8, d, LAI_LIST low, LAI_LIST high)
  LAI_PAIRS(v, 4, (0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15))
  LAI_PAIRS(v, 2, (0, 1, 8, 9, 4, 5, 12, 13), (2, 3, 10, 11, 6, 7, 14, 15))
  LAI_PAIRS(v, 1, (0, 8, 2, 10, 4, 12, 6, 14), (1, 9, 3, 11, 5, 13, 7, 15))
#undef LAI_PAIRS
  for (int i = 0; i < 8; i++) __builtin_memcpy(y + i * ys, &v[i], sizeof v[i]);
}

#undef LAI_EXCHANGE
#undef LAI_LIST

#pragma clang diagnostic pop

#endif
