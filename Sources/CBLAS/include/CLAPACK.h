#ifndef LAI_CLAPACK_H
#define LAI_CLAPACK_H

// LAPACK's Fortran routines, which are part of OpenBLAS, with numbers passed by value and `info`
// returned. Matrices are column major without gaps. Kernels/LAPACK.swift says what each one does.

#define LAI_LAPACK_FUNCTIONS(p, real)                                                            \
  int lai_##p##getrf(int n, real *a, int *pivots);                                               \
  int lai_##p##getrs(char trans, int n, int nrhs, const real *lu, const int *pivots, real *b);   \
  int lai_##p##getri(int n, real *lu, const int *pivots, real *work, int lwork);                 \
  int lai_##p##potrf(char uplo, int n, real *a);                                                 \
  int lai_##p##trtrs(char uplo, char trans, char diag, int n, int nrhs, const real *a, real *b); \
  int lai_##p##gelqf(int m, int n, real *a, real *tau, real *work, int lwork);                   \
  int lai_##p##orglq(int m, int n, int k, real *a, int lda, const real *tau, real *work,         \
                     int lwork);                                                                 \
  int lai_##p##gesdd(char jobz, int m, int n, real *a, real *s, real *u, real *vt, real *work,   \
                     int lwork, int *iwork);                                                     \
  int lai_##p##syevd(char jobz, char uplo, int n, real *a, real *w, real *work, int lwork,       \
                     int *iwork, int liwork);                                                    \
  int lai_##p##gelsd(int m, int n, int nrhs, real *a, real *b, real *s, real rcond, int *rank,   \
                     real *work, int lwork, int *iwork);

LAI_LAPACK_FUNCTIONS(s, float)
LAI_LAPACK_FUNCTIONS(d, double)

#endif
