// Moving elements by layout and by index, and scanning along an axis.
//
// Functions that end in `_run` do one chunk; how many chunks there are follows from the shapes
// alone. Strides and offsets are counted in bytes here.
#ifndef TANDEM_INDEXING_H
#define TANDEM_INDEXING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TANDEM_AXES_MAX 8

// A strided array: where element [0, ..., 0] lies, lengths and byte strides.
typedef struct {
  char *data;
  int64_t rank;
  int64_t lengths[TANDEM_AXES_MAX];
  int64_t strides[TANDEM_AXES_MAX];
} tandem_view;

static inline tandem_view tandem_view_scalar(void *data) {
  tandem_view view = {.data = (char *)data, .rank = 0};
  return view;
}

// Adds an innermost axis.
static inline void tandem_view_append(tandem_view *view, int64_t length, int64_t stride) {
  view->lengths[view->rank] = length;
  view->strides[view->rank] = stride;
  view->rank++;
}

// Element types, with the raw values of DType.
enum {
  TANDEM_BOOL = 0, TANDEM_INT8, TANDEM_UINT8, TANDEM_INT16, TANDEM_UINT16, TANDEM_INT32,
  TANDEM_UINT32, TANDEM_INT64, TANDEM_UINT64, TANDEM_FLOAT16, TANDEM_BFLOAT16, TANDEM_FLOAT32,
  TANDEM_FLOAT64, TANDEM_COMPLEX64, TANDEM_COMPLEX128,
};

// A copy between two layouts of one shape, cut into tiles.
typedef struct {
  char *out;
  const char *in;
  int64_t width;                                  // bytes of an element
  int64_t outer_rank;                             // axes outside the tile
  int64_t lengths[TANDEM_AXES_MAX], out_strides[TANDEM_AXES_MAX], in_strides[TANDEM_AXES_MAX];
  int64_t rows, row_out, row_in, row_tile;        // the axis along which the input is compact
  int64_t columns, column_out, column_in, column_tile;  // the one along which the output is
  int64_t tiles, tiles_per_chunk, chunks;
} tandem_copy_plan;

// `out` must not repeat elements; both have the same lengths.
tandem_copy_plan tandem_copy_make(tandem_view out, tandem_view in, int64_t width);
void tandem_copy_run(const tandem_copy_plan *plan, int64_t chunk);

// table[i - begin] (+)= byte offset of element i (row-major) of the view, for i in begin..<end.
void tandem_layout_offsets(const tandem_view *view, int64_t begin, int64_t end, bool add,
                           int64_t *table);

// table[i - begin] (+)= index * stride for each index; negative indices count from the end.
// Returns the position of the first index outside -length..<length, or -1; `bad` receives it.
int64_t tandem_index_offsets(const tandem_view *index, bool wide, int64_t length, int64_t stride,
                             int64_t begin, int64_t end, bool add, int64_t *table, int64_t *bad);

// Returns the position of the first index outside -length..<length, or -1; `bad` receives it.
int64_t tandem_index_check(const char *index, int64_t stride, bool wide, int64_t length,
                           int64_t begin, int64_t end, int64_t *bad);
// out[i] = table[index[i]] for i in begin..<end and elements of `width` bytes, all strides in
// bytes; indices were checked, negative ones count from the end.
typedef struct {
  char *out;
  const char *table, *index;
  int64_t out_stride, table_stride, index_stride;
  int64_t length, width;
  bool wide;
} tandem_pick_plan;
void tandem_pick_run(const tandem_pick_plan *plan, int64_t begin, int64_t end);

// What is done to an output element with an input element.
enum { TANDEM_SET = 0, TANDEM_ADD, TANDEM_MIN, TANDEM_MAX };

// Moves blocks: for each `before` index b and each position p, the block at out[b] + out_offsets[p]
// is combined with the block at in[b] + in_offsets[p]. A null table means position * stride.
typedef struct {
  char *out;
  const char *in;
  int64_t count;
  const int64_t *out_offsets, *in_offsets;
  int64_t out_stride, in_stride;
  int64_t before_rank, before_count;
  int64_t before[TANDEM_AXES_MAX], before_out[TANDEM_AXES_MAX], before_in[TANDEM_AXES_MAX];
  int64_t after_rank, after_count;
  int64_t after[TANDEM_AXES_MAX], after_out[TANDEM_AXES_MAX], after_in[TANDEM_AXES_MAX];
  int64_t mode, dtype, width;
} tandem_move_plan;

void tandem_move_before(tandem_move_plan *plan, int64_t length, int64_t out, int64_t in);
void tandem_move_after(tandem_move_plan *plan, int64_t length, int64_t out, int64_t in);
// Does the pairs (b, p) numbered begin..<end; with `parts` > 1, only those whose output offset
// falls to `part`: all pairs of one output element fall to one part, in order.
void tandem_move_run(const tandem_move_plan *plan, int64_t begin, int64_t end, int64_t part,
                     int64_t parts);

// How many elements i in begin..<end (row-major) are not zero; -0.0 is zero, NaN is not.
int64_t tandem_nonzero_count(const tandem_view *view, int64_t dtype, int64_t begin, int64_t end);
// Writes their coordinates: axis k of the j-th goes to out[k * axis_stride + j * item_stride].
// Stops after `limit`; returns how many were written.
int64_t tandem_nonzero_fill(const tandem_view *view, int64_t dtype, int64_t begin, int64_t end,
                            char *out, int64_t axis_stride, int64_t item_stride, int64_t limit);

// out[i, d] = on where index[i] == d, else off, for i in begin..<end; the last axis of out is d.
void tandem_one_hot_run(const tandem_view *out, const tandem_view *index, bool wide, int64_t width,
                        const void *on, const void *off, int64_t begin, int64_t end);

// A number as an element of a dtype (rounded to nearest even); returns its width.
int64_t tandem_store_scalar(int64_t dtype, double real, int64_t integer, void *out);

enum { TANDEM_SCAN_SUM = 0, TANDEM_SCAN_PRODUCT, TANDEM_SCAN_MAX, TANDEM_SCAN_MIN };

// Scans `columns` lines of `length` elements side by side; writes nothing if `out` is null.
// `running` holds a value per column, one after another: double for float32, float for the 16-bit
// floats, else the dtype. It is left at the lines' ends, and set at their beginnings if `starts`.
void tandem_scan_run(int64_t kind, int64_t dtype, char *out, int64_t out_step, int64_t out_column,
                     const char *in, int64_t in_step, int64_t in_column, int64_t length,
                     int64_t columns, void *running, bool starts);

#endif
