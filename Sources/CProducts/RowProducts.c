#include "Vectors.h"

// Adds the halves, quarters, … of each of two vectors, and returns both in one vector.
INLINE vector16 halves(vector16 a, vector16 b) {
  return SHUFFLE(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
         SHUFFLE(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}
INLINE vector16 quarters(vector16 a, vector16 b) {
  return SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
         SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}
INLINE vector16 eighths(vector16 a, vector16 b) {
  return SHUFFLE(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
         SHUFFLE(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
}
INLINE vector16 sixteenths(vector16 a, vector16 b) {
  return SHUFFLE(a, b, 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30) +
         SHUFFLE(a, b, 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31);
}

// Up to 16 rows at once; the last row stands for missing ones.
INLINE vector16 row_products(
    long rows, long columns, const float *x, long stride, const float *w, const int is_whole) {
  // Where a row's sum must start to end at the row's place.
  static const int starts[16] = {0, 2, 1, 3, 8, 10, 9, 11, 4, 6, 5, 7, 12, 14, 13, 15};
  vector16 sums[16];
  UNROLL for (int i = 0; i < 16; i++) sums[i] = 0.0f;
  for (long j = 0; j < columns; j += 16) {
    vector16 weights = *(const vector16 *)(w + j);
    UNROLL for (int i = 0; i < 16; i++) {
      const float *row = x + (is_whole ? i : smaller(i, rows - 1)) * stride;
      sums[starts[i]] += *(const vector16 *)(row + j) * weights;
    }
  }
  UNROLL for (int i = 0; i < 8; i++) sums[i] = halves(sums[i], sums[i + 8]);
  UNROLL for (int i = 0; i < 4; i++) sums[i] = quarters(sums[i], sums[i + 4]);
  UNROLL for (int i = 0; i < 2; i++) sums[i] = eighths(sums[i], sums[i + 2]);
  return sixteenths(sums[0], sums[1]);
}

void lai_row_products(
    long rows, long columns, const float *x, long stride, const float *w, float b, float *y) {
  long i = 0;
  for (; i + 16 <= rows; i += 16) {
    *(vector16 *)(y + i) = row_products(16, columns, x + i * stride, stride, w, 1) + b;
  }
  if (i == rows) return;
  vector16 last = row_products(rows - i, columns, x + i * stride, stride, w, 0) + b;
  for (long r = 0; i + r < rows; r++) y[i + r] = last[r];
}
