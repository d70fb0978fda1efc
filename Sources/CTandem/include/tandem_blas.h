// OpenBLAS and LAPACKE, opened at first use: a program that never needs them does not pay for their
// start (6 of 11 ms), and they are not needed to build. Prototypes are declared here by hand.
#ifndef TANDEM_BLAS_H
#define TANDEM_BLAS_H

#include <stdint.h>

// LAPACKE's answers beyond LAPACK's `info`.
enum { TANDEM_LAPACK_WORK_MEMORY = -1010, TANDEM_LAPACK_TRANSPOSE_MEMORY = -1011 };

// The functions that are used. Those of LAPACKE take the column-major order as first argument, are
// pairs of float32 and float64, and name their arguments as LAPACK's documentation does.
typedef struct {
  void (*sgemm)(int order, int ta, int tb, int m, int n, int k, float alpha, const float *a,
                int lda, const float *b, int ldb, float beta, float *c, int ldc);
  void (*dgemm)(int order, int ta, int tb, int m, int n, int k, double alpha, const double *a,
                int lda, const double *b, int ldb, double beta, double *c, int ldc);
  void (*strsm)(int order, int side, int uplo, int ta, int diag, int m, int n, float alpha,
                const float *a, int lda, float *b, int ldb);
  void (*dtrsm)(int order, int side, int uplo, int ta, int diag, int m, int n, double alpha,
                const double *a, int lda, double *b, int ldb);
  void (*setThreads)(int count);
  int (*parallel)(void);            // 0: without threads, 1: POSIX threads, 2: OpenMP
  const char *(*core)(void);        // whose kernels it runs
  void (*setOpenMPThreads)(int count);  // null unless it is the OpenMP flavour

  int32_t (*potrf[2])(int order, char uplo, int32_t n, void *a, int32_t lda);
  int32_t (*gesdd[2])(int order, char job, int32_t m, int32_t n, void *a, int32_t lda, void *s,
                      void *u, int32_t ldu, void *vt, int32_t ldvt);
  int32_t (*geqrf[2])(int order, int32_t m, int32_t n, void *a, int32_t lda, void *tau);
  int32_t (*orgqr[2])(int order, int32_t m, int32_t n, int32_t k, void *a, int32_t lda,
                      const void *tau);
  int32_t (*larft[2])(int order, char direct, char storev, int32_t n, int32_t k, const void *v,
                      int32_t ldv, const void *tau, void *t, int32_t ldt);
  int32_t (*syevd[2])(int order, char job, char uplo, int32_t n, void *a, int32_t lda, void *w);
  int32_t (*gesv[2])(int order, int32_t n, int32_t nrhs, void *a, int32_t lda, int32_t *pivots,
                     void *b, int32_t ldb);
  int32_t (*trtrs[2])(int order, char uplo, char trans, char diag, int32_t n, int32_t nrhs,
                      const void *a, int32_t lda, void *b, int32_t ldb);
  int32_t (*getrf[2])(int order, int32_t m, int32_t n, void *a, int32_t lda, int32_t *pivots);
  int32_t (*getri[2])(int order, int32_t n, void *a, int32_t lda, const int32_t *pivots);
  int32_t (*geev[2])(int order, char left, char right, int32_t n, void *a, int32_t lda, void *wr,
                     void *wi, void *vl, int32_t ldvl, void *vr, int32_t ldvr);
  // The same of complex matrices.
  int32_t (*complexGeev[2])(int order, char left, char right, int32_t n, void *a, int32_t lda,
                            void *w, void *vl, int32_t ldvl, void *vr, int32_t ldvr);
} TandemBLAS;

// The functions, ready to be called on this thread, each call on one thread; null if a library or a
// function is missing. From any thread; the first call opens the libraries.
const TandemBLAS *tandem_blas(void);
// What is missing and which packages have it, in words; null if nothing is.
const char *tandem_blas_missing(void);

#endif
