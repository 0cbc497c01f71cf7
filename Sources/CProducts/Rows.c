#include <string.h>

#include "CProducts.h"

// Narrow rows at random places are prefetched this many rows ahead, further than the processor does
// by itself. This saves 1 to 4 % of a step with 8 features and layers of 64 on EPYC Zen 3.
// Prefetching the next batch during this one saved nothing.
enum { AHEAD = 24 };

typedef int piece4 __attribute__((aligned(1), may_alias));
typedef int piece8 __attribute__((ext_vector_type(2), aligned(1), may_alias));
typedef int piece16 __attribute__((ext_vector_type(4), aligned(1), may_alias));
typedef int piece32 __attribute__((ext_vector_type(8), aligned(1), may_alias));

// Copies short rows, each as two pieces that may overlap; the compiler knows the size of a piece.
#define PIECES(piece)                                                               \
  for (long i = 0; i < rows; i++) {                                                 \
    const char *from = source + (indices ? indices[i] : i) * source_stride;         \
    char *to = target + i * stride;                                                 \
    if (indices && i + AHEAD < rows) {                                              \
      const char *later = source + indices[i + AHEAD] * source_stride;              \
      __builtin_prefetch(later);                                                    \
      __builtin_prefetch(later + row - 1);                                          \
    }                                                                               \
    piece end = *(const piece *)(from + row - sizeof(piece));                       \
    *(piece *)to = *(const piece *)from;                                            \
    *(piece *)(to + row - sizeof(piece)) = end;                                     \
  }

void lai_copy_rows(
    const char *source, long source_stride, long row, const long *indices, long rows,
    char *target, long stride) {
  if (row == 4) {
    PIECES(piece4)
  } else if (row <= 16 && row >= 8) {
    PIECES(piece8)
  } else if (row <= 32 && row > 16) {
    PIECES(piece16)
  } else if (row <= 64 && row > 32) {
    PIECES(piece32)
  } else {
    for (long i = 0; i < rows; i++) {
      memcpy(target + i * stride, source + (indices ? indices[i] : i) * source_stride, row);
    }
  }
}
