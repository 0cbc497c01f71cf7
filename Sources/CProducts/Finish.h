#ifndef LAI_FINISH_H
#define LAI_FINISH_H

// What becomes of a product's sums.

#include "Tiles.h"

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

// Rows of sums, one behind the other, and where the first of them belongs.
#define FINISH(vector, suffix)                                                                    \
  /* What sums are multiplied by, of what `first` holds. */                                       \
  INLINE vector factor_##suffix(vector a, const lai_form form) {                                  \
    if (form == LAI_TANH) return 1.0f - a * a;                                                    \
    return form == LAI_RELU ? (vector)((a > 0.0f) & (bits##suffix)(vector)(1.0f)) : a;            \
  }                                                                                               \
  INLINE void finish_##suffix(                                                                    \
      const vector *sums, const int rows, const lai_form form, const lai_finish *finish, long row,\
      long column, long stride) {                                                                 \
    long place = row * stride + column;                                                           \
    float *main = finish->main + place;                                                           \
    if (form == LAI_TO_TANH || form == LAI_TO_RELU) {                                             \
      vector w = finish->other ? *(const vector *)(finish->output.w + column) : (vector)(0.0f);   \
      vector second = 0.0f;                                                                       \
      ROW_BY_ROW for (int i = 0; i < rows; i++) {                                                 \
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
    ROW_BY_ROW for (int i = 0; i < rows; i++) {                                                   \
      vector a = *(const vector *)(first + i * stride), factor = factor_##suffix(a, form);        \
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
    ROW_BY_ROW for (int i = 0; i < rows; i++) {                                                   \
      vector a = *(const vector *)(first + i * stride), factor = factor_##suffix(a, form);        \
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
  INLINE void finish_as_##suffix(                                                                 \
      const vector *sums, const int rows, const lai_form form, const lai_finish *finish, long row,\
      long column, long stride) {                                                                 \
    if (form != LAI_TO_TANH && form != LAI_TO_RELU && finish->output.u) {                         \
      finish_below_##suffix(sums, rows, form, finish, row, column, stride);                       \
    } else {                                                                                      \
      finish_##suffix(sums, rows, form, finish, row, column, stride);                             \
    }                                                                                             \
  }                                                                                               \
  INLINE void finish_sums_##suffix(                                                               \
      const vector *sums, const int rows, const lai_finish *finish, long row, long column,        \
      long stride) {                                                                              \
    switch (finish->form) {                                                                       \
      case LAI_STORED:                                                                            \
        finish_as_##suffix(sums, rows, LAI_STORED, finish, row, column, stride);                  \
        break;                                                                                    \
      case LAI_TANH:                                                                              \
        finish_as_##suffix(sums, rows, LAI_TANH, finish, row, column, stride);                    \
        break;                                                                                    \
      case LAI_RELU:                                                                              \
        finish_as_##suffix(sums, rows, LAI_RELU, finish, row, column, stride);                    \
        break;                                                                                    \
      case LAI_TO_TANH:                                                                           \
        finish_as_##suffix(sums, rows, LAI_TO_TANH, finish, row, column, stride);                 \
        break;                                                                                    \
      case LAI_TO_RELU:                                                                           \
        finish_as_##suffix(sums, rows, LAI_TO_RELU, finish, row, column, stride);                 \
        break;                                                                                    \
    }                                                                                             \
  }

FINISH(vector16, 16)
FINISH(vector8, 8)
#ifdef HAS_WIDE_TILES
FINISH(vector32, 32)
#endif

#if FINISHES_IN_REGISTERS

// What sums end with, from where the first of them belongs.
INLINE lai_streams ends(const lai_finish *finish, long place) {
  const float *first = finish->first ? finish->first : finish->main;
  const float *third = finish->second  ? finish->second
                       : finish->added ? finish->added
                       : finish->other ? finish->other
                                       : finish->main;
  return (lai_streams){{first + place, finish->main + place, third + place}};
}

typedef void finished_tile_function(
    long inner, const float *a, long a_row, const float *b, long b_row, long panel,
    const lai_finish *finish, long row, long column, long stride);

#define FINISHED_TILE(vector, suffix)                                                             \
  INLINE void finished_tile_##suffix(                                                             \
      const int rows, const int fetches, long inner, const float *a, long a_row, const float *b,  \
      long b_row, long panel, const lai_finish *finish, long row, long column, long stride) {     \
    vector sums[TILE_ROWS];                                                                       \
    UNROLL for (int i = 0; i < rows; i++) {                                                       \
      sums[i] = finish->bias ? *(const vector *)(finish->bias + column) : (vector)(0.0f);         \
    }                                                                                             \
    if (fetches) {                                                                                \
      lai_streams streams = ends(finish, row * stride + column);                                  \
      sum_fetching_##suffix(                                                                      \
          sums, rows, inner, a, a_row, 1, b, b_row, panel, streams, 3, stride);                   \
    } else {                                                                                      \
      sum_##suffix(sums, rows, inner, a, a_row, 1, b, b_row, NOTHING, panel);                     \
    }                                                                                             \
    finish_sums_##suffix(sums, rows, finish, row, column, stride);                                \
  }

FINISHED_TILE(vector16, 16)
FINISHED_TILE(vector8, 8)
FINISHED_TILE(vector32, 32)

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

// By the number of rows less one, and by whether they fetch ahead.
static finished_tile_function *const finished_16[][2] = {ALL(FINISHED, 16)};
static finished_tile_function *const finished_8[][2] = {ALL(FINISHED, 8)};
static finished_tile_function *const finished_32[][2] = {WIDE(FINISHED)};

#endif
#endif
