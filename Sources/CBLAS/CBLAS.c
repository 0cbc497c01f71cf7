#include "CBLAS.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Exported by OpenBLAS builds with DYNAMIC_ARCH; weak, so that other builds link too.
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

// OpenBLAS starts threads while it is loaded and ends the process if it gets none. It asks this
// function of its own for their number, and the linker prefers ours; other builds ignore it.
int openblas_num_threads_env(void);
int openblas_num_threads_env(void) { return 1; }

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void prepare(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (has_avx512 && gotoblas_dynamic_init && gotoblas_dynamic_quit &&
      !getenv("OPENBLAS_CORETYPE") && strcmp(openblas_get_corename(), "SkylakeX") != 0 &&
      strcmp(openblas_get_corename(), "Cooperlake") != 0 &&
      strcmp(openblas_get_corename(), "SapphireRapids") != 0) {
    setenv("OPENBLAS_CORETYPE", "SKYLAKEX", 1);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    unsetenv("OPENBLAS_CORETYPE");
  }
#endif
  openblas_set_num_threads(1);
}

void lai_blas_prepare(void) { pthread_once(&once, prepare); }

static bool has_one_buffer;
static pthread_mutex_t buffer = PTHREAD_MUTEX_INITIALIZER;

void lai_blas_enter(void) {
  if (has_one_buffer) pthread_mutex_lock(&buffer);
}

void lai_blas_leave(void) {
  if (has_one_buffer) pthread_mutex_unlock(&buffer);
}

void lai_blas_use_one_buffer(void) {
  lai_blas_prepare();
  has_one_buffer = true;
  lai_blas_enter();
  double one = 1, product = 0;
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, 1, &one, 1, &one, 1, 0, &product,
              1);
  lai_blas_leave();
}

const char *lai_blas_kernels(void) {
  lai_blas_prepare();
  return openblas_get_corename();
}
