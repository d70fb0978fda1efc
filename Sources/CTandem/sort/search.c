#include "../view_walk.h"
#include "keys.h"

static inline int64_t least_of(int64_t a, int64_t b) { return a < b ? a : b; }

void tandem_sort_keys(const tandem_sort_line *line, int64_t begin, int64_t end, uint64_t *keys) {
  if (has_wide_keys(line->dtype)) {
    tandem_keys_wide(line, begin, end - begin, keys);
    return;
  }
  for (int64_t at = begin; at < end; at += KEY_TILE) {
    uint32_t narrow[KEY_TILE];
    int64_t n = least_of(KEY_TILE, end - at);
    tandem_keys_narrow(line, at, n, narrow);
    for (int64_t i = 0; i < n; i++) keys[at - begin + i] = narrow[i];
  }
}

// How many of the sorted keys come before a key, or, if `right`, before the next one. No branch on
// the keys: it would be mispredicted every other time.
static int64_t place_of(const uint64_t *sorted, int64_t count, uint64_t key, bool right) {
  const uint64_t *from = sorted;
  int64_t left = count;
  while (left > 1) {
    int64_t half = left / 2;
    bool is_before = right ? from[half - 1] <= key : from[half - 1] < key;
    from += is_before ? half : 0;
    left -= half;
  }
  bool is_before = count > 0 && (right ? *from <= key : *from < key);
  return from - sorted + is_before;
}

void tandem_search_run(const uint64_t *sorted, int64_t count, bool right,
                       const tandem_view *values, int64_t dtype, const tandem_view *out, bool wide,
                       int64_t begin, int64_t end) {
  tandem_walk from = tandem_walk_from(values, begin), to = tandem_walk_from(out, begin);
  for (int64_t at = begin; at < end;) {
    uint64_t keys[KEY_TILE];
    int64_t n = tandem_walk_run(&from, least_of(KEY_TILE, end - at));
    tandem_sort_line line = {
        values->data + from.offset, tandem_walk_stride(&from), n, dtype, false};
    tandem_sort_keys(&line, 0, n, keys);
    for (int64_t i = 0; i < n; i++) {
      int64_t place = place_of(sorted, count, keys[i], right);
      char *o = out->data + to.offset;
      if (wide) {
        *(int64_t *)o = place;
      } else {
        *(int32_t *)o = (int32_t)place;
      }
      tandem_walk_advance(&to, 1);
    }
    tandem_walk_advance(&from, n);
    at += n;
  }
}
