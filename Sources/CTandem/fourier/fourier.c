// Fourier transforms of float and of double; see the templates.
#include "../include/tandem_fourier.h"

#include <string.h>

#include "../instruction_levels.h"
#include "../loops/loops_frame.h"
#include "plan.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"

#define NAME(x) fourier_float_##x
#include "vector_float.h"
#include "passes_template.h"
#include "moves_template.h"
#include "lanes_template.h"
#include "line_template.h"
#include "half_template.h"
#include "vector_undef.h"
#define NAME(x) fourier_double_##x
#include "vector_double.h"
#include "passes_template.h"
#include "moves_template.h"
#include "lanes_template.h"
#include "line_template.h"
#include "half_template.h"

void tandem_fourier_line(const tandem_fourier *plan, const void *in, void *out, void *scratch,
                         bool inverse, double scale, const tandem_fourier_team *team) {
  if (plan->wide) {
    fourier_double_line(plan, in, out, scratch, inverse, scale, team);
  } else {
    fourier_float_line(plan, in, out, scratch, inverse, (float)scale, team);
  }
}

int64_t tandem_fourier_line_scratch(const tandem_fourier *plan) {
  return plan->wide ? 8 * fourier_double_line_scratch(plan) : 4 * fourier_float_line_scratch(plan);
}

static bool in_lanes(const tandem_fourier_work *work) {
  return tandem_fourier_in_lanes(work->plan, work->inner);
}

int64_t tandem_fourier_blocks(const tandem_fourier_work *work) {
  int64_t lines = work->outer * work->inner, lanes = tandem_fourier_lanes(work->plan->wide);
  return in_lanes(work) ? (lines + lanes - 1) / lanes : lines;
}

bool tandem_fourier_takes_team(const tandem_fourier_work *work) {
  return !in_lanes(work) && work->plan->length >= TANDEM_FOURIER_TEAM_MIN;
}

int64_t tandem_fourier_scratch(const tandem_fourier_work *work) {
  if (in_lanes(work)) return 0;
  return work->plan->wide ? 8 * fourier_double_long_scratch(work->plan)
                          : 4 * fourier_float_long_scratch(work->plan);
}

void tandem_fourier_run(const tandem_fourier_work *work, int64_t block, void *scratch,
                        const tandem_fourier_team *team) {
  if (in_lanes(work)) {
    (work->plan->wide ? fourier_double_run_block : fourier_float_run_block)(work, block);
  } else if (work->plan->wide) {
    fourier_double_run_line(work, block, scratch, team);
  } else {
    fourier_float_run_line(work, block, scratch, team);
  }
}
