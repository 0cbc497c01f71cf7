#ifndef LAI_TILES_H
#define LAI_TILES_H

// What products are made of: a few rows by one or two vectors of columns.

#include <stddef.h>

#include "Vectors.h"

// Rows of a tile 16 columns wide. Its sums stay in registers; B's vector and a broadcast number of
// A go past them. On AVX-512 broadcasts are operands of the multiply-adds, one load for each of them.
// That is nothing to a core that takes two loads in the time of a multiply-add (EPYC Zen 4, which is 1 %
// faster with these tiles), and too much to one that takes two multiply-adds with two loads. So
// there are wide tiles too, 32 columns by half as many rows: two multiply-adds a broadcast. Which are
// faster is measured once.
#if defined(__AVX512F__)
#define TILE_ROWS 16
#define WIDE_ROWS 8
#elif defined(__AVX2__) || defined(__aarch64__)
#define TILE_ROWS 6
#else
#define TILE_ROWS 3
#endif

// The least inner dimension of a tile that fetches what it ends with while it sums: below, there is
// no time for it.
enum { FETCHING = 8 * TILE_ROWS };


INLINE vector32 pair(vector16 low, vector16 high) {
  return __builtin_shufflevector(
      low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
      23, 24, 25, 26, 27, 28, 29, 30, 31);
}

// The tanh of row i; of 8 columns, two rows go together, and the first brings the second's along.
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

// A row's columns of B, of one panel or two.
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

// What a tile ends with, as addresses in its first row: its streams.
typedef struct {
  const float *start[3];
} lai_streams;

