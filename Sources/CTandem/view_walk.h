// Walking a view in row-major order from any position, one innermost run at a time.
#ifndef TANDEM_VIEW_WALK_H
#define TANDEM_VIEW_WALK_H

#include "tandem_indexing.h"

typedef struct {
  const tandem_view *view;
  int64_t at[TANDEM_AXES_MAX];
  int64_t offset;  // of the current element
} tandem_walk;

static inline tandem_walk tandem_walk_from(const tandem_view *view, int64_t position) {
  tandem_walk walk = {.view = view, .offset = 0};
  for (int64_t axis = view->rank - 1; axis >= 0; axis--) {
    int64_t length = view->lengths[axis];
    walk.at[axis] = length ? position % length : 0;
    position = length ? position / length : 0;
    walk.offset += walk.at[axis] * view->strides[axis];
  }
  return walk;
}

// How many elements follow along the innermost axis, at most `limit`.
static inline int64_t tandem_walk_run(const tandem_walk *walk, int64_t limit) {
  if (walk->view->rank == 0) return limit < 1 ? limit : 1;
  int64_t last = walk->view->rank - 1;
  int64_t left = walk->view->lengths[last] - walk->at[last];
  return left < limit ? left : limit;
}

static inline int64_t tandem_walk_stride(const tandem_walk *walk) {
  return walk->view->rank ? walk->view->strides[walk->view->rank - 1] : 0;
}

// Passes a run of `count` elements.
static inline void tandem_walk_advance(tandem_walk *walk, int64_t count) {
  const tandem_view *view = walk->view;
  int64_t axis = view->rank - 1;
  if (axis < 0) return;
  walk->at[axis] += count;
  walk->offset += count * view->strides[axis];
  while (axis > 0 && walk->at[axis] == view->lengths[axis]) {
    walk->offset += view->strides[axis - 1] - walk->at[axis] * view->strides[axis];
    walk->at[axis] = 0;
    walk->at[--axis]++;
  }
}

#endif
