#ifndef LAI_TILES_H
#define LAI_TILES_H

// Tiles, of which products are made: a few rows by one or two panels of columns.

#include <stddef.h>

#include "Vectors.h"

// TILE_ROWS: the rows of a tile that is 16 columns wide. Its sums stay in registers. Each step adds
// products of B's vector and a broadcast number of A. On AVX-512 broadcasts are operands of the
// multiply-adds, one load for each of them. That costs nothing on a core that does two loads in the
// time of a multiply-add (EPYC Zen 4, which is 1 % faster with these tiles), and too much on one
// that does two multiply-adds with two loads. So there are wide tiles too, of 32 columns and half
// as many rows, with two multiply-adds per broadcast. Which kind is faster is measured once.
//
// On AVX2 wide tiles go across only, and are faster there: 12 multiply-adds take 18 instructions,
// with tiles of 16 columns 23. It matters most when another thread uses the core's other half
// (these products are 8 % faster then on EPYC Zen 3, and 2 % alone). Along rows, each step would
// read one more cache line without a gain.
//
// With 32 vector registers, sums are finished in their registers, and what comes next is prefetched
// during the sums. With 16, either leaves too few registers for the sums: a run of tiles is summed
// into the first-level cache and finished from there, and only rows that are far apart are
// prefetched (together a fifth faster on EPYC Zen 3).
#if defined(__AVX512F__)
#define TILE_ROWS 16
#define WIDE_ROWS 8
#define FINISHES_IN_REGISTERS 1
#define ROW_BY_ROW UNROLL
#else
#if defined(__AVX2__) && defined(__FMA__)
#define TILE_ROWS 6
#define WIDE_ROWS 3
#elif defined(__AVX2__) || defined(__aarch64__)
#define TILE_ROWS 6
#else
#define TILE_ROWS 3
#endif
#define FINISHES_IN_REGISTERS 0
#define ROW_BY_ROW _Pragma("clang loop unroll(disable)")
#endif

// The least inner dimension of a tile that prefetches what it ends with during the sums: shorter
// sums leave no time for it. Without wide registers, only rows of a KB and more are prefetched: the
// processor predicts nearer ones, and sums of 64 columns are 7 % faster without (EPYC Zen 3).
enum { FETCHING = 8 * TILE_ROWS, FAR_APART = FINISHES_IN_REGISTERS ? 0 : 256 };

INLINE int is_fetching(long inner, long stride) { return inner >= FETCHING && stride >= FAR_APART; }

// What a sum prefetches.
typedef enum {
  NOTHING,
  // The panel of B that comes next, and what the tile ends with
  NEXT_PANEL,
  // Rows of both matrices, some steps before they are taken
  NEXT_ROWS,
} lai_ahead;

enum { STEPS_AHEAD = 8 };

INLINE vector32 pair(vector16 low, vector16 high) {
  return __builtin_shufflevector(
      low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
      23, 24, 25, 26, 27, 28, 29, 30, 31);
}

// One row of B in one panel or two.
INLINE vector8 columns_8(const float *b, long panel) {
  (void)panel;
  return *(const vector8 *)b;
}
INLINE vector16 columns_16(const float *b, long panel) {
  (void)panel;
  return *(const vector16 *)b;
}
INLINE vector32 columns_32(const float *b, long panel) {
  return pair(*(const vector16 *)b, *(const vector16 *)(b + panel));
}

// The memory that a tile ends with, as addresses in its first row.
typedef struct {
  const float *start[3];
} lai_streams;

#if defined(WIDE_ROWS) && !FINISHES_IN_REGISTERS
// 12 vectors of sums, three of B and a broadcast are all 16 registers, so the fourth vector of B is
// an operand of the multiply-adds. A compiler would load it once, and keep sums on the stack.
INLINE void sum_32(
    vector32 *sums, const int rows, long inner, const float *a, long a_row, long a_inner,
    const float *b, long b_row, const lai_ahead ahead, long panel) {
  (void)ahead;
  vector8 parts[WIDE_ROWS][4];
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < 4; j++) parts[i][j] = ((const vector8 *)&sums[i])[j];
  }
  _Pragma("clang loop unroll_count(2)") for (long k = 0; k < inner; k++) {
    vector8 first = *(const vector8 *)b, second = *(const vector8 *)(b + 8);
    vector8 third = *(const vector8 *)(b + panel);
    UNROLL for (int i = 0; i < rows; i++) {
      vector8 factor = a[i * a_row];
      parts[i][0] += factor * first;
      parts[i][1] += factor * second;
      parts[i][2] += factor * third;
      __asm__("vfmadd231ps %2, %1, %0"
              : "+x"(parts[i][3])
              : "x"(factor), "m"(*(const vector8 *)(b + panel + 8)));
    }
    a += a_inner;
    b += b_row;
  }
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < 4; j++) ((vector8 *)&sums[i])[j] = parts[i][j];
  }
}
#endif

