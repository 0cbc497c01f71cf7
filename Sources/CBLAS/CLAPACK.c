#include "CLAPACK.h"

#include "CBLAS.h"

#include <cblas.h>
#include <stddef.h>

_Static_assert(sizeof(blasint) == sizeof(int), "LAPACK is called with 32-bit integers");

static inline int at_least_1(int n) { return n > 1 ? n : 1; }
static inline int larger(int m, int n) { return m > n ? m : n; }
static inline int smaller(int m, int n) { return m < n ? m : n; }

// Fortran takes the lengths of strings after all other arguments.
#define LAI_DEFINE(p, real)                                                                        \
  extern void p##getrf_(const int *, const int *, real *, const int *, int *, int *);              \
  extern void p##getrs_(const char *, const int *, const int *, const real *, const int *,         \
                        const int *, real *, const int *, int *, size_t);                          \
  extern void p##getri_(const int *, real *, const int *, const int *, real *, const int *, int *); \
  extern void p##potrf_(const char *, const int *, real *, const int *, int *, size_t);            \
  extern void p##trtrs_(const char *, const char *, const char *, const int *, const int *,        \
                        const real *, const int *, real *, const int *, int *, size_t, size_t,     \
                        size_t);                                                                   \
  extern void p##gelqf_(const int *, const int *, real *, const int *, real *, real *,             \
                        const int *, int *);                                                       \
  extern void p##orglq_(const int *, const int *, const int *, real *, const int *, const real *,  \
                        real *, const int *, int *);                                               \
  extern void p##gesdd_(const char *, const int *, const int *, real *, const int *, real *,       \
                        real *, const int *, real *, const int *, real *, const int *, int *,      \
                        int *, size_t);                                                            \
  extern void p##syevd_(const char *, const char *, const int *, real *, const int *, real *,      \
                        real *, const int *, int *, const int *, int *, size_t, size_t);           \
  extern void p##gelsd_(const int *, const int *, const int *, real *, const int *, real *,        \
                        const int *, real *, const real *, int *, real *, const int *, int *,      \
                        int *);                                                                    \
                                                                                                   \
  int lai_##p##getrf(int n, real *a, int *pivots) {                                                \
    int info = 0, lda = at_least_1(n);                                                             \
    lai_blas_enter();                                                                              \
    p##getrf_(&n, &n, a, &lda, pivots, &info);                                                     \
    lai_blas_leave();                                                                              \
    return info;                                                                                   \
  }                                                                                                \
  int lai_##p##getrs(char trans, int n, int nrhs, const real *lu, const int *pivots, real *b) {    \
    int info = 0, lda = at_least_1(n);                                                             \
    lai_blas_enter();                                                                              \
    p##getrs_(&trans, &n, &nrhs, lu, &lda, pivots, b, &lda, &info, 1);                             \
    lai_blas_leave();                                                                              \
    return info;                                                                                   \
  }                                                                                                \
  int lai_##p##getri(int n, real *lu, const int *pivots, real *work, int lwork) {                  \
    int info = 0, lda = at_least_1(n);                                                             \
    lai_blas_enter();                                                                              \
    p##getri_(&n, lu, &lda, pivots, work, &lwork, &info);                                          \
    lai_blas_leave();                                                                              \
    return info;                                                                                   \
  }                                                                                                \
  int lai_##p##potrf(char uplo, int n, real *a) {                                                  \
    int info = 0, lda = at_least_1(n);                                                             \
    lai_blas_enter();                                                                              \
    p##potrf_(&uplo, &n, a, &lda, &info, 1);                                                       \
    lai_blas_leave();                                                                              \
    return info;                                                                                   \
  }                                                                                                \
  int lai_##p##trtrs(char uplo, char trans, char diag, int n, int nrhs, const real *a, real *b) {  \
    int info = 0, lda = at_least_1(n);                                                             \
    lai_blas_enter();                                                                              \
    p##trtrs_(&uplo, &trans, &diag, &n, &nrhs, a, &lda, b, &lda, &info, 1, 1, 1);                  \
    lai_blas_leave();                                                                              \
    return info;                                                                                   \
  }                                                                                                \
  int lai_##p##gelqf(int m, int n, real *a, real *tau, real *work, int lwork) {                    \
    int info = 0, lda = at_least_1(m);                                                             \
    lai_blas_enter();                                                                              \
    p##gelqf_(&m, &n, a, &lda, tau, work, &lwork, &info);                                          \
    lai_blas_leave();                                                                              \
    return info;                                                                                   \
  }                                                                                                \
  int lai_##p##orglq(int m, int n, int k, real *a, int lda, const real *tau, real *work,           \
                     int lwork) {                                                                  \
    int info = 0;                                                                                  \
    lai_blas_enter();                                                                              \
    p##orglq_(&m, &n, &k, a, &lda, tau, work, &lwork, &info);                                      \
    lai_blas_leave();                                                                              \
    return info;                                                                                   \
  }                                                                                                \
  int lai_##p##gesdd(char jobz, int m, int n, real *a, real *s, real *u, real *vt, real *work,     \
                     int lwork, int *iwork) {                                                      \
    int info = 0, lda = at_least_1(m), ldvt = at_least_1(smaller(m, n));                           \
    lai_blas_enter();                                                                              \
    p##gesdd_(&jobz, &m, &n, a, &lda, s, u, &lda, vt, &ldvt, work, &lwork, iwork, &info, 1);       \
    lai_blas_leave();                                                                              \
    return info;                                                                                   \
  }                                                                                                \
  int lai_##p##syevd(char jobz, char uplo, int n, real *a, real *w, real *work, int lwork,         \
                     int *iwork, int liwork) {                                                     \
    int info = 0, lda = at_least_1(n);                                                             \
    lai_blas_enter();                                                                              \
    p##syevd_(&jobz, &uplo, &n, a, &lda, w, work, &lwork, iwork, &liwork, &info, 1, 1);            \
    lai_blas_leave();                                                                              \
    return info;                                                                                   \
  }                                                                                                \
  int lai_##p##gelsd(int m, int n, int nrhs, real *a, real *b, real *s, real rcond, int *rank,     \
                     real *work, int lwork, int *iwork) {                                          \
    int info = 0, lda = at_least_1(m), ldb = at_least_1(larger(m, n));                             \
    lai_blas_enter();                                                                              \
    p##gelsd_(&m, &n, &nrhs, a, &lda, b, &ldb, s, &rcond, rank, work, &lwork, iwork, &info);       \
    lai_blas_leave();                                                                              \
    return info;                                                                                   \
  }

LAI_DEFINE(s, float)
LAI_DEFINE(d, double)
