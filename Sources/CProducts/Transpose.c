#include "Vectors.h"

INLINE void transpose_8(
    const float *source, long source_stride, float *target, long target_stride) {
  vector8 r[8], s[8];
  UNROLL for (int i = 0; i < 8; i++) r[i] = *(const vector8 *)(source + i * source_stride);
  // Pairs, quadruples, halves: each step doubles the elements that come from one column.
  UNROLL for (int i = 0; i < 8; i += 2) {
    s[i] = SHUFFLE(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    s[i + 1] = SHUFFLE(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  UNROLL for (int i = 0; i < 8; i += 4) {
    r[i] = SHUFFLE(s[i], s[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    r[i + 1] = SHUFFLE(s[i], s[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    r[i + 2] = SHUFFLE(s[i + 1], s[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);
    r[i + 3] = SHUFFLE(s[i + 1], s[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  UNROLL for (int i = 0; i < 4; i++) {
    *(vector8 *)(target + i * target_stride) = SHUFFLE(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(vector8 *)(target + (i + 4) * target_stride) =
        SHUFFLE(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

void lai_transpose(
    long rows, long columns, const float *source, long source_stride, float *target,
    long target_stride) {
  long whole_rows = rows / 8 * 8;
  long whole_columns = columns / 8 * 8;
  for (long i = 0; i < whole_rows; i += 8) {
    for (long j = 0; j < whole_columns; j += 8) {
      transpose_8(
          source + i * source_stride + j, source_stride, target + j * target_stride + i,
          target_stride);
    }
  }
  for (long i = 0; i < rows; i++) {
    for (long j = i < whole_rows ? whole_columns : 0; j < columns; j++) {
      target[j * target_stride + i] = source[i * source_stride + j];
    }
  }
}
