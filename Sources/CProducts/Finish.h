#ifndef LAI_FINISH_H
#define LAI_FINISH_H

// What is computed from a product's sums.

#include "Tiles.h"

// The tanh of row i. Of 8 columns, two rows are computed together, and the first call keeps the
// second row's result in `second`.
INLINE vector8 tanh_row_8(const vector8 *rows, vector8 *second, int i, int count) {
  if (i % 2) return *second;
  vector8 below = rows[i + 1 < count ? i + 1 : i];
  vector16 both = lai_tanh(__builtin_shufflevector(
      rows[i], below, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  *second = both.hi;
  return both.lo;
}
INLINE vector16 tanh_row_16(const vector16 *rows, vector16 *second, int i, int count) {
  (void)second, (void)count;
  return lai_tanh(rows[i]);
}
INLINE vector32 tanh_row_32(const vector32 *rows, vector32 *second, int i, int count) {
  (void)second, (void)count;
  return pair(lai_tanh(rows[i].lo), lai_tanh(rows[i].hi));
}

#if FINISHES_IN_REGISTERS

// The memory that finishing reads and writes, from the place of the first sum.
INLINE lai_streams ends(const lai_finish *finish, long place) {
  const float *first = finish->first ? finish->first : finish->main;
  const float *third = finish->second  ? finish->second
                       : finish->added ? finish->added
                       : finish->other ? finish->other
                                       : finish->main;
  return (lai_streams){{first + place, finish->main + place, third + place}};
}

#endif

#define WIDTH 16
#include "FinishTemplate.h"
#define WIDTH 8
#include "FinishTemplate.h"
#ifdef HAS_WIDE_TILES
#define WIDTH 32
#include "FinishTemplate.h"
#endif

#if FINISHES_IN_REGISTERS

typedef void finished_tile_function(
    long inner, const float *a, long a_row, const float *b, long b_row, long panel,
    const lai_finish *finish, long row, long column, long stride);

#define DEFINE_FINISHED_EACH(rows, width, name, fetches)                                          \
  static __attribute__((noinline)) void finished##name##_##rows##_##width(                        \
      long inner, const float *a, long a_row, const float *b, long b_row, long panel,             \
      const lai_finish *finish, long row, long column, long stride) {                             \
    finished_tile_##width(                                                                        \
        rows, fetches, inner, a, a_row, b, b_row, panel, finish, row, column, stride);            \
  }
#define DEFINE_FINISHED(rows, width)                                                              \
  DEFINE_FINISHED_EACH(rows, width, , 0)                                                          \
  DEFINE_FINISHED_EACH(rows, width, _fetching, 1)
#define FINISHED(rows, width) {finished_##rows##_##width, finished_fetching_##rows##_##width},

ALL(DEFINE_FINISHED, 16)
ALL(DEFINE_FINISHED, 8)
WIDE(DEFINE_FINISHED)

// By the number of rows less one, and by whether they prefetch.
static finished_tile_function *const finished_16[][2] = {ALL(FINISHED, 16)};
static finished_tile_function *const finished_8[][2] = {ALL(FINISHED, 8)};
static finished_tile_function *const finished_32[][2] = {WIDE(FINISHED)};

#endif
#endif
