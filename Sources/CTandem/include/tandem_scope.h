// The thread's current scope: one word, owned by TandemArray.
#ifndef TANDEM_SCOPE_H
#define TANDEM_SCOPE_H

extern _Thread_local void *tandem_scope_word;

static inline void *tandem_scope_get(void) { return tandem_scope_word; }
static inline void tandem_scope_set(void *scope) { tandem_scope_word = scope; }

#endif
