// Pooling of one plane at a time: up to three spatial axes, given as exactly three (leading ones of
// length one). Strides are counted in bytes.
#ifndef TANDEM_POOLING_H
#define TANDEM_POOLING_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t in[3], out[3];            // lengths
  int64_t window[3], stride[3], dilation[3], begin[3], end[3];
  int64_t x_strides[3], y_strides[3];    // of the input's and of the output's plane
  int64_t d_strides[3];             // of the input's gradient
  int64_t dtype;                    // a float
  bool counts_padding;              // average: the padding counts in the divisor
} tandem_pool_plan;

void tandem_pool_max(const tandem_pool_plan *plan, const void *x, void *y);
void tandem_pool_average(const tandem_pool_plan *plan, const void *x, void *y);
// `scratch` holds one dense plane of the input: double for float64, else float. It may be unused.
void tandem_pool_max_backward(const tandem_pool_plan *plan, const void *x, const void *dy,
                              void *dx, void *scratch);
void tandem_pool_average_backward(const tandem_pool_plan *plan, const void *dy, void *dx,
                                  void *scratch);
// y is what c (strides: d_strides) holds where x has the first largest element of a window.
void tandem_pool_max_pick(const tandem_pool_plan *plan, const void *x, const void *c, void *y);

#endif