#define WIDTH 16
#include "TileTemplate.h"
#define WIDTH 8
#include "TileTemplate.h"
#ifdef WIDE_ROWS
#define WIDTH 32
#include "TileTemplate.h"
#endif

typedef void tile_function(
    long inner, const float *a, long a_stride, const float *b, long b_row, long panel,
    const float *first, long first_stride, float *c, long stride);

#define DEFINE_EACH(direction, rows, width, a_row, a_inner, ahead)                                \
  static __attribute__((noinline)) void direction##_##rows##_##width(                             \
      long inner, const float *a, long a_stride, const float *b, long b_row, long panel,          \
      const float *first, long first_stride, float *c, long stride) {                             \
    tile_##width(                                                                                 \
        rows, ahead, inner, a, a_row, a_inner, b, b_row, panel, first, first_stride, c, stride);  \
  }
#if FINISHES_IN_REGISTERS
#define ACROSS_FETCHING across_fetching
// Tiles of 16 rows take whole lines of rows side by side, which the processor guesses.
#define ALONG_AHEAD NEXT_PANEL
#define DEFINE(rows, width) \
  DEFINE_ALL(rows, width) \
  DEFINE_EACH(across_fetching, rows, width, a_stride, 1, NEXT_PANEL)
#else
#define ACROSS_FETCHING across
#define ALONG_AHEAD NEXT_ROWS
#define DEFINE DEFINE_ALL
#endif
#define DEFINE_ALL(rows, width) \
  DEFINE_EACH(across, rows, width, a_stride, 1, NOTHING) \
  DEFINE_EACH(along, rows, width, 1, a_stride, NOTHING) \
  DEFINE_EACH(along_fetching, rows, width, 1, a_stride, ALONG_AHEAD)
#define NAME(direction, rows, width) direction##_##rows##_##width
#define TABLE_OF(fetching, rows, width)                                                           \
  {{across_##rows##_##width, along_##rows##_##width},                                             \
   {NAME(fetching, rows, width), along_fetching_##rows##_##width}},
#define TABLE(rows, width) TABLE_OF(ACROSS_FETCHING, rows, width)

#define SMALL(each, width) each(1, width) each(2, width) each(3, width)
#define MEDIUM(each, width) SMALL(each, width) each(4, width) each(5, width) each(6, width)
#define LARGE(each, width)                                                                        \
  MEDIUM(each, width) each(7, width) each(8, width) each(9, width) each(10, width)                \
  each(11, width) each(12, width) each(13, width) each(14, width) each(15, width) each(16, width)
#if TILE_ROWS == 16
#define ALL LARGE
#elif TILE_ROWS == 6
#define ALL MEDIUM
#else
#define ALL SMALL
#endif

ALL(DEFINE, 16)
ALL(DEFINE, 8)

// By the number of rows less one, by whether they prefetch, and by whether A's rows (1) or its
// inner dimension (0) lie side by side.
static tile_function *const tiles_16[][2][2] = {ALL(TABLE, 16)};
static tile_function *const tiles_8[][2][2] = {ALL(TABLE, 8)};

#ifdef WIDE_ROWS
#define HAS_WIDE_TILES
#if FINISHES_IN_REGISTERS
#define WIDE(each) MEDIUM(each, 32) each(7, 32) each(8, 32)
WIDE(DEFINE)
static tile_function *const tiles_32[][2][2] = {WIDE(TABLE)};
#else
#define DEFINE_ACROSS(rows, width) DEFINE_EACH(across, rows, width, a_stride, 1, NOTHING)
#define TABLE_ACROSS(rows, width) {{across_##rows##_##width}, {across_##rows##_##width}},
SMALL(DEFINE_ACROSS, 32)
static tile_function *const tiles_32[][2][2] = {SMALL(TABLE_ACROSS, 32)};
#endif
#else
#define WIDE_ROWS TILE_ROWS
#define tiles_32 tiles_16
#endif

#endif
