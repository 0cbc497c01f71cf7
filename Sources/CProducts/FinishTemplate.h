// What is computed from a product's sums, for one width of vectors: included once for each `WIDTH`.
//
// `sums` are rows of sums, one behind the other; `row` and `column` are the place of the first.

// The factor of the sums, from what `first` holds.
INLINE VECTOR SIZED(factor)(VECTOR a, const lai_form form) {
  if (form == LAI_TANH) return 1.0f - a * a;
  return form == LAI_RELU ? (VECTOR)((a > 0.0f) & (BITS)(VECTOR)(1.0f)) : a;
}

// Activations of the sums and, below a single output, their slopes times its weights.
INLINE void SIZED(finish_forward)(
    const VECTOR *sums, const int rows, const lai_form form, const lai_finish *finish, long row,
    long column, long stride) {
  long place = row * stride + column;
  float *main = finish->main + place;
  VECTOR w = finish->other ? *(const VECTOR *)(finish->output.w + column) : (VECTOR)(0.0f);
  VECTOR second = 0.0f;
  ROW_BY_ROW for (int i = 0; i < rows; i++) {
    VECTOR value = form == LAI_TO_TANH ? SIZED(tanh_row)(sums, &second, i, rows)
                                       : (VECTOR)((BITS)sums[i] & ~(sums[i] < 0.0f));
    *(VECTOR *)(main + i * stride) = value;
    if (finish->other) {
      *(VECTOR *)(finish->other + place + i * stride) =
          form == LAI_TO_TANH ? (1.0f - value * value) * w
                              : (VECTOR)((value > 0.0f) & (BITS)w);
    }
  }
}

// Sums times a factor, and what is added to them.
INLINE void SIZED(finish_backward)(
    const VECTOR *sums, const int rows, const lai_form form, const lai_finish *finish, long row,
    long column, long stride) {
  long place = row * stride + column;
  float *main = finish->main + place;
  const float *first = finish->first + place, *second = finish->second, *added = finish->added;
  float *other = finish->other;
  // Row by row, starting from the sums of the last tile: the bits do not depend on a tile's height.
  VECTOR total = finish->sums ? *(const VECTOR *)(finish->sums + column) : (VECTOR)(0.0f);
  ROW_BY_ROW for (int i = 0; i < rows; i++) {
    VECTOR a = *(const VECTOR *)(first + i * stride), factor = SIZED(factor)(a, form);
    VECTOR value = factor * sums[i];
    if (other) {
      VECTOR product = *(const VECTOR *)(second + place + i * stride) * sums[i];
      if (form == LAI_TANH) product *= -(a + a);
      VECTOR *target = (VECTOR *)(other + place + i * stride);
      *target = finish->accumulates ? *target + product : product;
    }
    if (added) value += *(const VECTOR *)(added + place + i * stride);
    *(VECTOR *)(main + i * stride) = value;
    total += value;
  }
  if (finish->sums) *(VECTOR *)(finish->sums + column) = total;
}

// Tangents and adjoints below a single output.
INLINE void SIZED(finish_below)(
    const VECTOR *sums, const int rows, const lai_form form, const lai_finish *finish, long row,
    long column, long stride) {
  long place = row * stride + column;
  const float *first = finish->first + place, *second = finish->second;
  const float *values = finish->output.values + place, *u = finish->output.u + row;
  float *main = finish->main + place, *other = finish->other + place;
  VECTOR w = *(const VECTOR *)(finish->output.w + column);
  VECTOR total = *(const VECTOR *)(finish->sums + column);
  VECTOR weight_total = *(const VECTOR *)(finish->output.sums + column);
  ROW_BY_ROW for (int i = 0; i < rows; i++) {
    VECTOR a = *(const VECTOR *)(first + i * stride), factor = SIZED(factor)(a, form);
    if (form == LAI_STORED) a = *(const VECTOR *)(values + i * stride);
    VECTOR tangent = factor * sums[i], adjoint = factor * u[i];
    if (form == LAI_TANH) adjoint -= (a + a) * tangent;
    if (form == LAI_STORED) adjoint += *(const VECTOR *)(second + place + i * stride) * sums[i];
    adjoint *= w;
    *(VECTOR *)(main + i * stride) = tangent;
    *(VECTOR *)(other + i * stride) = adjoint;
    total += adjoint;
    weight_total += u[i] * a + tangent;
  }
  *(VECTOR *)(finish->sums + column) = total;
  *(VECTOR *)(finish->output.sums + column) = weight_total;
}

// Each case is compiled for its form alone.
INLINE void SIZED(finish_sums)(
    const VECTOR *sums, const int rows, const lai_finish *finish, long row, long column,
    long stride) {
#define BACKWARD(form)                                                                            \
  if (finish->output.u) {                                                                         \
    SIZED(finish_below)(sums, rows, form, finish, row, column, stride);                           \
  } else {                                                                                        \
    SIZED(finish_backward)(sums, rows, form, finish, row, column, stride);                        \
  }                                                                                               \
  break
  switch (finish->form) {
    case LAI_STORED: BACKWARD(LAI_STORED);
    case LAI_TANH: BACKWARD(LAI_TANH);
    case LAI_RELU: BACKWARD(LAI_RELU);
    case LAI_TO_TANH:
      SIZED(finish_forward)(sums, rows, LAI_TO_TANH, finish, row, column, stride);
      break;
    case LAI_TO_RELU:
      SIZED(finish_forward)(sums, rows, LAI_TO_RELU, finish, row, column, stride);
      break;
  }
#undef BACKWARD
}

#if FINISHES_IN_REGISTERS

INLINE void SIZED(finished_tile)(
    const int rows, const int fetches, long inner, const float *a, long a_row, const float *b,
    long b_row, long panel, const lai_finish *finish, long row, long column, long stride) {
  VECTOR sums[TILE_ROWS];
  UNROLL for (int i = 0; i < rows; i++) {
    sums[i] = finish->bias ? *(const VECTOR *)(finish->bias + column) : (VECTOR)(0.0f);
  }
  if (fetches) {
    lai_streams streams = ends(finish, row * stride + column);
    SIZED(sum_fetching)(sums, rows, inner, a, a_row, 1, b, b_row, panel, streams, 3, stride);
  } else {
    SIZED(sum)(sums, rows, inner, a, a_row, 1, b, b_row, NOTHING, panel);
  }
  SIZED(finish_sums)(sums, rows, finish, row, column, stride);
}

#else

// A run of tiles, summed into `sums`.
static __attribute__((noinline)) void SIZED(finish_run)(
    const float *sums, long rows, const lai_finish *finish, long row, long column, long stride) {
  SIZED(finish_sums)((const VECTOR *)sums, (int)rows, finish, row, column, stride);
}

#endif

#undef WIDTH
