// Order: lines of elements sorted by keys, whole or their first elements alone.
//
// A key is an unsigned number that rises with the element: NaN is the largest in both directions,
// -0.0 equals 0.0. A line is cut into buckets by the leading bits of its keys, and each bucket is
// sorted by itself. A stable sort has one result, however it is computed.
#ifndef TANDEM_SORT_H
#define TANDEM_SORT_H

#include <stdbool.h>
#include <stdint.h>

#include "tandem_indexing.h"

enum { TANDEM_SORT_BUCKETS = 2048 };

// One line to be put in order; the stride is in bytes.
typedef struct {
  const char *data;
  int64_t stride, count, dtype;
  bool descending;
} tandem_sort_line;

// The keys of a part of a line, and whether equal elements are the same bits there: no -0.0, no
// NaN.
typedef struct {
  uint64_t least, most;
  bool is_plain;
} tandem_sort_range;

// What is sorted: keys of 4 or 8 bytes alone, or with indices, in 8 bytes where both fit.
enum { TANDEM_SORT_KEY4, TANDEM_SORT_KEY8, TANDEM_SORT_PACKED, TANDEM_SORT_PAIR };

// How a line is sorted. A key's bucket is (key - least) >> shift.
typedef struct {
  tandem_sort_line line;
  uint64_t least;
  int32_t shift, form;
  int64_t buckets;
  int64_t bytes;  // of an item
} tandem_sort_plan;

// Where a sorted line goes; either may be null. Strides are in bytes.
typedef struct {
  char *values;
  int64_t value_stride;
  char *indices;
  int64_t index_stride;
  bool wide;  // int64 indices, else int32
} tandem_sort_output;

tandem_sort_range tandem_sort_scan(const tandem_sort_line *line, int64_t begin, int64_t end);
tandem_sort_plan tandem_sort_make(const tandem_sort_line *line, tandem_sort_range range,
                                  bool wants_indices);
// counts[bucket] = how many of the elements begin..<end fall into it.
void tandem_sort_count(const tandem_sort_plan *plan, int64_t begin, int64_t end, int64_t *counts);
// Puts the elements begin..<end of the buckets 0..<buckets into items, each bucket's from
// places[bucket] on, in order.
void tandem_sort_scatter(const tandem_sort_plan *plan, int64_t begin, int64_t end, int64_t buckets,
                         int64_t *places, void *items);
// Sorts items stably; `spare` holds as many.
void tandem_sort_items(const tandem_sort_plan *plan, void *items, void *spare, int64_t count);
// Writes sorted items as the elements from number `first` on of the output.
void tandem_sort_store(const tandem_sort_plan *plan, const void *items, int64_t count,
                       int64_t first, const tandem_sort_output *output);

// A whole line on one thread, of which the first `kept` elements are written; `memory` holds
// tandem_sort_memory bytes.
int64_t tandem_sort_memory(int64_t count);
void tandem_sort_run(const tandem_sort_line *line, int64_t kept, const tandem_sort_output *output,
                     void *memory);

// The keys of elements begin..<end.
void tandem_sort_keys(const tandem_sort_line *line, int64_t begin, int64_t end, uint64_t *keys);
// out[i] = where values[i] would go among `count` sorted keys, for i in begin..<end.
void tandem_search_run(const uint64_t *sorted, int64_t count, bool right,
                       const tandem_view *values, int64_t dtype, const tandem_view *out, bool wide,
                       int64_t begin, int64_t end);

#endif
