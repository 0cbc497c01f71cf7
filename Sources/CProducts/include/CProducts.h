#ifndef LAI_CPRODUCTS_H
#define LAI_CPRODUCTS_H

#include "VectorTanh.h"

// Matrix products of a training step in single precision, and the transposes they need, written
// with the compiler's vector types. The processor's registers decide the size of a tile and nothing
// else: each sum runs over the inner dimension in order, so that a result does not depend on the
// sizes of the other dimensions.

/// A matrix whose element (i, k) lies at start[i * row + k * inner]; one of the two is 1.
typedef struct {
  const float *start;
  long row;
  long inner;
} lai_left;

/// A matrix of rows cut into panels of 16 columns: element (k, j) lies at
/// start[j / 16 * panel + k * row + j % 16]. A plain matrix has panels 16 apart.
///
/// Behind its last column, a row must be readable up to a multiple of 8 columns.
typedef struct {
  const float *start;
  long row;
  long panel;
} lai_right;

/// C ← A·B + first; C has rows of `stride`, of which only `columns` are written.
///
/// `first` is added, in rows that are `first_stride` apart: 0 for one row that is added to all,
/// such as a bias. It may be C itself, with C's stride, or NULL. It must be readable as far as B.
void lai_product(
    long rows, long columns, long inner, lai_left a, lai_right b, const float *first,
    long first_stride, float *c, long stride);

/// What is computed from a product's sums S.
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

/// A single output above a layer: w are its weights, one per column.
typedef struct {
  const float *w;
  /// The loss's derivative by the output, one per row; NULL unless the product is the layer's
  /// tangents
  const float *u;
  /// The layer's activations, in the layout of C
  const float *values;
  /// Σ u·values + tangents is added to these, column by column
  float *sums;
} lai_output;

/// What is computed from a product S: an activation's value, or main ← first ∘ S (+ added) and,
/// unless `other` is NULL, other ← second ∘ S (+ other). All have the layout of C; `other` may be
/// the memory of `second`.
///
/// With u of an output above, other ← (first·u + second ∘ S)·w, and `sums` are the sums of its
/// columns.
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
  /// The sums of main's columns are added to these; as wide as a row, NULL for none
  float *sums;
  lai_output output;
} lai_finish;

/// Computes S = A·B (+ bias) and what follows from it. The columns must be a multiple of 8, and A's
/// inner stride 1.
void lai_finished_product(
    long rows, long columns, long inner, lai_left a, lai_right b, lai_finish finish, long stride);

/// Whether products use wide tiles, which need fewer loads: always on AVX2, on AVX-512 as measured
/// before the first product. The bits of all results are the same with both kinds.
int lai_has_wide_tiles(void);

/// Chooses the kind without measuring, where there are both.
void lai_set_wide_tiles(int is_wide);

/// y[i] ← Σ x[i * stride + j] w[j] + b, with the same order of the sum for each row. The columns
/// must be a multiple of 16.
void lai_row_products(
    long rows, long columns, const float *x, long stride, const float *w, float b, float *y);

/// Copies rows of `row` bytes that are `source_stride` bytes apart to a place where they are
/// `stride` bytes apart.
///
/// - indices: which rows of the source; NULL for all of them in order.
void lai_copy_rows(
    const char *source, long source_stride, long row, const long *indices, long rows,
    char *target, long stride);

/// target[j * target_stride + i] ← source[i * source_stride + j] for all i < rows, j < columns.
void lai_transpose(
    long rows, long columns, const float *source, long source_stride, float *target,
    long target_stride);

/// Makes this thread take subnormal numbers for 0. Returns its former mode, which
/// `lai_set_float_mode` restores.
unsigned long lai_flush_denormals(void);
void lai_set_float_mode(unsigned long mode);

#endif
