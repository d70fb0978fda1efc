// What the tests of kernels hold them against: the C library in more bits than the kernels have,
// and digests of everything that a level computes.
#ifndef KERNEL_ORACLE_H
#define KERNEL_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

// The largest error, in units in the last place, of results that are not the nearest number, and
// where; how many results are wrong in kind: NaN or not, infinite or not, zero of the wrong sign.
typedef struct {
  double worst, at;
  int64_t wrong;
  double wrong_at;
} kernel_oracle_result;

// The number of a function by its opcode's name, or -1 if there is no oracle for it.
int32_t kernel_oracle_function(const char *name);
// x[i] = the float32 whose bits are first + i * step.
void kernel_oracle_fill_floats(uint32_t first, uint32_t step, int64_t count, float *x);
// Compares got[i] with the function of x[i], computed in double.
void kernel_oracle_floats(int32_t function, const float *x, int64_t count, const float *got,
                          kernel_oracle_result *result);
// How many elements differ in their bits; all NaN are one.
int64_t kernel_oracle_differences(const float *a, const float *b, int64_t count);
// Numbers of all sizes, among them any bits; the seed is not zero.
void kernel_oracle_fill_doubles(uint64_t seed, int64_t count, double *x);
// Compares got[i] with the function of x[i], computed in long double. False where that has no more
// bits than double.
bool kernel_oracle_doubles(int32_t function, const double *x, int64_t count, const double *got,
                           kernel_oracle_result *result);

// A digest of the results of every loop kernel of a level, of sorts and of scans, NaN being one
// number; zero if this machine lacks the level.
uint64_t kernel_digest(int32_t level);

#endif
