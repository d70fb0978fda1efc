#include <string.h>

#include "tandem_indexing.h"
#include "view_walk.h"

typedef struct { uint64_t low, high; } wide_element;

// Copies a tile element by element. The column loop is innermost: it writes compactly.
#define STRIDED_TILE(name, type)                                                              \
  static void name(char *restrict out, const char *restrict in, int64_t rows, int64_t columns, \
                   const tandem_copy_plan *p) {                                                \
    const int64_t column_out = p->column_out, column_in = p->column_in;                        \
    for (int64_t r = 0; r < rows; r++) {                                                       \
      char *to = out + r * p->row_out;                                                         \
      const char *from = in + r * p->row_in;                                                   \
      if (column_out == (int64_t)sizeof(type)) {                                               \
        for (int64_t c = 0; c < columns; c++)                                                  \
          ((type *)to)[c] = *(const type *)(from + c * column_in);                             \
      } else {                                                                                 \
        for (int64_t c = 0; c < columns; c++)                                                  \
          *(type *)(to + c * column_out) = *(const type *)(from + c * column_in);              \
      }                                                                                        \
    }                                                                                          \
  }

STRIDED_TILE(tile_1, uint8_t)
STRIDED_TILE(tile_2, uint16_t)
STRIDED_TILE(tile_4, uint32_t)
STRIDED_TILE(tile_8, uint64_t)
STRIDED_TILE(tile_16, wide_element)

typedef uint32_t four __attribute__((vector_size(16), aligned(4)));

// Transposes a tile of 4-byte elements in 4 by 4 blocks: rows are compact in the input, columns in
// the output.
static void transpose_4(char *restrict out, const char *restrict in, int64_t rows,
                        int64_t columns, const tandem_copy_plan *p) {
  int64_t whole_rows = rows & ~3, whole_columns = columns & ~3;
  for (int64_t r = 0; r < whole_rows; r += 4) {
    for (int64_t c = 0; c < whole_columns; c += 4) {
      const char *from = in + r * 4 + c * p->column_in;
      char *to = out + r * p->row_out + c * 4;
      four a = *(const four *)from, b = *(const four *)(from + p->column_in);
      four d = *(const four *)(from + 2 * p->column_in);
      four e = *(const four *)(from + 3 * p->column_in);
      four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
      four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
      four de_low = __builtin_shufflevector(d, e, 0, 4, 1, 5);
      four de_high = __builtin_shufflevector(d, e, 2, 6, 3, 7);
      *(four *)to = __builtin_shufflevector(ab_low, de_low, 0, 1, 4, 5);
      *(four *)(to + p->row_out) = __builtin_shufflevector(ab_low, de_low, 2, 3, 6, 7);
      *(four *)(to + 2 * p->row_out) = __builtin_shufflevector(ab_high, de_high, 0, 1, 4, 5);
      *(four *)(to + 3 * p->row_out) = __builtin_shufflevector(ab_high, de_high, 2, 3, 6, 7);
    }
  }
  if (whole_columns < columns)
    tile_4(out + whole_columns * 4, in + whole_columns * p->column_in, whole_rows,
           columns - whole_columns, p);
  if (whole_rows < rows)
    tile_4(out + whole_rows * p->row_out, in + whole_rows * 4, rows - whole_rows, columns, p);
}

static void copy_tile(char *out, const char *in, int64_t rows, int64_t columns,
                      const tandem_copy_plan *p) {
  if (p->column_out == p->width && p->column_in == p->width) {
    for (int64_t r = 0; r < rows; r++)
      memcpy(out + r * p->row_out, in + r * p->row_in, (size_t)(columns * p->width));
    return;
  }
  if (p->width == 4 && p->row_in == 4 && p->column_out == 4 && rows >= 4 && columns >= 4) {
    transpose_4(out, in, rows, columns, p);
    return;
  }
  switch (p->width) {
    case 1: tile_1(out, in, rows, columns, p); break;
    case 2: tile_2(out, in, rows, columns, p); break;
    case 4: tile_4(out, in, rows, columns, p); break;
    case 8: tile_8(out, in, rows, columns, p); break;
    default: tile_16(out, in, rows, columns, p); break;
  }
}

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

