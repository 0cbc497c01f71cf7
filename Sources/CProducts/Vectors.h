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

// For files that are included once for each WIDTH: the vectors of that width and the names of its
// functions.
#define SIZED(name) SIZED_BY(name, _, WIDTH)
#define VECTOR SIZED_BY(vector, , WIDTH)
#define BITS SIZED_BY(bits, , WIDTH)
#define SIZED_BY(name, mark, width) GLUED(name, mark, width)
#define GLUED(name, mark, width) name##mark##width

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

INLINE long smaller(long a, long b) { return a < b ? a : b; }
INLINE long larger(long a, long b) { return a > b ? a : b; }

#endif
