// A word before any clean-up of the process begins.
//
// libLLVM makes tables at their first use, so their clean-up is registered later than anything of
// ours and comes before it, while our thread may still be compiling. What the C library runs before
// all of that, when the main thread returns from main or calls exit, are the destructors of that
// thread's thread-local objects.
#include "tandem_native.h"

#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#if defined(__linux__)
extern int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *library);
extern void *__dso_handle __attribute__((visibility("hidden")));

static _Atomic(void (*)(void)) hook;

static void run_hook(void *unused) {
  (void)unused;
  void (*known)(void) = atomic_load(&hook);
  if (known) known();
}

// While a library is loaded at the start of a program, this runs on the main thread.
__attribute__((constructor)) static void arm(void) {
  if (getpid() == gettid()) __cxa_thread_atexit_impl(run_hook, NULL, &__dso_handle);
}

void tandem_before_exit(void (*function)(void)) { atomic_store(&hook, function); }
#else
void tandem_before_exit(void (*function)(void)) { (void)function; }
#endif
