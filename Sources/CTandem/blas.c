#include "tandem_blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static TandemBLAS functions;
static char missing[512];

static void *open_first(const char *const *names) {
  for (; *names; names++) {
    void *library = dlopen(*names, RTLD_LAZY | RTLD_LOCAL);
    if (library) return library;
  }
  return NULL;
}

// Opens OpenBLAS under an environment in which it starts no threads: we would never use them. Other
// threads may read the environment meanwhile: they see the old array or the new one, which stays
// for good; `setenv` would free under them.
static void *open_openblas(void) {
  static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", NULL};
  char **before = environ, **during;
  size_t count = 0, kept = 0;
  while (before && before[count]) count++;
  during = malloc((count + 2) * sizeof *during);
  if (!during) return NULL;
  for (size_t i = 0; i < count; i++)
    if (strncmp(before[i], "OPENBLAS_NUM_THREADS=", 21)) during[kept++] = before[i];
  during[kept++] = "OPENBLAS_NUM_THREADS=1";
  during[kept] = NULL;
  __atomic_store_n(&environ, during, __ATOMIC_RELEASE);
  void *library = open_first(names);
  if (environ == during) __atomic_store_n(&environ, before, __ATOMIC_RELEASE);
  return library;
}

static void lacks(const char *what) {
  snprintf(missing, sizeof missing,
           "%s is missing; on Debian and Ubuntu: apt-get install libopenblas0-pthread liblapacke",
           what);
}

// Newer builds of OpenBLAS have LAPACKE within.
static void find(void *function, const char *name, void *first, void *second) {
  void *found = first ? dlsym(first, name) : NULL;
  if (!found && second) found = dlsym(second, name);
  if (!found && !*missing) lacks(name);
  memcpy(function, &found, sizeof found);
}

static void find_pair(void *pair, const char *letters, const char *name, void *first,
                      void *second) {
  for (int wide = 0; wide < 2; wide++) {
    char full[32];
    snprintf(full, sizeof full, "LAPACKE_%c%s", letters[wide], name);
    find((char *)pair + wide * sizeof(void *), full, first, second);
  }
}

static void find_factorizations(void *openblas) {
  static const char *const names[] = {"liblapacke.so.3", "liblapacke.so", NULL};
  void *lapacke = dlsym(openblas, "LAPACKE_spotrf") ? NULL : open_first(names);
#define PAIR(name) find_pair(functions.name, "sd", #name, openblas, lapacke);
  PAIR(potrf) PAIR(gesdd) PAIR(geqrf) PAIR(orgqr) PAIR(syevd) PAIR(gesv) PAIR(trtrs) PAIR(getrf)
  PAIR(getri) PAIR(larft) PAIR(geev)
#undef PAIR
  find_pair(functions.complexGeev, "cz", "geev", openblas, lapacke);
  // Whether a matrix has a NaN is looked at where it matters.
  void (*setNaNCheck)(int) = NULL;
  find(&setNaNCheck, "LAPACKE_set_nancheck", openblas, lapacke);
  if (setNaNCheck) setNaNCheck(0);
}

static void load(void) {
  void *openblas = open_openblas();
  if (!openblas) {
    lacks("OpenBLAS");
    return;
  }
  find(&functions.sgemm, "cblas_sgemm", openblas, NULL);
  find(&functions.dgemm, "cblas_dgemm", openblas, NULL);
  find(&functions.strsm, "cblas_strsm", openblas, NULL);
  find(&functions.dtrsm, "cblas_dtrsm", openblas, NULL);
  find(&functions.setThreads, "openblas_set_num_threads", openblas, NULL);
  find(&functions.parallel, "openblas_get_parallel", openblas, NULL);
  find(&functions.core, "openblas_get_corename", openblas, NULL);
  find_factorizations(openblas);
  if (*missing || functions.parallel() != 2) return;
  void *set = dlsym(openblas, "omp_set_num_threads");
  memcpy(&functions.setOpenMPThreads, &set, sizeof set);
}

static void load_once(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
}

const TandemBLAS *tandem_blas(void) {
  load_once();
  if (*missing) return NULL;
  // The OpenMP flavour keeps a thread count for each calling thread, the other for the process.
  static _Thread_local bool prepared;
  if (!prepared) {
    prepared = true;
    functions.setThreads(1);
    if (functions.setOpenMPThreads) functions.setOpenMPThreads(1);
  }
  return &functions;
}

const char *tandem_blas_missing(void) {
  load_once();
  return *missing ? missing : NULL;
}
