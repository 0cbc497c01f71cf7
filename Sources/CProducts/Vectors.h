#ifndef LAI_VECTORS_H
#define LAI_VECTORS_H

#include "CProducts.h"

#pragma clang diagnostic ignored "-Wpsabi"

typedef float vector32 __attribute__((ext_vector_type(32), aligned(4)));
typedef float vector16 __attribute__((ext_vector_type(16), aligned(4)));
typedef float vector8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float vector4 __attribute__((ext_vector_type(4), aligned(4)));

typedef int bits32 __attribute__((ext_vector_type(32)));
typedef int bits16 __attribute__((ext_vector_type(16)));
typedef int bits8 __attribute__((ext_vector_type(8)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

INLINE long smaller(long a, long b) { return a < b ? a : b; }
INLINE long larger(long a, long b) { return a > b ? a : b; }

#endif
