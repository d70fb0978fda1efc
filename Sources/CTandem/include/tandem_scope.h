// What a thread is in, one word each: the scope, owned by TandemArray, and the call of a layer,
// owned by TandemShapes.
#ifndef TANDEM_SCOPE_H
#define TANDEM_SCOPE_H

extern _Thread_local void *tandem_scope_word;

static inline void *tandem_scope_get(void) { return tandem_scope_word; }
static inline void tandem_scope_set(void *scope) { tandem_scope_word = scope; }

extern _Thread_local void *tandem_frame_word;

static inline void *tandem_frame_get(void) { return tandem_frame_word; }
static inline void tandem_frame_set(void *frame) { tandem_frame_word = frame; }

#endif
