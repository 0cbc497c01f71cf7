#include "CProducts.h"

#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#pragma clang diagnostic ignored "-Wpsabi"

typedef float vector32 __attribute__((ext_vector_type(32), aligned(4)));
typedef float vector16 __attribute__((ext_vector_type(16), aligned(4)));
typedef float vector8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float vector4 __attribute__((ext_vector_type(4), aligned(4)));

typedef int bits32 __attribute__((ext_vector_type(32)));
typedef int bits16 __attribute__((ext_vector_type(16)));
typedef int bits8 __attribute__((ext_vector_type(8)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

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

// What a tile goes through of either matrix, one after the other, stays in the second-level cache.
enum { INNER_BLOCK = 512 };

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

INLINE long smaller(long a, long b) { return a < b ? a : b; }
INLINE long larger(long a, long b) { return a > b ? a : b; }

// Rows of A, 16 KB of them, that stay in the first-level cache while the panels of B stream past.
INLINE long row_block(long inner) {
  return larger(1, 4096 / larger(1, inner) / TILE_ROWS) * TILE_ROWS;
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
#define TILE(vector, suffix)                                                                     \
  INLINE void sum_##suffix(                                                                      \
      vector *sums, const int rows, long inner, const float *a, long a_row, long a_inner,        \
      const float *b, long b_row, const int fetches, long panel) {                               \
    _Pragma("clang loop unroll_count(2)") for (long k = 0; k < inner; k++) {                     \
      vector columns = columns_##suffix(b, panel);                                               \
      if (fetches && suffix <= 16) __builtin_prefetch(b + panel, 0, 1);                          \
      if (fetches && suffix == 32) {                                                             \
        __builtin_prefetch(b + 2 * panel, 0, 1);                                                 \
        __builtin_prefetch(b + 3 * panel, 0, 1);                                                 \
      }                                                                                          \
      UNROLL for (int i = 0; i < rows; i++) { sums[i] += a[i * a_row] * columns; }               \
      a += a_inner;                                                                              \
      b += b_row;                                                                                \
    }                                                                                            \
  }                                                                                              \
  INLINE void sum_fetching_##suffix(                                                             \
      vector *sums, const int rows, long inner, const float *a, long a_row, long a_inner,        \
      const float *b, long b_row, long panel, lai_streams streams, const int count, long stride) { \
    for (int i = 0; i < rows; i++) {                                                             \
      UNROLL for (int j = 0; j < count; j++) {                                                   \
        __builtin_prefetch(streams.start[j] + i * stride, 1, 2);                                 \
        if (suffix == 32) __builtin_prefetch(streams.start[j] + i * stride + 16, 1, 2);          \
      }                                                                                          \
      sum_##suffix(sums, rows, 2, a, a_row, a_inner, b, b_row, 1, panel);                         \
      a += 2 * a_inner;                                                                          \
      b += 2 * b_row;                                                                            \
    }                                                                                            \
    sum_##suffix(sums, rows, inner - 2 * rows, a, a_row, a_inner, b, b_row, 1, panel);            \
  }                                                                                              \
  INLINE void tile_##suffix(                                                                     \
      const int rows, const int fetches, long inner, const float *a, long a_row, long a_inner,   \
      const float *b, long b_row, long panel, const float *first, long first_stride, float *c,    \
      long stride) {                                                                             \
    vector sums[TILE_ROWS];                                                                      \
    UNROLL for (int i = 0; i < rows; i++) {                                                      \
      sums[i] = first ? *(const vector *)(first + i * first_stride) : (vector)(0.0f);            \
    }                                                                                            \
    if (fetches) {                                                                               \
      lai_streams streams = {{c}};                                                               \
      sum_fetching_##suffix(                                                                     \
          sums, rows, inner, a, a_row, a_inner, b, b_row, panel, streams, 1, stride);             \
    } else {                                                                                     \
      sum_##suffix(sums, rows, inner, a, a_row, a_inner, b, b_row, 0, panel);                        \
    }                                                                                            \
    UNROLL for (int i = 0; i < rows; i++) { *(vector *)(c + i * stride) = sums[i]; }             \
  }                                                                                              \
  INLINE void finish_##suffix(                                                                   \
      const vector *sums, const int rows, const lai_form form, const lai_finish *finish, long row, \
      long column, long stride) {                                                                \
    long place = row * stride + column;                                                          \
    float *main = finish->main + place;                                                          \
    if (form == LAI_TO_TANH || form == LAI_TO_RELU) {                                            \
      vector w = finish->other ? *(const vector *)(finish->output.w + column) : (vector)(0.0f);  \
      vector second = 0.0f;                                                                      \
      UNROLL for (int i = 0; i < rows; i++) {                                                    \
        vector value = form == LAI_TO_TANH ? tanh_row_##suffix(sums, &second, i, rows)           \
                                           : (vector)((bits##suffix)sums[i] & ~(sums[i] < 0.0f));\
        *(vector *)(main + i * stride) = value;                                                  \
        if (finish->other) {                                                                     \
          *(vector *)(finish->other + place + i * stride) =                                      \
              form == LAI_TO_TANH ? (1.0f - value * value) * w                                   \
                                  : (vector)((value > 0.0f) & (bits##suffix)w);                  \
        }                                                                                        \
      }                                                                                          \
      return;                                                                                    \
    }                                                                                            \
    const float *first = finish->first + place, *second = finish->second, *added = finish->added; \
    float *other = finish->other;                                                                \
    /* Row by row from where the last tile ended: a tile's height leaves no trace. */            \
    vector total = finish->sums ? *(const vector *)(finish->sums + column) : (vector)(0.0f);     \
    UNROLL for (int i = 0; i < rows; i++) {                                                      \
      vector factor = *(const vector *)(first + i * stride), a = factor;                         \
      if (form == LAI_TANH) factor = 1.0f - a * a;                                               \
      if (form == LAI_RELU) factor = (vector)((a > 0.0f) & (bits##suffix)(vector)(1.0f));         \
      vector value = factor * sums[i];                                                           \
      if (other) {                                                                               \
        vector product = *(const vector *)(second + place + i * stride) * sums[i];               \
        if (form == LAI_TANH) product *= -(a + a);                                               \
        vector *target = (vector *)(other + place + i * stride);                                 \
        *target = finish->accumulates ? *target + product : product;                             \
      }                                                                                          \
      if (added) value += *(const vector *)(added + place + i * stride);                         \
      *(vector *)(main + i * stride) = value;                                                    \
      total += value;                                                                            \
    }                                                                                            \
    if (finish->sums) *(vector *)(finish->sums + column) = total;                                \
  }                                                                                              \
  INLINE void finish_below_##suffix(                                                             \
      const vector *sums, const int rows, const lai_form form, const lai_finish *finish, long row, \
      long column, long stride) {                                                                \
    long place = row * stride + column;                                                          \
    const float *first = finish->first + place, *second = finish->second;                        \
    const float *values = finish->output.values + place, *u = finish->output.u + row;            \
    float *main = finish->main + place, *other = finish->other + place;                          \
    vector w = *(const vector *)(finish->output.w + column);                                     \
    vector total = *(const vector *)(finish->sums + column);                                     \
    vector weight_total = *(const vector *)(finish->output.sums + column);                       \
    UNROLL for (int i = 0; i < rows; i++) {                                                      \
      vector factor = *(const vector *)(first + i * stride), a = factor;                         \
      if (form == LAI_TANH) factor = 1.0f - a * a;                                               \
      if (form == LAI_RELU) factor = (vector)((a > 0.0f) & (bits##suffix)(vector)(1.0f));         \
      if (form == LAI_STORED) a = *(const vector *)(values + i * stride);                        \
      vector tangent = factor * sums[i], adjoint = factor * u[i];                                \
      if (form == LAI_TANH) adjoint -= (a + a) * tangent;                                        \
      if (form == LAI_STORED) adjoint += *(const vector *)(second + place + i * stride) * sums[i]; \
      adjoint *= w;                                                                              \
      *(vector *)(main + i * stride) = tangent;                                                  \
      *(vector *)(other + i * stride) = adjoint;                                                 \
      total += adjoint;                                                                          \
      weight_total += u[i] * a + tangent;                                                        \
    }                                                                                            \
    *(vector *)(finish->sums + column) = total;                                                  \
    *(vector *)(finish->output.sums + column) = weight_total;                                    \
  }                                                                                              \
  INLINE void finished_tile_##suffix(                                                            \
      const int rows, const int fetches, long inner, const float *a, long a_row, const float *b, \
      long b_row, long panel, const lai_finish *finish, long row, long column, long stride) {     \
    vector sums[TILE_ROWS];                                                                      \
    UNROLL for (int i = 0; i < rows; i++) {                                                      \
      sums[i] = finish->bias ? *(const vector *)(finish->bias + column) : (vector)(0.0f);        \
    }                                                                                            \
    if (fetches) {                                                                               \
      const float *first = finish->first ? finish->first : finish->main;                         \
      const float *third = finish->second ? finish->second                                       \
                           : finish->added ? finish->added                                       \
                           : finish->other ? finish->other                                       \
                                           : finish->main;                                       \
      long place = row * stride + column;                                                        \
      lai_streams streams = {{first + place, finish->main + place, third + place}};              \
      sum_fetching_##suffix(sums, rows, inner, a, a_row, 1, b, b_row, panel, streams, 3, stride); \
    } else {                                                                                     \
      sum_##suffix(sums, rows, inner, a, a_row, 1, b, b_row, 0, panel);                              \
    }                                                                                            \
    switch (finish->form) {                                                                      \
      case LAI_STORED:                                                                           \
        if (finish->output.u) {                                                                  \
          finish_below_##suffix(sums, rows, LAI_STORED, finish, row, column, stride);            \
        } else {                                                                                 \
          finish_##suffix(sums, rows, LAI_STORED, finish, row, column, stride);                  \
        }                                                                                        \
        break;                                                                                   \
      case LAI_TANH:                                                                             \
        if (finish->output.u) {                                                                  \
          finish_below_##suffix(sums, rows, LAI_TANH, finish, row, column, stride);              \
        } else {                                                                                 \
          finish_##suffix(sums, rows, LAI_TANH, finish, row, column, stride);                    \
        }                                                                                        \
        break;                                                                                   \
      case LAI_RELU:                                                                             \
        if (finish->output.u) {                                                                  \
          finish_below_##suffix(sums, rows, LAI_RELU, finish, row, column, stride);              \
        } else {                                                                                 \
          finish_##suffix(sums, rows, LAI_RELU, finish, row, column, stride);                    \
        }                                                                                        \
        break;                                                                                   \
      case LAI_TO_TANH:                                                                          \
        finish_##suffix(sums, rows, LAI_TO_TANH, finish, row, column, stride);                   \
        break;                                                                                   \
      case LAI_TO_RELU:                                                                          \
        finish_##suffix(sums, rows, LAI_TO_RELU, finish, row, column, stride);                   \
        break;                                                                                   \
    }                                                                                            \
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

#define DEFINE_EACH(rows, width, name, fetches)                                                  \
  static __attribute__((noinline)) void across##name##_##rows##_##width(                         \
      long inner, const float *a, long a_stride, const float *b, long b_row, long panel,          \
      const float *first, long first_stride, float *c, long stride) {                            \
    tile_##width(                                                                                \
        rows, fetches, inner, a, a_stride, 1, b, b_row, panel, first, first_stride, c, stride);   \
  }                                                                                              \
  static __attribute__((noinline)) void along##name##_##rows##_##width(                          \
      long inner, const float *a, long a_stride, const float *b, long b_row, long panel,          \
      const float *first, long first_stride, float *c, long stride) {                            \
    tile_##width(                                                                                \
        rows, fetches, inner, a, 1, a_stride, b, b_row, panel, first, first_stride, c, stride);   \
  }                                                                                              \
  static __attribute__((noinline)) void finished##name##_##rows##_##width(                       \
      long inner, const float *a, long a_row, const float *b, long b_row, long panel,             \
      const lai_finish *finish, long row, long column, long stride) {                            \
    finished_tile_##width(                                                                       \
        rows, fetches, inner, a, a_row, b, b_row, panel, finish, row, column, stride);            \
  }
#define DEFINE(rows, width) \
  DEFINE_EACH(rows, width, , 0) \
  DEFINE_EACH(rows, width, _fetching, 1)
#define TABLE(rows, width)                                     \
  {{across_##rows##_##width, along_##rows##_##width},          \
   {across_fetching_##rows##_##width, along_fetching_##rows##_##width}},
#define FINISHED(rows, width) {finished_##rows##_##width, finished_fetching_##rows##_##width},

#define SMALL(each, width) each(1, width) each(2, width) each(3, width)
#define MEDIUM(each, width) SMALL(each, width) each(4, width) each(5, width) each(6, width)
#define LARGE(each, width)                                                                \
  MEDIUM(each, width) each(7, width) each(8, width) each(9, width) each(10, width)        \
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

// A row of 1 to 15 numbers, by two vectors that may overlap.
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

// A tile of fewer than 8 or 16 columns, by way of a whole one.
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
  // Even heights: a last tile of one row would wait for its own sums.
  long most = columns > 16 ? WIDE_ROWS : TILE_ROWS;
  long count = (rows + most - 1) / most;
  long height = rows / count;
  long higher = rows - height * count;
  long i = 0;
  for (long index = 0; index < count; index++) {
    long part = height + (index < higher);
    tile_function *tile = tiles[part - 1][inner >= FETCHING][is_along];
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

// C's transpose, 16 of its columns at a time, for a C of fewer columns than a vector has numbers.
static void turned_panel(
    long rows, long columns, long inner, lai_left a, lai_right b, const float *first,
    long first_stride, float *c, long stride) {
  for (long i = 0; i < rows; i += 16) {
    long width = smaller(16, rows - i);
    float turned[15 * 16];
    if (first) lai_transpose(width, columns, first + i * first_stride, first_stride, turned, 16);
    for (long j = 0; j < columns; j += TILE_ROWS) {
      tile_function *tile = tiles_16[smaller(TILE_ROWS, columns - j) - 1][inner >= FETCHING][1];
      float *part = turned + j * 16;
      tile(
          inner, b.start + j, b.row, a.start + i, a.inner, 16, first ? part : NULL, 16, part, 16);
    }
    lai_transpose(columns, width, turned, 16, c + i * stride, stride);
  }
}

static void product(
    int is_wide, long rows, long columns, long inner, lai_left a, lai_right b, const float *first,
    long first_stride, float *c, long stride) {
  int is_turned = columns < 16 && a.row == 1 && a.inner >= (rows + 15) / 16 * 16;
  long k = 0;
  do {
    long depth = smaller(INNER_BLOCK, inner - k);
    long block = row_block(depth);
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
    // The next block goes on where this one ended.
    first = c;
    first_stride = stride;
  } while (k < inner);
}

// Whether wide tiles are the faster; UNKNOWN before the first product.
enum { UNKNOWN = 2 };
static atomic_int has_wide_tiles = TILE_ROWS == WIDE_ROWS ? 0 : UNKNOWN;

// Nanoseconds of a product that stays in the first-level cache.
static long nanoseconds(int is_wide, const float *a, const float *b, float *c) {
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  product(
      is_wide, 64, 64, 64, (lai_left){a, 64, 1}, (lai_right){b, 16, 16 * 64}, NULL, 0, c, 64);
  clock_gettime(CLOCK_MONOTONIC, &end);
  return (end.tv_sec - start.tv_sec) * 1000000000 + end.tv_nsec - start.tv_nsec;
}

// Some 100 µs, by turns. A tie goes to the others, which leave less to do at a product's edges.
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

void lai_finished_product(
    long rows, long columns, long inner, lai_left a, lai_right b, lai_finish finish, long stride) {
  int is_wide = lai_has_wide_tiles();
  long most = row_block(inner);
  for (long block = 0; block < rows; block += most) {
    long block_rows = smaller(most, rows - block);
    for (long j = 0, width; j < columns; j += width) {
      width = is_wide && columns - j >= 32 ? 32 : smaller(16, columns - j);
      long highest = width == 32 ? WIDE_ROWS : TILE_ROWS;
      long count = (block_rows + highest - 1) / highest;
      long height = block_rows / count;
      long higher = block_rows - height * count;
      finished_tile_function *const(*tiles)[2] =
          width == 32 ? finished_32 : width > 8 ? finished_16 : finished_8;
      const float *columns_of_b = b.start + j / 16 * b.panel;
      long i = block;
      for (long index = 0; index < count; index++) {
        long part = height + (index < higher);
        tiles[part - 1][inner >= FETCHING](
            inner, a.start + i * a.row, a.row, columns_of_b, b.row, b.panel, &finish, i, j, stride);
        i += part;
      }
    }
  }
}

#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

// The halves, quarters, … of vectors added, those of two in one: sums of 16, 8, 4, 2 numbers.
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

// Up to 16 rows at once; rows that are not there are the last one again.
INLINE vector16 row_products(
    long rows, long columns, const float *x, long stride, const float *w, const int is_whole) {
  // Where a row's sum starts for it to come out at the row's place.
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

INLINE void transpose_8(
    const float *source, long source_stride, float *target, long target_stride) {
  vector8 r[8], s[8];
  UNROLL for (int i = 0; i < 8; i++) r[i] = *(const vector8 *)(source + i * source_stride);
  // Pairs, quadruples, halves: each step doubles what comes from one column.
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