// One tile, summed; `rows` and which stride of A is 1 are known to the compiler. Panels of B are
// `panel` apart.
//
// The processor guesses neither the panels of B that come next nor the rows that a tile ends with.
// They are fetched in between, a line at a time; from the third-level cache and with all at once, the
// sums would wait for a tenth of the time (256 and 512 wide).
#define TILE(vector, suffix)                                                                      \
  INLINE void sum_##suffix(                                                                       \
      vector *sums, const int rows, long inner, const float *a, long a_row, long a_inner,         \
      const float *b, long b_row, const int fetches, long panel) {                                \
    _Pragma("clang loop unroll_count(2)") for (long k = 0; k < inner; k++) {                      \
      vector columns = columns_##suffix(b, panel);                                                \
      if (fetches && suffix <= 16) __builtin_prefetch(b + panel, 0, 1);                           \
      if (fetches && suffix == 32) {                                                              \
        __builtin_prefetch(b + 2 * panel, 0, 1);                                                  \
        __builtin_prefetch(b + 3 * panel, 0, 1);                                                  \
      }                                                                                           \
      UNROLL for (int i = 0; i < rows; i++) { sums[i] += a[i * a_row] * columns; }                \
      a += a_inner;                                                                               \
      b += b_row;                                                                                 \
    }                                                                                             \
  }                                                                                               \
  INLINE void sum_fetching_##suffix(                                                              \
      vector *sums, const int rows, long inner, const float *a, long a_row, long a_inner,         \
      const float *b, long b_row, long panel, lai_streams streams, const int count, long stride) {\
    for (int i = 0; i < rows; i++) {                                                              \
      UNROLL for (int j = 0; j < count; j++) {                                                    \
        __builtin_prefetch(streams.start[j] + i * stride, 1, 2);                                  \
        if (suffix == 32) __builtin_prefetch(streams.start[j] + i * stride + 16, 1, 2);           \
      }                                                                                           \
      sum_##suffix(sums, rows, 2, a, a_row, a_inner, b, b_row, 1, panel);                         \
      a += 2 * a_inner;                                                                           \
      b += 2 * b_row;                                                                             \
    }                                                                                             \
    sum_##suffix(sums, rows, inner - 2 * rows, a, a_row, a_inner, b, b_row, 1, panel);            \
  }                                                                                               \
  INLINE void tile_##suffix(                                                                      \
      const int rows, const int fetches, long inner, const float *a, long a_row, long a_inner,    \
      const float *b, long b_row, long panel, const float *first, long first_stride, float *c,    \
      long stride) {                                                                              \
    vector sums[TILE_ROWS];                                                                       \
    UNROLL for (int i = 0; i < rows; i++) {                                                       \
      sums[i] = first ? *(const vector *)(first + i * first_stride) : (vector)(0.0f);             \
    }                                                                                             \
    if (fetches) {                                                                                \
      lai_streams streams = {{c}};                                                                \
      sum_fetching_##suffix(                                                                      \
          sums, rows, inner, a, a_row, a_inner, b, b_row, panel, streams, 1, stride);             \
    } else {                                                                                      \
      sum_##suffix(sums, rows, inner, a, a_row, a_inner, b, b_row, 0, panel);                     \
    }                                                                                             \
    UNROLL for (int i = 0; i < rows; i++) { *(vector *)(c + i * stride) = sums[i]; }              \
  }                                                                                               \
  INLINE void finish_##suffix(                                                                    \
      const vector *sums, const int rows, const lai_form form, const lai_finish *finish, long row,\
      long column, long stride) {                                                                 \
    long place = row * stride + column;                                                           \
    float *main = finish->main + place;                                                           \
    if (form == LAI_TO_TANH || form == LAI_TO_RELU) {                                             \
      vector w = finish->other ? *(const vector *)(finish->output.w + column) : (vector)(0.0f);   \
      vector second = 0.0f;                                                                       \
      UNROLL for (int i = 0; i < rows; i++) {                                                     \
        vector value = form == LAI_TO_TANH ? tanh_row_##suffix(sums, &second, i, rows)            \
                                           : (vector)((bits##suffix)sums[i] & ~(sums[i] < 0.0f)); \
        *(vector *)(main + i * stride) = value;                                                   \
        if (finish->other) {                                                                      \
          *(vector *)(finish->other + place + i * stride) =                                       \
              form == LAI_TO_TANH ? (1.0f - value * value) * w                                    \
                                  : (vector)((value > 0.0f) & (bits##suffix)w);                   \
        }                                                                                         \
      }                                                                                           \
      return;                                                                                     \
    }                                                                                             \
    const float *first = finish->first + place, *second = finish->second, *added = finish->added; \
    float *other = finish->other;                                                                 \
    /* Row by row from where the last tile ended: a tile's height leaves no trace. */             \
    vector total = finish->sums ? *(const vector *)(finish->sums + column) : (vector)(0.0f);      \
    UNROLL for (int i = 0; i < rows; i++) {                                                       \
      vector factor = *(const vector *)(first + i * stride), a = factor;                          \
      if (form == LAI_TANH) factor = 1.0f - a * a;                                                \
      if (form == LAI_RELU) factor = (vector)((a > 0.0f) & (bits##suffix)(vector)(1.0f));         \
      vector value = factor * sums[i];                                                            \
      if (other) {                                                                                \
        vector product = *(const vector *)(second + place + i * stride) * sums[i];                \
        if (form == LAI_TANH) product *= -(a + a);                                                \
        vector *target = (vector *)(other + place + i * stride);                                  \
        *target = finish->accumulates ? *target + product : product;                              \
      }                                                                                           \
      if (added) value += *(const vector *)(added + place + i * stride);                          \
      *(vector *)(main + i * stride) = value;                                                     \
      total += value;                                                                             \
    }                                                                                             \
    if (finish->sums) *(vector *)(finish->sums + column) = total;                                 \
  }                                                                                               \
  INLINE void finish_below_##suffix(                                                              \
      const vector *sums, const int rows, const lai_form form, const lai_finish *finish, long row,\
      long column, long stride) {                                                                 \
    long place = row * stride + column;                                                           \
    const float *first = finish->first + place, *second = finish->second;                         \
    const float *values = finish->output.values + place, *u = finish->output.u + row;             \
    float *main = finish->main + place, *other = finish->other + place;                           \
    vector w = *(const vector *)(finish->output.w + column);                                      \
    vector total = *(const vector *)(finish->sums + column);                                      \
    vector weight_total = *(const vector *)(finish->output.sums + column);                        \
    UNROLL for (int i = 0; i < rows; i++) {                                                       \
      vector factor = *(const vector *)(first + i * stride), a = factor;                          \
      if (form == LAI_TANH) factor = 1.0f - a * a;                                                \
      if (form == LAI_RELU) factor = (vector)((a > 0.0f) & (bits##suffix)(vector)(1.0f));         \
      if (form == LAI_STORED) a = *(const vector *)(values + i * stride);                         \
      vector tangent = factor * sums[i], adjoint = factor * u[i];                                 \
      if (form == LAI_TANH) adjoint -= (a + a) * tangent;                                         \
      if (form == LAI_STORED) adjoint += *(const vector *)(second + place + i * stride) * sums[i];\
      adjoint *= w;                                                                               \
      *(vector *)(main + i * stride) = tangent;                                                   \
      *(vector *)(other + i * stride) = adjoint;                                                  \
      total += adjoint;                                                                           \
      weight_total += u[i] * a + tangent;                                                         \
    }                                                                                             \
    *(vector *)(finish->sums + column) = total;                                                   \
    *(vector *)(finish->output.sums + column) = weight_total;                                     \
  }                                                                                               \
  INLINE void finished_tile_##suffix(                                                             \
      const int rows, const int fetches, long inner, const float *a, long a_row, const float *b,  \
      long b_row, long panel, const lai_finish *finish, long row, long column, long stride) {     \
    vector sums[TILE_ROWS];                                                                       \
    UNROLL for (int i = 0; i < rows; i++) {                                                       \
      sums[i] = finish->bias ? *(const vector *)(finish->bias + column) : (vector)(0.0f);         \
    }                                                                                             \
    if (fetches) {                                                                                \
      const float *first = finish->first ? finish->first : finish->main;                          \
      const float *third = finish->second ? finish->second                                        \
                           : finish->added ? finish->added                                        \
                           : finish->other ? finish->other                                        \
                                           : finish->main;                                        \
      long place = row * stride + column;                                                         \
      lai_streams streams = {{first + place, finish->main + place, third + place}};               \
      sum_fetching_##suffix(sums, rows, inner, a, a_row, 1, b, b_row, panel, streams, 3, stride); \
    } else {                                                                                      \
      sum_##suffix(sums, rows, inner, a, a_row, 1, b, b_row, 0, panel);                           \
    }                                                                                             \
    switch (finish->form) {                                                                       \
      case LAI_STORED:                                                                            \
        if (finish->output.u) {                                                                   \
          finish_below_##suffix(sums, rows, LAI_STORED, finish, row, column, stride);             \
        } else {                                                                                  \
          finish_##suffix(sums, rows, LAI_STORED, finish, row, column, stride);                   \
        }                                                                                         \
        break;                                                                                    \
      case LAI_TANH:                                                                              \
        if (finish->output.u) {                                                                   \
          finish_below_##suffix(sums, rows, LAI_TANH, finish, row, column, stride);               \
        } else {                                                                                  \
          finish_##suffix(sums, rows, LAI_TANH, finish, row, column, stride);                     \
        }                                                                                         \
        break;                                                                                    \
      case LAI_RELU:                                                                              \
        if (finish->output.u) {                                                                   \
          finish_below_##suffix(sums, rows, LAI_RELU, finish, row, column, stride);               \
        } else {                                                                                  \
          finish_##suffix(sums, rows, LAI_RELU, finish, row, column, stride);                     \
        }                                                                                         \
        break;                                                                                    \
      case LAI_TO_TANH:                                                                           \
        finish_##suffix(sums, rows, LAI_TO_TANH, finish, row, column, stride);                    \
        break;                                                                                    \
      case LAI_TO_RELU:                                                                           \
        finish_##suffix(sums, rows, LAI_TO_RELU, finish, row, column, stride);                    \
        break;                                                                                    \
    }                                                                                             \
  }

TILE(vector16, 16)
TILE(vector8, 8)
#ifdef WIDE_ROWS
TILE(vector32, 32)
#endif

typedef void tile_function(
    long inner, const float *a, long a_stride, const float *b, long b_row, long panel,
    const float *first, long first_stride, float *c, long stride);

typedef void finished_tile_function(
    long inner, const float *a, long a_row, const float *b, long b_row, long panel,
    const lai_finish *finish, long row, long column, long stride);

#define DEFINE_EACH(rows, width, name, fetches)                                                   \
  static __attribute__((noinline)) void across##name##_##rows##_##width(                          \
      long inner, const float *a, long a_stride, const float *b, long b_row, long panel,          \
      const float *first, long first_stride, float *c, long stride) {                             \
    tile_##width(                                                                                 \
        rows, fetches, inner, a, a_stride, 1, b, b_row, panel, first, first_stride, c, stride);   \
  }                                                                                               \
  static __attribute__((noinline)) void along##name##_##rows##_##width(                           \
      long inner, const float *a, long a_stride, const float *b, long b_row, long panel,          \
      const float *first, long first_stride, float *c, long stride) {                             \
    tile_##width(                                                                                 \
        rows, fetches, inner, a, 1, a_stride, b, b_row, panel, first, first_stride, c, stride);   \
  }                                                                                               \
  static __attribute__((noinline)) void finished##name##_##rows##_##width(                        \
      long inner, const float *a, long a_row, const float *b, long b_row, long panel,             \
      const lai_finish *finish, long row, long column, long stride) {                             \
    finished_tile_##width(                                                                        \
        rows, fetches, inner, a, a_row, b, b_row, panel, finish, row, column, stride);            \
  }
