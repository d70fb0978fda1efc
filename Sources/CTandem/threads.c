#include "tandem_threads.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Initial-exec: one load instead of a call; the block is small enough for the reserve that the
// loader keeps for libraries opened later.
static __thread tandem_thread_words words __attribute__((tls_model("initial-exec")));

static void (*_Atomic exit_hooks[2])(void *);
static pthread_key_t exit_key;
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;

tandem_thread_words *tandem_thread(void) { return &words; }

static void thread_ends(void *value) {
  tandem_thread_words *ending = value;
  void (*hook)(void *) = atomic_load(&exit_hooks[0]);
  if (hook && ending->engine) hook(ending->engine);
  ending->engine = NULL;
  hook = atomic_load(&exit_hooks[1]);
  if (hook && ending->pool) hook(ending->pool);
  ending->pool = NULL;
}

static void make_key(void) { pthread_key_create(&exit_key, thread_ends); }

void tandem_thread_set_exit_hook(int slot, void (*hook)(void *)) {
  atomic_store(&exit_hooks[slot], hook);
}

void tandem_thread_watch_exit(void) {
  pthread_once(&exit_once, make_key);
  pthread_setspecific(exit_key, &words);
}

int tandem_futex_wait(const void *word, uint32_t expected, int64_t nanoseconds) {
  struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  long status = syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected,
                        nanoseconds < 0 ? NULL : &limit, NULL, 0);
  if (status == 0) return 0;
  return errno == ETIMEDOUT ? 1 : 2;
}

int tandem_futex_wake(const void *word, int count) {
  return (int)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

void tandem_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#endif
}

void tandem_yield(void) { sched_yield(); }

int64_t tandem_thread_number(void) { return syscall(SYS_gettid); }

void tandem_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

struct start {
  void (*body)(void *);
  void *argument;
};

static void *run_thread(void *value) {
  struct start start = *(struct start *)value;
  free(value);
  start.body(start.argument);
  return NULL;
}

int tandem_start_thread(uintptr_t *handle, void (*body)(void *), void *argument) {
  struct start *start = malloc(sizeof *start);
  if (!start) return ENOMEM;
  *start = (struct start){body, argument};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 8u << 20);
  // A worker inherits a full mask, so that signals reach the user's threads.
  sigset_t all, before;
  sigfillset(&all);
  sigdelset(&all, tandem_stack_signal());
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int status = pthread_create(&thread, &attributes, run_thread, start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (status != 0) {
    free(start);
  } else {
    *handle = (uintptr_t)thread;
  }
  return status;
}

void tandem_join_thread(uintptr_t handle) { pthread_join((pthread_t)handle, NULL); }

static _Atomic int is_forked_child;
static void (*_Atomic fork_hook)(void);
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void child_begins(void) {
  atomic_store(&is_forked_child, 1);
  void (*hook)(void) = atomic_load(&fork_hook);
  if (hook) hook();
}

static void watch_fork(void) { pthread_atfork(NULL, NULL, child_begins); }

int tandem_is_forked_child(void) { return atomic_load(&is_forked_child); }

void tandem_watch_fork(void (*child)(void)) {
  if (child) atomic_store(&fork_hook, child);
  pthread_once(&fork_once, watch_fork);
}

int64_t tandem_affinity_count(void) {
  // The kernel's mask may be wider than cpu_set_t's 1024 cores.
  for (size_t cores = 1024; cores <= 1u << 16; cores *= 4) {
    cpu_set_t *set = CPU_ALLOC(cores);
    if (!set) break;
    size_t bytes = CPU_ALLOC_SIZE(cores);
    int status = sched_getaffinity(0, bytes, set);
    int count = status == 0 ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (count > 0) return count;
    if (errno != EINVAL) break;
  }
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? online : 1;
}

int64_t tandem_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t tandem_physical_memory(void) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? (int64_t)pages * size : 0;
}

void *tandem_map(size_t bytes, size_t alignment, int huge) {
  size_t total = bytes + alignment;
  char *raw = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) return NULL;
  char *start = (char *)(((uintptr_t)raw + alignment - 1) & ~(uintptr_t)(alignment - 1));
  size_t before = (size_t)(start - raw), after = total - before - bytes;
  if (before) munmap(raw, before);
  if (after) munmap(start + bytes, after);
  if (huge) madvise(start, bytes, MADV_HUGEPAGE);
  return start;
}

void *tandem_reserve(size_t bytes) {
  void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return start == MAP_FAILED ? NULL : start;
}

void tandem_unmap(void *address, size_t bytes) { munmap(address, bytes); }
