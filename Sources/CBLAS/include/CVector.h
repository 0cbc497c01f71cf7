#ifndef LAI_CVECTOR_H
#define LAI_CVECTOR_H

// What Swift's SIMD types cannot say in one instruction: fused multiply-add, square root, minimum
// and maximum of whole vectors. Inlined into the callers.

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
  static inline __attribute__((always_inline)) type lai_round_##name(type a) {      \
    return __builtin_elementwise_rint(a);                                           \
  }

LAI_VECTOR_FUNCTIONS(lai_float16, float16)
LAI_VECTOR_FUNCTIONS(lai_double8, double8)

#pragma clang diagnostic pop

#endif
