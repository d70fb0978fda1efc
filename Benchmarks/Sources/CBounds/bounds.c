#include "bounds.h"

#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { threads_max = 256, runs = 20 };

typedef float lanes8 __attribute__((vector_size(32)));
typedef float lanes16 __attribute__((vector_size(64)));

typedef struct {
  float *from, *to;
  size_t count;
  double result;
} job;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Runs a job on every thread, the caller included, and returns the seconds until all are done.
static double run_all(void *(*body)(void *), job *jobs, int threads) {
  pthread_t ids[threads_max];
  double start = now();
  for (int i = 1; i < threads; i++) pthread_create(&ids[i], NULL, body, &jobs[i]);
  body(&jobs[0]);
  for (int i = 1; i < threads; i++) pthread_join(ids[i], NULL);
  return now() - start;
}

// Reads one array and writes another past the caches, as the best elementwise loop would.
static void *stream(void *argument) {
  job *j = argument;
  const lanes8 *from = (const lanes8 *)j->from;
  lanes8 *to = (lanes8 *)j->to;
  for (size_t i = 0; i < j->count / 8; i++) __builtin_nontemporal_store(from[i] * 0.5f, &to[i]);
  return NULL;
}

double bounds_stream_bytes_per_second(int threads) {
  if (threads < 1 || threads > threads_max) return 0;
  size_t count = (size_t)32 << 20;  // floats in each array: 128 MiB
  size_t part = count / (size_t)threads & ~(size_t)15;
  float *from = aligned_alloc(64, count * sizeof(float));
  float *to = aligned_alloc(64, count * sizeof(float));
  double best = 0;
  if (from && to) {
    memset(from, 0, count * sizeof(float));
    memset(to, 0, count * sizeof(float));
    job jobs[threads_max];
    for (int i = 0; i < threads; i++) {
      jobs[i] = (job){from + part * (size_t)i, to + part * (size_t)i, part, 0};
    }
    for (int r = 0; r < runs; r++) {
      double seconds = run_all(stream, jobs, threads);
      double speed = 2.0 * sizeof(float) * (double)part * threads / seconds;
      if (speed > best) best = speed;
    }
  }
  free(from);
  free(to);
  return best;
}

// Twelve independent chains hide the latency of a multiply-add on every core of the last decade.
#define CHAINS 12
#define FMA_BODY(type)                                        \
  type a[CHAINS], x = (type){} + 0.999f, y = (type){} + 1e-3f; \
  for (int c = 0; c < CHAINS; c++) a[c] = (type){} + (float)c; \
  for (size_t i = 0; i < rounds; i++) {                       \
    _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) a[c] = a[c] * x + y; \
  }                                                           \
  type sum = (type){};                                        \
  for (int c = 0; c < CHAINS; c++) sum += a[c];               \
  return sum[0];

#pragma clang fp contract(fast)
#if defined(__x86_64__)
__attribute__((target("avx512f"))) static float chains_avx512(size_t rounds) { FMA_BODY(lanes16) }
__attribute__((target("avx2,fma"))) static float chains_avx2(size_t rounds) { FMA_BODY(lanes8) }
#endif
static float chains_plain(size_t rounds) { FMA_BODY(lanes8) }

static size_t lanes_of_this_machine(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return 16;
#endif
  return 8;
}

static void *multiply_add(void *argument) {
  job *j = argument;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) {
    j->result = chains_avx512(j->count);
    return NULL;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    j->result = chains_avx2(j->count);
    return NULL;
  }
#endif
  j->result = chains_plain(j->count);
  return NULL;
}

double bounds_float_operations_per_second(int threads) {
  if (threads < 1 || threads > threads_max) return 0;
  size_t rounds = 1000000;
  double operations = 2.0 * CHAINS * (double)lanes_of_this_machine() * (double)rounds * threads;
  double best = 0;
  job jobs[threads_max];
  memset(jobs, 0, sizeof jobs);
  for (int i = 0; i < threads; i++) jobs[i].count = rounds;
  for (int r = 0; r < runs; r++) {
    double speed = operations / run_all(multiply_add, jobs, threads);
    if (speed > best) best = speed;
  }
  return best;
}

int bounds_pin(const int *processors, int count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < count; i++) CPU_SET(processors[i], &set);
  return sched_setaffinity(0, sizeof set, &set);
}

int bounds_allowed_processors(int *processors, int capacity) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
  int count = 0;
  for (int i = 0; i < CPU_SETSIZE && count < capacity; i++) {
    if (CPU_ISSET(i, &set)) processors[count++] = i;
  }
  return count;
}
