// What threads need of the kernel: one block of words per thread, futexes, names, the cores that
// the process may use, and pages.
#ifndef TANDEM_THREADS_H
#define TANDEM_THREADS_H

#include <stddef.h>
#include <stdint.h>

// The words that each thread owns, all zero at its start. `exit` hooks see the word of their slot.
typedef struct {
  void *_Nullable pool;       // the thread's cache of small buffers
  void *_Nullable engine;     // the thread's cache of operation nodes and variables
  void *_Nullable team;       // the worker team that the thread belongs to
  void *_Nullable loader;     // the loader threads that it is one of
  int64_t worker;   // its number in that team
  int64_t depth;    // bit 0: inside a chunk of a parallelFor; bits 1…: operations being run
} tandem_thread_words;

// The calling thread's words; valid until the thread ends.
tandem_thread_words *_Nonnull tandem_thread(void);

// `hook` is called with a non-null `engine` (slot 0) or `pool` (slot 1) word when its thread ends;
// slot 0 comes first. The thread must call tandem_thread_watch_exit once for it.
void tandem_thread_set_exit_hook(int slot, void (*_Nonnull hook)(void *_Nonnull));
void tandem_thread_watch_exit(void);

// Sleeps while *word == expected, at most `nanoseconds` (negative: without limit). Returns 0 when
// woken, 1 when the time is over, 2 when the word already differed or a signal came.
int tandem_futex_wait(const void *_Nonnull word, uint32_t expected, int64_t nanoseconds);
// Wakes at most `count` threads that sleep on `word`; returns how many it woke.
int tandem_futex_wake(const void *_Nonnull word, int count);

// Tells the core that this is a spinning loop.
void tandem_pause(void);
// Fetches the cache line of an address that is about to be written.
static inline void tandem_prefetch(const void *_Nonnull address) {
  __builtin_prefetch(address, 1, 3);
}
void tandem_yield(void);

// The kernel's number of the calling thread; that of the main thread is the process's.
int64_t tandem_thread_number(void);

// Names the calling thread for debuggers and `top` (no more than 15 bytes).
void tandem_name_thread(const char *_Nonnull name);

// Starts a joinable thread with an 8 MiB stack, all signals but one blocked; 0 or an errno.
int tandem_start_thread(uintptr_t *_Nonnull handle, void (*_Nonnull body)(void *_Nonnull),
                        void *_Nonnull argument);
void tandem_join_thread(uintptr_t handle);

// Frames that tandem_thread_stack finds at most.
#define TANDEM_STACK_MAX 48
// Where the thread of that number stands, innermost first: the address at which it goes on, then
// return addresses. Returns how many; 0 if it did not answer in time (it blocks the signal, or has
// ended). May make a system call of that thread return early with EINTR.
int tandem_thread_stack(int64_t thread, uintptr_t *_Nonnull frames, int64_t nanoseconds);
// The real-time signal that this takes; worker threads block all others.
int tandem_stack_signal(void);

// Whether this process is a child made by fork after tandem_watch_fork: its threads are gone.
int tandem_is_forked_child(void);
// `child`, unless it is null, is called in such a child at once; a later one takes its place.
void tandem_watch_fork(void (*_Nullable child)(void));

// Cores in the calling thread's affinity mask; at least 1.
int64_t tandem_affinity_count(void);
// Monotonic nanoseconds.
int64_t tandem_now(void);
// Bytes of physical memory, 0 if unknown.
int64_t tandem_physical_memory(void);

// Zeroed pages, or NULL. `alignment` is a power of two; `huge` asks for huge pages.
void *_Nullable tandem_map(size_t bytes, size_t alignment, int huge);
// Address space of which pages are charged only when touched, or NULL.
void *_Nullable tandem_reserve(size_t bytes);
void tandem_unmap(void *_Nonnull address, size_t bytes);

#endif
