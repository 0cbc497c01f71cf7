#include <string.h>

#include "CProducts.h"

// Rows of few bytes, each as two pieces of a size that the compiler knows and that may overlap.
#define PIECES(size)                                                                  \
  for (long i = 0; i < rows; i++) {                                                   \
    const char *from = source + (indices ? indices[i] : i) * source_stride;                     \
    char *to = target + i * stride;                                                   \
    char end[size];                                                                   \
    memcpy(end, from + row - (size), size);                                           \
    memcpy(to, from, size);                                                           \
    memcpy(to + row - (size), end, size);                                             \
  }

void lai_copy_rows(
    const char *source, long source_stride, long row, const long *indices, long rows,
    char *target, long stride) {
  if (row == 4) {
    PIECES(4)
  } else if (row <= 16 && row >= 8) {
    PIECES(8)
  } else if (row <= 32 && row > 16) {
    PIECES(16)
  } else if (row <= 64 && row > 32) {
    PIECES(32)
  } else {
    for (long i = 0; i < rows; i++) {
      memcpy(target + i * stride, source + (indices ? indices[i] : i) * source_stride, row);
    }
  }
}

void lai_fetch_rows(const char *source, long row, const long *indices, long rows) {
  for (long i = 0; i < rows; i++) __builtin_prefetch(source + indices[i] * row, 0, 2);
}
