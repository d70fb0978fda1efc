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
// Compares got[i] with the function of x[i], computed in double, by vectors where that is possible.
void kernel_oracle_floats(int32_t function, const float *x, int64_t count, const float *got,
                          kernel_oracle_result *result);
// The largest error of the functions on vectors, by which kernel_oracle_floats is fast, in units in
// the last place of double beside long double; -1 where there are no vectors. What they get wrong
// in kind is not counted: it is looked at again one by one.
double kernel_oracle_vector_error(int32_t function, const float *x, int64_t count);
// How many elements differ in their bits; all NaN are one.
int64_t kernel_oracle_differences(const float *a, const float *b, int64_t count);
// Numbers of all sizes, among them any bits; the seed is not zero.
void kernel_oracle_fill_doubles(uint64_t seed, int64_t count, double *x);
// Compares got[i] with the function of x[i], computed in long double. False where that has no more
// bits than double.
bool kernel_oracle_doubles(int32_t function, const double *x, int64_t count, const double *got,
                           kernel_oracle_result *result);

// The same for functions of two numbers: of x the first, of y the second of the worst pair, and of
// the first that is wrong in kind.
typedef struct {
  kernel_oracle_result first;
  double second, wrong_second;
} kernel_oracle_pair_result;

// The number of a function of two by its opcode's name, or -1 if there is no oracle for it.
int32_t kernel_oracle_pair_function(const char *name);
// How many pairs of edges there are, which come first in what is filled.
int64_t kernel_oracle_edge_pairs(void);
// Pairs from number `first` on: those of edges, then hard ones of eight kinds and any bits. The
// seed is not zero.
void kernel_oracle_fill_float_pairs(uint64_t seed, int64_t first, int64_t count, float *x,
                                    float *y);
void kernel_oracle_fill_double_pairs(uint64_t seed, int64_t first, int64_t count, double *x,
                                     double *y);
// Compares got[i] with the function of x[i] and y[i], computed in double.
void kernel_oracle_float_pairs(int32_t function, const float *x, const float *y, int64_t count,
                               const float *got, kernel_oracle_pair_result *result);
// The same in long double. False where that has no more bits than double.
bool kernel_oracle_double_pairs(int32_t function, const double *x, const double *y, int64_t count,
                                const double *got, kernel_oracle_pair_result *result);

// A digest of the results of every loop kernel of a level, of sorts, scans, products, convolutions,
// pooling, random numbers and neural kernels, NaN being one number; zero if this machine lacks the
// level, which is one of tandem_level.h, that of products included.
uint64_t kernel_digest(int32_t level);

#endif