#define DEFINE(rows, width) \
  DEFINE_EACH(rows, width, , 0) \
  DEFINE_EACH(rows, width, _fetching, 1)
#define TABLE(rows, width)                                                                        \
  {{across_##rows##_##width, along_##rows##_##width},                                             \
   {across_fetching_##rows##_##width, along_fetching_##rows##_##width}},
#define FINISHED(rows, width) {finished_##rows##_##width, finished_fetching_##rows##_##width},

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

// By the number of rows less one, by whether they fetch ahead, and by whether A's rows (1) or its
// inner dimension (0) lie side by side.
static tile_function *const tiles_16[][2][2] = {ALL(TABLE, 16)};
static tile_function *const tiles_8[][2][2] = {ALL(TABLE, 8)};
static finished_tile_function *const finished_16[][2] = {ALL(FINISHED, 16)};
static finished_tile_function *const finished_8[][2] = {ALL(FINISHED, 8)};

#ifdef WIDE_ROWS
#define WIDE(each) MEDIUM(each, 32) each(7, 32) each(8, 32)
WIDE(DEFINE)
static tile_function *const tiles_32[][2][2] = {WIDE(TABLE)};
static finished_tile_function *const finished_32[][2] = {WIDE(FINISHED)};
#else
#define WIDE_ROWS TILE_ROWS
#define tiles_32 tiles_16
#define finished_32 finished_16
#endif

#endif
