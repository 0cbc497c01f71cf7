#include <string.h>

#include "CProducts.h"

// Narrow rows that lie anywhere are asked for so many rows before they are copied: more at once than
// the processor would by itself (EPYC Zen 3: 1 to 4 % of a step of 8 features and layers of 64; to ask
// for the next batch's while this one is worked on gave nothing).
enum { AHEAD = 24 };

typedef int piece4 __attribute__((aligned(1), may_alias));
typedef int piece8 __attribute__((ext_vector_type(2), aligned(1), may_alias));
typedef int piece16 __attribute__((ext_vector_type(4), aligned(1), may_alias));
typedef int piece32 __attribute__((ext_vector_type(8), aligned(1), may_alias));

// Rows of few bytes, each as two pieces of a size that the compiler knows and that may overlap.
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
