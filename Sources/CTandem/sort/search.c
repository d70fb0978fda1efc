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

// places[i] = how many of the sorted keys come before keys[i], or, if `right`, before the next one.
// All keys take a step before any takes the next, so that their reads of memory overlap; no branch
// on the keys, which would be mispredicted every other time.
static void find_places(const uint64_t *sorted, int64_t count, const uint64_t *keys, int64_t n,
                        bool right, int64_t *places) {
  for (int64_t i = 0; i < n; i++) places[i] = 0;
  for (int64_t left = count; left > 0;) {
    int64_t half = left > 1 ? left / 2 : 1;
    for (int64_t i = 0; i < n; i++) {
      uint64_t here = sorted[places[i] + half - 1];
      bool is_before = right ? here <= keys[i] : here < keys[i];
      places[i] += is_before ? half : 0;
    }
    left -= half;
  }
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
    int64_t places[KEY_TILE];
    find_places(sorted, count, keys, n, right, places);
    for (int64_t i = 0; i < n; i++) {
      int64_t place = places[i];
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
