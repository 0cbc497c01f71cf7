#include <stdatomic.h>
#include <time.h>

#include "Finish.h"

// The part of both matrices that a tile reads stays in the second-level cache; with A's rows side
// by side, in the first-level cache as far as it fits (measured by the wider step on EPYC Zen 3).
enum { INNER_BLOCK = 512, INNER_BLOCK_ALONG = FINISHES_IN_REGISTERS ? INNER_BLOCK : 256 };

// Rows of A that stay in a cache while the panels of B are read: 16 KB in the first level or, where
// tiles are low and panels are read more often, 64 KB in the second.
INLINE long row_block(long inner) {
  long size = FINISHES_IN_REGISTERS ? 4096 : 16384;
  return larger(1, size / larger(1, inner) / TILE_ROWS) * TILE_ROWS;
}

// Rows in as few tiles as possible, of even heights: in a last tile of one row, each addition would
// wait for the one before.
typedef struct {
  long count, height, higher;
} lai_tiling;

INLINE lai_tiling tiling(long rows, long most) {
  long count = (rows + most - 1) / most;
  return (lai_tiling){count, rows / count, rows % count};
}

INLINE long tile_height(lai_tiling tiles, long index) {
  return tiles.height + (index < tiles.higher);
}

// Copies a row of 1 to 15 numbers, as two vectors that may overlap.
INLINE void copy_row(const float *from, float *to, long columns) {
  if (columns >= 8) {
    vector8 end = *(const vector8 *)(from + columns - 8);
    *(vector8 *)to = *(const vector8 *)from;
    *(vector8 *)(to + columns - 8) = end;
  } else if (columns >= 4) {
    vector4 end = *(const vector4 *)(from + columns - 4);
    *(vector4 *)to = *(const vector4 *)from;
    *(vector4 *)(to + columns - 4) = end;
  } else {
    for (long j = 0; j < columns; j++) to[j] = from[j];
  }
}

// A tile of fewer than 8 or 16 columns, computed as a whole one.
static __attribute__((noinline)) void narrow_tile(
    tile_function *tile, long rows, long columns, long inner, const float *a, long a_stride,
    lai_right b, const float *first, long first_stride, float *c, long stride) {
  float whole[TILE_ROWS * 16];
  if (first) {
    for (long i = 0; i < rows; i++) {
      *(vector16 *)(whole + i * 16) = (vector16)(0.0f);
      copy_row(first + i * first_stride, whole + i * 16, columns);
    }
  }
  tile(inner, a, a_stride, b.start, b.row, b.panel, first ? whole : NULL, 16, whole, 16);
  for (long i = 0; i < rows; i++) copy_row(whole + i * 16, c + i * stride, columns);
}

// All rows of one panel of B, or of two side by side.
static void panel_product(
    long rows, long columns, long inner, lai_left a, lai_right b, const float *first,
    long first_stride, float *c, long stride) {
  int is_along = a.inner != 1;
  long a_stride = is_along ? a.inner : a.row;
  long width = columns > 16 ? 32 : columns > 8 ? 16 : 8;
  tile_function *const(*tiles)[2][2] = columns > 16 ? tiles_32 : columns > 8 ? tiles_16 : tiles_8;
  long most = columns > 16 ? WIDE_ROWS : TILE_ROWS;
  lai_tiling heights = tiling(rows, most);
  long i = 0;
  for (long index = 0; index < heights.count; index++) {
    long part = tile_height(heights, index);
    tile_function *tile = tiles[part - 1][is_fetching(inner, a_stride)][is_along];
    const float *from = first ? first + i * first_stride : NULL;
    if (columns == width) {
      tile(
          inner, a.start + i * a.row, a_stride, b.start, b.row, b.panel, from, first_stride,
          c + i * stride, stride);
    } else {
      narrow_tile(
          tile, part, columns, inner, a.start + i * a.row, a_stride, b, from, first_stride,
          c + i * stride, stride);
    }
    i += part;
  }
}

// Computes C's transpose, 16 of its columns at a time, for a C with fewer columns than a vector.
static void turned_panel(
    long rows, long columns, long inner, lai_left a, lai_right b, const float *first,
    long first_stride, float *c, long stride) {
  for (long i = 0; i < rows; i += 16) {
    long width = smaller(16, rows - i);
    float turned[15 * 16];
    if (first) lai_transpose(width, columns, first + i * first_stride, first_stride, turned, 16);
    lai_tiling heights = tiling(columns, TILE_ROWS);
    long j = 0;
    for (long index = 0; index < heights.count; index++) {
      long rows_of_tile = tile_height(heights, index);
      float *part = turned + j * 16;
      tiles_16[rows_of_tile - 1][is_fetching(inner, a.inner)][1](
          inner, b.start + j, b.row, a.start + i, a.inner, 16, first ? part : NULL, 16, part, 16);
      j += rows_of_tile;
    }
    lai_transpose(columns, width, turned, 16, c + i * stride, stride);
  }
}

