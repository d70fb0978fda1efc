#include <stdlib.h>
#include <string.h>

#include "sixteen_bit_floats.h"
#include "tandem_indexing.h"
#include "view_walk.h"

#define LAST UINT64_MAX  // NaN, in both directions

// The bits of a float as a number that rises with it.
static inline uint64_t key_of_float(float value) {
  if (value != value) return LAST;
  uint32_t bits = tandem_bits_of_float(value + 0.0f);  // -0.0 becomes 0.0
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static inline uint64_t key_of_double(double value) {
  if (value != value) return LAST;
  uint64_t bits;
  value += 0.0;
  memcpy(&bits, &value, 8);
  return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

#define SIGNED(type, unsigned_type) \
  (uint64_t)(unsigned_type)(*(const unsigned_type *)x ^ (unsigned_type)1 << (sizeof(type) * 8 - 1))

static inline uint64_t key_of(const char *x, int64_t dtype) {
  switch (dtype) {
    case TANDEM_BOOL: case TANDEM_UINT8: return *(const uint8_t *)x;
    case TANDEM_INT8: return SIGNED(int8_t, uint8_t);
    case TANDEM_INT16: return SIGNED(int16_t, uint16_t);
    case TANDEM_UINT16: return *(const uint16_t *)x;
    case TANDEM_INT32: return SIGNED(int32_t, uint32_t);
    case TANDEM_UINT32: return *(const uint32_t *)x;
    case TANDEM_INT64: return SIGNED(int64_t, uint64_t);
    case TANDEM_UINT64: return *(const uint64_t *)x;
    case TANDEM_FLOAT16: return key_of_float(tandem_from_float16(*(const uint16_t *)x));
    case TANDEM_BFLOAT16: return key_of_float(tandem_from_bfloat16(*(const uint16_t *)x));
    case TANDEM_FLOAT32: return key_of_float(*(const float *)x);
    default: return key_of_double(*(const double *)x);
  }
}

static inline uint64_t turned(uint64_t key, int64_t dtype, bool descending) {
  bool is_nan = dtype >= TANDEM_FLOAT16 && key == LAST;
  return descending && !is_nan ? ~key : key;
}

void tandem_sort_keys(const char *line, int64_t stride, int64_t dtype, bool descending,
                      int64_t begin, int64_t end, tandem_sort_item *items) {
  for (int64_t i = begin; i < end; i++) {
    items[i].key = turned(key_of(line + i * stride, dtype), dtype, descending);
    items[i].index = i;
  }
}

void tandem_sort_merge(const tandem_sort_item *items, tandem_sort_item *out, int64_t begin,
                       int64_t middle, int64_t end) {
  int64_t a = begin, b = middle, at = begin;
  while (a < middle && b < end) {
    // No branch on the keys: it would be mispredicted every other time.
    int64_t takes_b = items[b].key < items[a].key;
    out[at++] = items[takes_b ? b : a];
    b += takes_b;
    a += 1 - takes_b;
  }
  memcpy(out + at, items + a, (size_t)(middle - a) * sizeof *out);
  at += middle - a;
  memcpy(out + at, items + b, (size_t)(end - b) * sizeof *out);
}

static void insertion_sort(tandem_sort_item *items, int64_t count) {
  for (int64_t i = 1; i < count; i++) {
    tandem_sort_item item = items[i];
    int64_t at = i;
    for (; at > 0 && items[at - 1].key > item.key; at--) items[at] = items[at - 1];
    items[at] = item;
  }
}

static void merge_sort(tandem_sort_item *items, tandem_sort_item *spare, int64_t count) {
  const int64_t start = 16;
  for (int64_t i = 0; i < count; i += start)
    insertion_sort(items + i, count - i < start ? count - i : start);
  tandem_sort_item *from = items, *to = spare;
  for (int64_t width = start; width < count; width *= 2) {
    for (int64_t i = 0; i < count; i += 2 * width) {
      int64_t middle = i + width < count ? i + width : count;
      int64_t end = i + 2 * width < count ? i + 2 * width : count;
      tandem_sort_merge(from, to, i, middle, end);
    }
    tandem_sort_item *other = from;
    from = to;
    to = other;
  }
  if (from != items) memcpy(items, from, (size_t)count * sizeof *items);
}

// Least significant digit first; digits in which all keys agree are left out. Long lines have wide
// digits: fewer passes, at the price of more counters.
static void radix_sort(tandem_sort_item *items, tandem_sort_item *spare, int64_t count) {
  enum { bits_max = 11, digits_max = 8 };
  const int bits = count < 1 << 14 ? 8 : bits_max, size = 1 << bits;
  const uint64_t mask = (uint64_t)size - 1;
  uint64_t varying = 0;
  for (int64_t i = 1; i < count; i++) varying |= items[i].key ^ items[0].key;
  int shifts[digits_max], digits = 0;
  for (int shift = 0; shift < 64; shift += bits)
    if (varying >> shift & mask) shifts[digits++] = shift;
  uint32_t counts[6 << bits_max];  // 6 digits of 11 bits, more than 8 of 8
  memset(counts, 0, (size_t)(digits * size) * sizeof *counts);
  for (int64_t i = 0; i < count; i++)
    for (int d = 0; d < digits; d++) counts[d * size + (int)(items[i].key >> shifts[d] & mask)]++;
  tandem_sort_item *from = items, *to = spare;
  for (int d = 0; d < digits; d++) {
    uint32_t *starts = counts + d * size, total = 0;
    for (int value = 0; value < size; value++) {
      uint32_t here = starts[value];
      starts[value] = total;
      total += here;
    }
    for (int64_t i = 0; i < count; i++) to[starts[from[i].key >> shifts[d] & mask]++] = from[i];
    tandem_sort_item *other = from;
    from = to;
    to = other;
  }
  if (from != items) memcpy(items, from, (size_t)count * sizeof *items);
}

void tandem_sort_items(tandem_sort_item *items, tandem_sort_item *spare, int64_t count) {
  if (count <= 16) {
    insertion_sort(items, count);
  } else if (count <= 768 || count > UINT32_MAX) {
    merge_sort(items, spare, count);
  } else {
    radix_sort(items, spare, count);
  }
}

static inline bool is_after(tandem_sort_item a, tandem_sort_item b) {
  return a.key > b.key || (a.key == b.key && a.index > b.index);
}

static void sift_down(tandem_sort_item *heap, int64_t count, int64_t at) {
  tandem_sort_item item = heap[at];
  for (int64_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && is_after(heap[child + 1], heap[child])) child++;
    if (!is_after(heap[child], item)) break;
    heap[at] = heap[child];
  }
  heap[at] = item;
}

void tandem_sort_select(const char *line, int64_t stride, int64_t dtype, bool descending,
                        int64_t count, tandem_sort_item *heap, tandem_sort_item *spare,
                        int64_t k) {
  if (k == 0) return;
  tandem_sort_keys(line, stride, dtype, descending, 0, k, heap);
  for (int64_t at = k / 2 - 1; at >= 0; at--) sift_down(heap, k, at);
  for (int64_t i = k; i < count; i++) {
    uint64_t key = turned(key_of(line + i * stride, dtype), dtype, descending);
    if (key >= heap[0].key) continue;  // an equal one comes later, so it loses
    heap[0] = (tandem_sort_item){key, i};
    sift_down(heap, k, 0);
  }
  // Ordering by index first makes the stable sort by key order equal keys by index.
  for (int64_t i = 0; i < k; i++) {
    spare[i].key = (uint64_t)heap[i].index;
    spare[i].index = i;
  }
  tandem_sort_item *more = spare + k;
  tandem_sort_items(spare, more, k);
  for (int64_t i = 0; i < k; i++) more[i] = heap[spare[i].index];
  memcpy(heap, more, (size_t)k * sizeof *heap);
  tandem_sort_items(heap, spare, k);
}

void tandem_sort_write_indices(const tandem_sort_item *items, int64_t count, char *out,
                               int64_t stride, bool wide) {
  for (int64_t i = 0; i < count; i++) {
    if (wide) {
      *(int64_t *)(out + i * stride) = items[i].index;
    } else {
      *(int32_t *)(out + i * stride) = (int32_t)items[i].index;
    }
  }
}

#define WRITE_VALUES(type)                                                          \
  for (int64_t i = 0; i < count; i++)                                               \
    *(type *)(out + i * stride) = *(const type *)(line + items[i].index * line_stride)

void tandem_sort_write_values(const tandem_sort_item *items, int64_t count, const char *line,
                              int64_t line_stride, char *out, int64_t stride, int64_t width) {
  switch (width) {
    case 1: WRITE_VALUES(uint8_t); break;
    case 2: WRITE_VALUES(uint16_t); break;
    case 4: WRITE_VALUES(uint32_t); break;
    default: WRITE_VALUES(uint64_t); break;
  }
}

void tandem_search_run(const tandem_sort_item *sorted, int64_t count, bool right,
                       const tandem_view *values, int64_t dtype, const tandem_view *out, bool wide,
                       int64_t begin, int64_t end) {
  tandem_walk from = tandem_walk_from(values, begin), to = tandem_walk_from(out, begin);
  for (int64_t i = begin; i < end; i++) {
    uint64_t key = key_of(values->data + from.offset, dtype);
    int64_t low = 0, high = count;
    while (low < high) {
      int64_t middle = low + (high - low) / 2;
      bool before = right ? sorted[middle].key <= key : sorted[middle].key < key;
      if (before) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    char *o = out->data + to.offset;
    if (wide) {
      *(int64_t *)o = low;
    } else {
      *(int32_t *)o = (int32_t)low;
    }
    tandem_walk_advance(&from, 1);
    tandem_walk_advance(&to, 1);
  }
}