// Axes of length one go, negative output strides are turned around, the rest is sorted by falling
// output stride, and neighbours that are one axis in both layouts become one. Returns the rank.
static int64_t normalize(tandem_copy_plan *p, tandem_view out, tandem_view in) {
  int64_t rank = 0;
  for (int64_t axis = 0; axis < out.rank; axis++) {
    int64_t length = out.lengths[axis], so = out.strides[axis], si = in.strides[axis];
    if (length == 1) continue;
    if (so < 0) {
      p->out += (length - 1) * so;
      p->in += (length - 1) * si;
      so = -so;
      si = -si;
    }
    int64_t at = rank++;
    while (at > 0 && p->out_strides[at - 1] < so) {
      p->lengths[at] = p->lengths[at - 1];
      p->out_strides[at] = p->out_strides[at - 1];
      p->in_strides[at] = p->in_strides[at - 1];
      at--;
    }
    p->lengths[at] = length;
    p->out_strides[at] = so;
    p->in_strides[at] = si;
  }
  int64_t kept = 0;
  for (int64_t axis = 0; axis < rank; axis++) {
    bool joins = kept > 0 &&
                 p->out_strides[kept - 1] == p->lengths[axis] * p->out_strides[axis] &&
                 p->in_strides[kept - 1] == p->lengths[axis] * p->in_strides[axis];
    int64_t length = p->lengths[axis];
    if (joins) length *= p->lengths[--kept];
    p->lengths[kept] = length;
    p->out_strides[kept] = p->out_strides[axis];
    p->in_strides[kept] = p->in_strides[axis];
    kept++;
  }
  return kept;
}

static void remove_axis(tandem_copy_plan *p, int64_t rank, int64_t axis) {
  for (int64_t next = axis + 1; next < rank; next++) {
    p->lengths[next - 1] = p->lengths[next];
    p->out_strides[next - 1] = p->out_strides[next];
    p->in_strides[next - 1] = p->in_strides[next];
  }
}

static int64_t ceiling(int64_t a, int64_t b) { return (a + b - 1) / b; }

tandem_copy_plan tandem_copy_make(tandem_view out, tandem_view in, int64_t width) {
  tandem_copy_plan p = {.out = out.data, .in = in.data, .width = width};
  int64_t count = 1;
  for (int64_t axis = 0; axis < out.rank; axis++) count *= out.lengths[axis];
  if (count == 0) return p;
  int64_t rank = normalize(&p, out, in);
  p.rows = p.columns = 1;
  p.row_out = p.row_in = p.column_out = p.column_in = width;
  if (rank > 0) {
    rank--;
    p.columns = p.lengths[rank];
    p.column_out = p.out_strides[rank];
    p.column_in = p.in_strides[rank];
  }
  int64_t best = -1;  // the axis along which the input is more compact than along the columns
  for (int64_t axis = 0; axis < rank; axis++) {
    int64_t stride = magnitude(p.in_strides[axis]);
    int64_t least = magnitude(best < 0 ? p.column_in : p.in_strides[best]);
    if (stride != 0 && stride < least) best = axis;
  }
  bool tiled = best >= 0 && p.column_in != width;
  if (best < 0) best = rank - 1;
  if (best >= 0) {
    p.rows = p.lengths[best];
    p.row_out = p.out_strides[best];
    p.row_in = p.in_strides[best];
    remove_axis(&p, rank, best);
    rank--;
  }
  p.outer_rank = rank;
  int64_t edge = width >= 8 ? 16 : width == 1 ? 64 : 32;
  p.column_tile = tiled ? edge : (1 << 16) / width;
  if (p.column_tile > p.columns) p.column_tile = p.columns;
  p.row_tile = tiled ? edge : ceiling((1 << 16) / width, p.column_tile);
  if (p.row_tile > p.rows) p.row_tile = p.rows;
  p.tiles = count / (p.rows * p.columns) * ceiling(p.rows, p.row_tile) *
            ceiling(p.columns, p.column_tile);
  int64_t chunk = 1 << 18;
  p.tiles_per_chunk = ceiling(chunk, p.row_tile * p.column_tile * width);
  p.chunks = ceiling(p.tiles, p.tiles_per_chunk);
  return p;
}

void tandem_copy_run(const tandem_copy_plan *p, int64_t chunk) {
  int64_t begin = chunk * p->tiles_per_chunk, end = begin + p->tiles_per_chunk;
  if (end > p->tiles) end = p->tiles;
  int64_t row_tiles = ceiling(p->rows, p->row_tile);
  int64_t column_tiles = ceiling(p->columns, p->column_tile);
  for (int64_t tile = begin; tile < end; tile++) {
    int64_t column = tile % column_tiles * p->column_tile, rest = tile / column_tiles;
    int64_t row = rest % row_tiles * p->row_tile;
    rest /= row_tiles;
    char *out = p->out + row * p->row_out + column * p->column_out;
    const char *in = p->in + row * p->row_in + column * p->column_in;
    for (int64_t axis = p->outer_rank - 1; axis >= 0; axis--) {
      int64_t at = rest % p->lengths[axis];
      rest /= p->lengths[axis];
      out += at * p->out_strides[axis];
      in += at * p->in_strides[axis];
    }
    int64_t rows = p->rows - row, columns = p->columns - column;
    copy_tile(out, in, rows < p->row_tile ? rows : p->row_tile,
              columns < p->column_tile ? columns : p->column_tile, p);
  }
}
