#include <string.h>

#include "keys.h"
#include "network.h"

enum { DIGIT_MAX = 11 };

typedef struct {
  uint64_t key;
  int64_t index;
} pair;

#define ITEM uint32_t
#define UNSIGNED uint32_t
#define KEY(item) (item)
#define NAME(function) function##_key4
#include "items_template.h"

#define ITEM uint64_t
#define UNSIGNED uint64_t
#define KEY(item) (item)
#define NAME(function) function##_key8
#include "items_template.h"

#define ITEM uint64_t
#define UNSIGNED uint32_t
#define KEY(item) ((uint32_t)((item) >> 32))
#define NAME(function) function##_packed
#include "items_template.h"

#define ITEM pair
#define UNSIGNED uint64_t
#define KEY(item) ((item).key)
#define NAME(function) function##_pair
#include "items_template.h"

static inline int64_t least_of(int64_t a, int64_t b) { return a < b ? a : b; }

tandem_sort_range tandem_sort_scan(const tandem_sort_line *line, int64_t begin, int64_t end) {
  tandem_sort_range range = {UINT64_MAX, 0, true};
  union {
    uint32_t narrow[KEY_TILE];
    uint64_t wide[KEY_TILE];
  } keys;
  for (int64_t at = begin; at < end; at += KEY_TILE) {
    int64_t n = least_of(KEY_TILE, end - at);
    if (has_wide_keys(line->dtype)) {
      tandem_keys_wide(line, at, n, keys.wide);
      for (int64_t i = 0; i < n; i++) {
        range.least = keys.wide[i] < range.least ? keys.wide[i] : range.least;
        range.most = keys.wide[i] > range.most ? keys.wide[i] : range.most;
      }
    } else {
      tandem_keys_narrow(line, at, n, keys.narrow);
      uint32_t least = UINT32_MAX, most = 0;
      for (int64_t i = 0; i < n; i++) {
        least = keys.narrow[i] < least ? keys.narrow[i] : least;
        most = keys.narrow[i] > most ? keys.narrow[i] : most;
      }
      range.least = least < range.least ? least : range.least;
      range.most = most > range.most ? most : range.most;
    }
    range.is_plain = range.is_plain && tandem_keys_plain(line, at, n);
  }
  return range;
}

tandem_sort_plan tandem_sort_make(const tandem_sort_line *line, tandem_sort_range range,
                                  bool wants_indices) {
  tandem_sort_plan plan = {.line = *line, .least = range.least};
  bool has_indices = wants_indices || !range.is_plain, is_wide = has_wide_keys(line->dtype);
  bool is_pair = is_wide || line->count > (int64_t)1 << 32;
  plan.form = has_indices ? (is_pair ? TANDEM_SORT_PAIR : TANDEM_SORT_PACKED)
                          : (is_wide ? TANDEM_SORT_KEY8 : TANDEM_SORT_KEY4);
  plan.bytes = plan.form == TANDEM_SORT_KEY4 ? 4 : plan.form == TANDEM_SORT_PAIR ? 16 : 8;
  uint64_t spread = range.most - range.least;
  // A few elements in a bucket are enough.
  uint64_t wanted = (uint64_t)least_of(line->count / 4, TANDEM_SORT_BUCKETS - 1) | 1;
  while (spread >> plan.shift > wanted) plan.shift++;
  plan.buckets = (int64_t)(spread >> plan.shift) + 1;
  return plan;
}

#define FOR_NARROW(...)                                          \
  for (int64_t at = begin; at < end; at += KEY_TILE) {           \
    uint32_t keys[KEY_TILE];                                     \
    int64_t n = least_of(KEY_TILE, end - at);                    \
    tandem_keys_narrow(&plan->line, at, n, keys);                \
    for (int64_t i = 0; i < n; i++) {                            \
      uint32_t key = keys[i];                                    \
      uint32_t bucket = (key - (uint32_t)plan->least) >> shift;  \
      __VA_ARGS__                                                \
    }                                                            \
  }

