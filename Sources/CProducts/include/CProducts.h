#ifndef LAI_CPRODUCTS_H
#define LAI_CPRODUCTS_H

#include "VectorTanh.h"

// Matrix products of a training step in single precision, and the transposes they need. Written
// with the compiler's vector types: what registers there are decides the size of a tile and
// nothing else, and each sum runs over the inner dimension in its order, so that a result does not
// depend on the sizes of the other dimensions.

/// A matrix whose element (i, k) lies at start[i * row + k * inner]; one of the two is 1.
typedef struct {
  const float *start;
  long row;
  long inner;
} lai_left;

/// A matrix of rows cut into panels of 16 columns: element (k, j) lies at
/// start[j / 16 * panel + k * row + j % 16]. A plain matrix has panels 16 apart.
///
/// Behind the last column, a row can be read up to a whole multiple of 8 columns.
typedef struct {
  const float *start;
  long row;
  long panel;
} lai_right;

/// C ← A·B + first; C has rows of `stride`, of which only `columns` are written.
///
/// `first` is added in rows `first_stride` apart: 0 for one row that all take, such as a bias. It
/// may be C itself, with its stride, or NULL for nothing. It can be read as far as B.
void lai_product(
    long rows, long columns, long inner, lai_left a, lai_right b, const float *first,
    long first_stride, float *c, long stride);

/// What a product's sums S become.
typedef enum {
  /// `first` and `second` hold factors.
  LAI_STORED = 0,
  /// `first` holds a = tanh z and `second` p: the factors are 1 - a² and -2ap.
  LAI_TANH = 1,
  /// `first` holds a = max(0, z): the factor is 1 where a > 0.
  LAI_RELU = 2,
  /// main ← tanh S and, where there is an other, other ← (1 - main²)·w
  LAI_TO_TANH = 3,
  /// main ← max(0, S) and, where there is an other, other ← w where main > 0, else 0
  LAI_TO_RELU = 4,
} lai_form;

/// One output above a layer: w are its weights, one a column.
typedef struct {
  const float *w;
  /// The loss's derivative by it, one a row; NULL where the product is not the layer's tangents
  const float *u;
  /// The layer's activations, which lie as C would
  const float *values;
  /// To which Σ u·values + tangents is added, column by column
  float *sums;
} lai_output;

/// What becomes of a product S: an activation's value, or main ← first ∘ S (+ added) and, where
/// there is an other, other ← second ∘ S (+ other). All lie as C would; `other` may be where `second` is.
///
/// With u of an output above, other ← (first·u + second ∘ S)·w, and `sums` are those of that.
typedef struct {
  lai_form form;
  /// One row that is added to all of S; NULL for nothing
  const float *bias;
  const float *first;
  /// NULL for nothing
  const float *added;
  float *main;
  const float *second;
  /// NULL for none
  float *other;
  int accumulates;
  /// To which the sums of main's columns are added, as wide as a row; NULL for none
  float *sums;
  lai_output output;
} lai_finish;

/// S = A·B (+ bias), finished; the columns are a multiple of 8, and A's inner stride is 1.
void lai_finished_product(
    long rows, long columns, long inner, lai_left a, lai_right b, lai_finish finish, long stride);

/// Whether products take wide tiles, which do with fewer loads: always on AVX2, on AVX-512 as measured
/// at the first product. The bits of all results are the same with either kind.
int lai_has_wide_tiles(void);

/// Settles it without measuring, where there are both kinds.
void lai_set_wide_tiles(int is_wide);

/// y[i] ← Σ x[i * stride + j] w[j] + b, each row's sum taken in the same order; columns: a multiple
/// of 16.
void lai_row_products(
    long rows, long columns, const float *x, long stride, const float *w, float b, float *y);

/// Rows of `row` bytes, `source_stride` bytes apart, to another place, where they are `stride` apart.
///
/// - indices: which rows of the source; NULL for all in their order.
void lai_copy_rows(
    const char *source, long source_stride, long row, const long *indices, long rows,
    char *target, long stride);

/// target[j * target_stride + i] ← source[i * source_stride + j] for all i < rows, j < columns.
void lai_transpose(
    long rows, long columns, const float *source, long source_stride, float *target,
    long target_stride);

/// Lets this thread take denormal numbers for 0 and returns its former mode, which
/// `lai_set_float_mode` restores.
unsigned long lai_flush_denormals(void);
void lai_set_float_mode(unsigned long mode);

#endif
