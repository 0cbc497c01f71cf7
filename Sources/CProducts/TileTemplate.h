// Tiles of one width of vectors: included once for each `WIDTH`.

#if WIDTH <= 16 || FINISHES_IN_REGISTERS
// One tile, summed; `rows` and which stride of A is 1 are known to the compiler. Panels of B are
// `panel` apart.
//
// The processor predicts neither the panels of B that come next nor the rows that a tile ends with.
// They are prefetched during the sums, one cache line at a time. If they came from the third-level
// cache, 16 rows at once, the sums would wait for a tenth of the time (256 and 512 wide).
INLINE void SIZED(sum)(
    VECTOR *sums, const int rows, long inner, const float *a, long a_row, long a_inner,
    const float *b, long b_row, const lai_ahead ahead, long panel) {
  _Pragma("clang loop unroll_count(2)") for (long k = 0; k < inner; k++) {
    VECTOR columns = SIZED(columns)(b, panel);
    if (ahead == NEXT_PANEL && WIDTH <= 16) __builtin_prefetch(b + panel, 0, 1);
    if (ahead == NEXT_PANEL && WIDTH == 32) {
      __builtin_prefetch(b + 2 * panel, 0, 1);
      __builtin_prefetch(b + 3 * panel, 0, 1);
    }
    if (ahead == NEXT_ROWS) {
      __builtin_prefetch(a + STEPS_AHEAD * a_inner);
      __builtin_prefetch(b + STEPS_AHEAD * b_row);
    }
    UNROLL for (int i = 0; i < rows; i++) { sums[i] += a[i * a_row] * columns; }
    a += a_inner;
    b += b_row;
  }
}
#endif

// The same, prefetching the cache lines of `count` streams during the sums, one row every two
// steps.
INLINE void SIZED(sum_fetching)(
    VECTOR *sums, const int rows, long inner, const float *a, long a_row, long a_inner,
    const float *b, long b_row, long panel, lai_streams streams, const int count, long stride) {
  for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < count; j++) {
      __builtin_prefetch(streams.start[j] + i * stride, 1, 2);
      if (WIDTH == 32) __builtin_prefetch(streams.start[j] + i * stride + 16, 1, 2);
    }
    SIZED(sum)(sums, rows, 2, a, a_row, a_inner, b, b_row, NEXT_PANEL, panel);
    a += 2 * a_inner;
    b += 2 * b_row;
  }
  SIZED(sum)(sums, rows, inner - 2 * rows, a, a_row, a_inner, b, b_row, NEXT_PANEL, panel);
}

// Reads what the sums start from, if anything, and writes the sums.
INLINE void SIZED(tile)(
    const int rows, const lai_ahead ahead, long inner, const float *a, long a_row,
    long a_inner, const float *b, long b_row, long panel, const float *first,
    long first_stride, float *c, long stride) {
  VECTOR sums[TILE_ROWS];
  UNROLL for (int i = 0; i < rows; i++) {
    sums[i] = first ? *(const VECTOR *)(first + i * first_stride) : (VECTOR)(0.0f);
  }
  if (ahead == NEXT_PANEL) {
    lai_streams streams = {{c}};
    SIZED(sum_fetching)(
        sums, rows, inner, a, a_row, a_inner, b, b_row, panel, streams, 1, stride);
  } else {
    SIZED(sum)(sums, rows, inner, a, a_row, a_inner, b, b_row, ahead, panel);
  }
  UNROLL for (int i = 0; i < rows; i++) { *(VECTOR *)(c + i * stride) = sums[i]; }
}

#undef WIDTH
