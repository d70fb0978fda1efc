// The float64 functions of the loop kernels, for samplers that take one element at a time.
#ifndef TANDEM_RANDOM_FUNCTIONS_H
#define TANDEM_RANDOM_FUNCTIONS_H

#include <math.h>
#include <string.h>

#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang diagnostic ignored "-Wbitwise-conditional-parentheses"
#pragma clang diagnostic ignored "-Wbitwise-instead-of-logical"

#include "../include/tandem_loops.h"
#define TANDEM_VECTOR
// Always inline: a call would keep a loop out of vectors.
#pragma clang attribute push(__attribute__((always_inline)), apply_to = function)
#include "../loops/loops_math32.h"
#include "../loops/loops_math64.h"
#pragma clang attribute pop
#include "../loops/loops_math64_wide.h"
#include "../loops/loops_inverse.h"
#include "../loops/loops_trigonometry.h"
#include "../loops/loops_mathlib.h"
#include "../loops/loops_gamma.h"

#endif
