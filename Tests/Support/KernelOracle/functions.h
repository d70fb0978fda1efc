// What the parts of the oracle share: its functions, and how results are compared.
#ifndef KERNEL_ORACLE_FUNCTIONS_H
#define KERNEL_ORACLE_FUNCTIONS_H

#include "kernel_oracle.h"

// Of which number errors count in units in the last place: the result, the argument, or, where the
// argument is negative, so that the result may be small between large ones, the larger of the
// result and the argument, or of the result, the argument's logarithm and one.
typedef enum { OF_RESULT, OF_ARGUMENT, OF_LARGER, OF_LOGARITHM } oracle_units;

typedef struct {
  const char *name;
  double (*wide)(double);
  long double (*widest)(long double);
  oracle_units units;
} function_entry;

// A function of the table.
const function_entry *kernel_oracle_entry(int32_t function);

// One result of `digits` bits and the least exponent `least`, and what it should be; `rounded` is
// the number nearest to that.
typedef struct {
  double x, got, rounded;
  long double wanted;
  int digits, least;
  long double measure;  // errors count in units of it
} oracle_case;

// What errors of a function count in units of.
long double kernel_oracle_measure(oracle_units units, long double x, long double wanted);

// Functions that the C library does not have, in long double: ψ and the inverse error function.
long double oracle_digamma(long double x);
long double oracle_erfinv(long double x);

// Adds a case to a result.
void kernel_oracle_note(kernel_oracle_result *result, const oracle_case *item);

// As kernel_oracle_floats, for a multiple of eight elements, by libmvec. False where the machine,
// the library or the function is missing.
bool kernel_oracle_floats_by_vectors(int32_t function, const float *x, int64_t count,
                                     const float *got, kernel_oracle_result *result);

#endif
