// Sorting of items in memory that the cache holds; included once for each kind of item, with
// ITEM (the type), KEY(item), UNSIGNED (the type of a key) and NAME(function) defined.

// By insertion, stably; gives up after moving `budget` items and leaves a stable partial order.
static bool NAME(insert)(ITEM *items, int64_t count, int64_t budget) {
  for (int64_t i = 1; i < count; i++) {
    ITEM item = items[i];
    UNSIGNED key = KEY(item);
    int64_t at = i;
    for (; at > 0 && KEY(items[at - 1]) > key; at--) items[at] = items[at - 1];
    items[at] = item;
    budget -= i - at;
    if (budget < 0) return false;
  }
  return true;
}

// By `digits` digits of `width` bits from bit `shift` of key - least on, lowest first. A digit in
// which all agree is left out.
static void NAME(by_digits)(ITEM *items, ITEM *spare, int64_t count, UNSIGNED least, int shift,
                            int width, int digits) {
  int64_t starts[1 << DIGIT_MAX];
  const UNSIGNED mask = ((UNSIGNED)1 << width) - 1;
  ITEM *from = items, *to = spare;
  for (int digit = 0; digit < digits; digit++, shift += width) {
    memset(starts, 0, sizeof *starts << width);
    for (int64_t i = 0; i < count; i++) starts[(KEY(from[i]) - least) >> shift & mask]++;
    if (starts[(KEY(from[0]) - least) >> shift & mask] == count) continue;
    int64_t total = 0;
    for (UNSIGNED value = 0; value <= mask; value++) {
      int64_t here = starts[value];
      starts[value] = total;
      total += here;
    }
    for (int64_t i = 0; i < count; i++)
      to[starts[(KEY(from[i]) - least) >> shift & mask]++] = from[i];
    ITEM *other = from;
    from = to;
    to = other;
  }
  if (from != items) memcpy(items, from, (size_t)count * sizeof *items);
}

// Leading digits first, as many as make most keys differ, then by insertion; all digits where that
// is not enough.
static void NAME(sort)(ITEM *items, ITEM *spare, int64_t count) {
  if (count <= 24) {
    NAME(insert)(items, count, INT64_MAX);
    return;
  }
  UNSIGNED least = KEY(items[0]), most = least, last = least;
  bool is_sorted = true;
  for (int64_t i = 1; i < count; i++) {
    UNSIGNED key = KEY(items[i]);
    least = key < least ? key : least;
    most = key > most ? key : most;
    is_sorted &= last <= key;
    last = key;
  }
  if (is_sorted) return;
  int bits = 64 - __builtin_clzll(most - least);
  int width = count < 1 << 12 ? 8 : DIGIT_MAX, digits = (bits + width - 1) / width;
  int wanted = 64 - __builtin_clzll((uint64_t)count) + 3, leading = (wanted + width - 1) / width;
  if (leading < digits) {
    NAME(by_digits)(items, spare, count, least, bits - leading * width, width, leading);
    if (NAME(insert)(items, count, 4 * count)) return;
  }
  NAME(by_digits)(items, spare, count, least, 0, (bits + digits - 1) / digits, digits);
}

#undef ITEM
#undef KEY
#undef UNSIGNED
#undef NAME
