#ifndef LAI_CBLAS_H
#define LAI_CBLAS_H

#include <cblas.h>

#include "CLAPACK.h"
#include "CVector.h"
#include "Processor.h"

/// Chooses OpenBLAS's kernels for this processor and turns its threads off.
/// Idempotent and thread-safe; call it once before the first product.
///
/// OpenBLAS chooses its kernels while it is loaded. Debian's 0.3.21 takes newer AVX-512 processors
/// for a Haswell or a Zen, which halves the speed.
void lai_blas_prepare(void);

/// From now on one thread at a time is in OpenBLAS, with a buffer that this call allocates.
void lai_blas_use_one_buffer(void);

/// To be called around each call of OpenBLAS.
void lai_blas_enter(void);
void lai_blas_leave(void);

/// The name of the kernels in use, e.g. "SkylakeX".
const char *lai_blas_kernels(void);

#endif