static void product(
    int is_wide, long rows, long columns, long inner, lai_left a, lai_right b, const float *first,
    long first_stride, float *c, long stride) {
  if (!FINISHES_IN_REGISTERS && a.inner != 1) is_wide = 0;  // wide tiles go across only
  int is_turned = columns < 16 && a.row == 1 && a.inner >= (rows + 15) / 16 * 16;
  long k = 0;
  do {
    long depth = smaller(a.inner == 1 ? INNER_BLOCK : INNER_BLOCK_ALONG, inner - k);
    // Transposed, they are columns of whole vectors: a block that began within one would read past
    // it.
    long block = is_turned ? (row_block(depth) + 15) / 16 * 16 : row_block(depth);
    for (long i = 0; i < rows; i += block) {
      long height = smaller(block, rows - i);
      for (long j = 0, width; j < columns; j += width) {
        width = is_wide && columns - j >= 32 ? 32 : smaller(16, columns - j);
        lai_left rows_of_a = {a.start + i * a.row + k * a.inner, a.row, a.inner};
        lai_right panel_of_b = {b.start + j / 16 * b.panel + k * b.row, b.row, b.panel};
        (is_turned ? turned_panel : panel_product)(
            height, width, depth, rows_of_a, panel_of_b,
            first ? first + i * first_stride + j : NULL, first_stride, c + i * stride + j, stride);
      }
    }
    k += depth;
    // The next block adds to the sums of this one.
    first = c;
    first_stride = stride;
  } while (k < inner);
}

// Whether wide tiles are faster; on AVX-512 UNKNOWN before the first product.
enum { UNKNOWN = 2 };
static atomic_int has_wide_tiles = FINISHES_IN_REGISTERS ? UNKNOWN : TILE_ROWS != WIDE_ROWS;

// The nanoseconds of a product whose matrices fit into the first-level cache.
static long nanoseconds(int is_wide, const float *a, const float *b, float *c) {
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  product(
      is_wide, 64, 64, 64, (lai_left){a, 64, 1}, (lai_right){b, 16, 16 * 64}, NULL, 0, c, 64);
  clock_gettime(CLOCK_MONOTONIC, &end);
  return (end.tv_sec - start.tv_sec) * 1000000000 + end.tv_nsec - start.tv_nsec;
}

// Takes some 100 µs, both kinds by turns. A tie goes to the narrow tiles, which leave less to do at
// a product's edges.
static __attribute__((noinline)) int measured_tiles(void) {
  float a[64 * 64] = {0}, b[64 * 64] = {0}, c[64 * 64];
  long best[2] = {1000000000, 1000000000};
  for (int round = 0; round < 10; round++) {
    for (int is_wide = 0; is_wide < 2; is_wide++) {
      best[is_wide] = smaller(best[is_wide], nanoseconds(is_wide, a, b, c));
    }
  }
  return best[1] < best[0] - best[0] / 32;
}

int lai_has_wide_tiles(void) {
  int known = atomic_load_explicit(&has_wide_tiles, memory_order_relaxed);
  if (__builtin_expect(known != UNKNOWN, 1)) return known;
  known = measured_tiles();
  atomic_store_explicit(&has_wide_tiles, known, memory_order_relaxed);
  return known;
}

void lai_set_wide_tiles(int is_wide) {
  if (TILE_ROWS != WIDE_ROWS) atomic_store_explicit(&has_wide_tiles, is_wide, memory_order_relaxed);
}

void lai_product(
    long rows, long columns, long inner, lai_left a, lai_right b, const float *first,
    long first_stride, float *c, long stride) {
  product(lai_has_wide_tiles(), rows, columns, inner, a, b, first, first_stride, c, stride);
}

#if FINISHES_IN_REGISTERS

// A few rows of one panel of B, or of two side by side.
INLINE void finished_panel(
    long rows, long width, long inner, const float *a, long a_row, lai_right b,
    const lai_finish *finish, long row, long column, long stride) {
  long most = width == 32 ? WIDE_ROWS : TILE_ROWS;
  lai_tiling heights = tiling(rows, most);
  finished_tile_function *const(*tiles)[2] =
      width == 32 ? finished_32 : width > 8 ? finished_16 : finished_8;
  long i = 0;
  for (long index = 0; index < heights.count; index++) {
    long part = tile_height(heights, index);
    tiles[part - 1][inner >= FETCHING](
        inner, a + i * a_row, a_row, b.start, b.row, b.panel, finish, row + i, column, stride);
    i += part;
  }
}

#else

#ifndef HAS_WIDE_TILES
#define finish_run_32 finish_run_16
#endif

// A few rows of one panel of B, or of two side by side.
static void finished_panel(
    long rows, long width, long inner, const float *a, long a_row, lai_right b,
    const lai_finish *finish, long row, long column, long stride) {
  enum { RUN = 4 };
  tile_function *const(*tiles)[2][2] = width > 16 ? tiles_32 : width > 8 ? tiles_16 : tiles_8;
  long most = width > 16 ? WIDE_ROWS : TILE_ROWS;
  const float *bias = finish->bias ? finish->bias + column : NULL;
  lai_tiling heights = tiling(rows, most);
  float sums[RUN * TILE_ROWS * 16];
  for (long index = 0; index < heights.count;) {
    long run = 0;
    for (long end = smaller(index + RUN, heights.count); index < end; index++) {
      long part = tile_height(heights, index);
      tiles[part - 1][0][0](
          inner, a + run * a_row, a_row, b.start, b.row, b.panel, bias, 0, sums + run * width,
          width);
      run += part;
    }
    (width > 16 ? finish_run_32 : width > 8 ? finish_run_16 : finish_run_8)(
        sums, run, finish, row, column, stride);
    a += run * a_row;
    row += run;
  }
}

#endif

void lai_finished_product(
    long rows, long columns, long inner, lai_left a, lai_right b, lai_finish finish, long stride) {
  int is_wide = lai_has_wide_tiles();
  long most = row_block(inner);
  for (long block = 0; block < rows; block += most) {
    long height = smaller(most, rows - block);
    for (long j = 0, width; j < columns; j += width) {
      width = is_wide && columns - j >= 32 ? 32 : smaller(16, columns - j);
      lai_right panel = {b.start + j / 16 * b.panel, b.row, b.panel};
      finished_panel(
          height, width, inner, a.start + block * a.row, a.row, panel, &finish, block, j, stride);
    }
  }
}