#define FOR_WIDE(...)                                            \
  for (int64_t at = begin; at < end; at += KEY_TILE) {           \
    uint64_t keys[KEY_TILE];                                     \
    int64_t n = least_of(KEY_TILE, end - at);                    \
    tandem_keys_wide(&plan->line, at, n, keys);                  \
    for (int64_t i = 0; i < n; i++) {                            \
      uint64_t key = keys[i];                                    \
      uint64_t bucket = (key - plan->least) >> shift;            \
      __VA_ARGS__                                                \
    }                                                            \
  }

void tandem_sort_count(const tandem_sort_plan *plan, int64_t begin, int64_t end, int64_t *counts) {
  int shift = plan->shift;
  memset(counts, 0, (size_t)plan->buckets * sizeof *counts);
  if (has_wide_keys(plan->line.dtype)) {
    FOR_WIDE(counts[bucket]++;)
  } else {
    FOR_NARROW(counts[bucket]++;)
  }
}

#define KEPT(...) if (__builtin_expect((int64_t)bucket < buckets, 1)) { __VA_ARGS__ }

void tandem_sort_scatter(const tandem_sort_plan *plan, int64_t begin, int64_t end, int64_t buckets,
                         int64_t *places, void *items) {
  int shift = plan->shift;
  uint32_t *key4 = items;
  uint64_t *key8 = items;
  pair *pairs = items;
  bool is_wide = has_wide_keys(plan->line.dtype);
  switch (plan->form) {
    case TANDEM_SORT_KEY4: FOR_NARROW(KEPT(key4[places[bucket]++] = key;)) break;
    case TANDEM_SORT_KEY8: FOR_WIDE(KEPT(key8[places[bucket]++] = key;)) break;
    case TANDEM_SORT_PACKED:
      FOR_NARROW(KEPT(key8[places[bucket]++] = (uint64_t)key << 32 | (uint64_t)(at + i);))
      break;
    default:
      if (is_wide) {
        FOR_WIDE(KEPT(pairs[places[bucket]++] = (pair){key, at + i};))
      } else {
        FOR_NARROW(KEPT(pairs[places[bucket]++] = (pair){key, at + i};))
      }
  }
}

void tandem_sort_items(const tandem_sort_plan *plan, void *items, void *spare, int64_t count) {
  switch (plan->form) {
    case TANDEM_SORT_KEY4:
      if (count > 24 && count <= NETWORK_MAX && has_key_vectors()) {
        sort_in_place(items, count);
      } else {
        sort_key4(items, spare, count);
      }
      break;
    case TANDEM_SORT_KEY8: sort_key8(items, spare, count); break;
    case TANDEM_SORT_PACKED: sort_packed(items, spare, count); break;
    default: sort_pair(items, spare, count); break;
  }
}

#define STORE_INDICES(type, index)                                                    \
  for (int64_t i = 0; i < count; i++)                                                 \
    *(type *)(out + i * output->index_stride) = (type)(index);

static void store_indices(const tandem_sort_plan *plan, const void *items, int64_t count,
                          int64_t first, const tandem_sort_output *output) {
  const uint64_t *packed = items;
  const pair *pairs = items;
  char *out = output->indices + first * output->index_stride;
  if (plan->form == TANDEM_SORT_PACKED) {
    if (output->wide) {
      STORE_INDICES(int64_t, packed[i] & UINT32_MAX)
    } else {
      STORE_INDICES(int32_t, packed[i] & UINT32_MAX)
    }
  } else if (output->wide) {
    STORE_INDICES(int64_t, pairs[i].index)
  } else {
    STORE_INDICES(int32_t, pairs[i].index)
  }
}

static inline int64_t index_of(const tandem_sort_plan *plan, const void *items, int64_t i) {
  return plan->form == TANDEM_SORT_PACKED ? (int64_t)(((const uint64_t *)items)[i] & UINT32_MAX)
                                          : ((const pair *)items)[i].index;
}

#define PICK_VALUES(type)                                                             \
  for (int64_t i = 0; i < count; i++)                                                 \
    *(type *)(out + i * output->value_stride) =                                       \
        *(const type *)(line->data + index_of(plan, items, i) * line->stride);

