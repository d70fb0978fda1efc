// What the parts of the oracle share: its functions, and how results are compared.
#ifndef KERNEL_ORACLE_FUNCTIONS_H
#define KERNEL_ORACLE_FUNCTIONS_H

#include "kernel_oracle.h"

typedef struct {
  const char *name;
  double (*wide)(double);
  long double (*widest)(long double);
  // Errors count in units in the last place of the argument, not of the result.
  bool isOfArgument;
} function_entry;

// A function of the table.
const function_entry *kernel_oracle_entry(int32_t function);

// One result of `digits` bits and the least exponent `least`, and what it should be; `rounded` is
// the number nearest to that.
typedef struct {
  double x, got, rounded;
  long double wanted;
  int digits, least;
  bool isOfArgument;
} oracle_case;

// Adds a case to a result.
void kernel_oracle_note(kernel_oracle_result *result, const oracle_case *item);

// As kernel_oracle_floats, for a multiple of eight elements, by libmvec. False where the machine,
// the library or the function is missing.
bool kernel_oracle_floats_by_vectors(int32_t function, const float *x, int64_t count,
                                     const float *got, kernel_oracle_result *result);

#endif