static void store_values(const tandem_sort_plan *plan, const void *items, int64_t count,
                         int64_t first, const tandem_sort_output *output) {
  const tandem_sort_line *line = &plan->line;
  char *out = output->values + first * output->value_stride;
  if (plan->form == TANDEM_SORT_KEY4) {
    tandem_values_narrow(line, items, count, out, output->value_stride);
  } else if (plan->form == TANDEM_SORT_KEY8) {
    tandem_values_wide(line, items, count, out, output->value_stride);
  } else {
    switch (line->dtype) {
      case TANDEM_BOOL: case TANDEM_INT8: case TANDEM_UINT8: PICK_VALUES(uint8_t) break;
      case TANDEM_INT16: case TANDEM_UINT16: case TANDEM_FLOAT16: case TANDEM_BFLOAT16:
        PICK_VALUES(uint16_t) break;
      case TANDEM_INT32: case TANDEM_UINT32: case TANDEM_FLOAT32: PICK_VALUES(uint32_t) break;
      default: PICK_VALUES(uint64_t) break;
    }
  }
}

void tandem_sort_store(const tandem_sort_plan *plan, const void *items, int64_t count,
                       int64_t first, const tandem_sort_output *output) {
  if (output->indices) store_indices(plan, items, count, first, output);
  if (output->values) store_values(plan, items, count, first, output);
}

int64_t tandem_sort_memory(int64_t count) {
  return 2 * count * (int64_t)sizeof(pair) + TANDEM_SORT_BUCKETS * (int64_t)sizeof(int64_t);
}

// Items of all elements in their order.
static void make_items(const tandem_sort_plan *plan, void *items) {
  const int64_t begin = 0, end = plan->line.count;
  const int shift = 0;
  uint32_t *key4 = items;
  uint64_t *key8 = items;
  pair *pairs = items;
  bool is_wide = has_wide_keys(plan->line.dtype);
  switch (plan->form) {
    case TANDEM_SORT_KEY4: FOR_NARROW((void)bucket; key4[at + i] = key;) break;
    case TANDEM_SORT_KEY8: FOR_WIDE((void)bucket; key8[at + i] = key;) break;
    case TANDEM_SORT_PACKED:
      FOR_NARROW((void)bucket; key8[at + i] = (uint64_t)key << 32 | (uint64_t)(at + i);)
      break;
    default:
      if (is_wide) {
        FOR_WIDE((void)bucket; pairs[at + i] = (pair){key, at + i};)
      } else {
        FOR_NARROW((void)bucket; pairs[at + i] = (pair){key, at + i};)
      }
  }
}

void tandem_sort_run(const tandem_sort_line *line, int64_t kept, const tandem_sort_output *output,
                     void *memory) {
  int64_t count = line->count, *places = memory;
  tandem_sort_plan plan =
      tandem_sort_make(line, tandem_sort_scan(line, 0, count), output->indices != NULL);
  char *items = (char *)(places + TANDEM_SORT_BUCKETS), *spare = items + count * plan.bytes;
  if (count <= 64 || (count <= 1 << 14 && kept > count / 8)) {
    make_items(&plan, items);
    tandem_sort_items(&plan, items, spare, count);
    tandem_sort_store(&plan, items, kept, 0, output);
    return;
  }
  tandem_sort_count(&plan, 0, count, places);
  int64_t total = 0, buckets = 0;
  for (; buckets < plan.buckets && total < kept; buckets++) {
    int64_t here = places[buckets];
    places[buckets] = total;
    total += here;
  }
  tandem_sort_scatter(&plan, 0, count, buckets, places, items);
  for (int64_t bucket = 0, first = 0; bucket < buckets; first = places[bucket++]) {
    char *at = items + first * plan.bytes;
    int64_t n = places[bucket] - first;
    tandem_sort_items(&plan, at, spare, n);
    tandem_sort_store(&plan, at, least_of(n, kept - first), first, output);
  }
}
