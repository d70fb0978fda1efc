// The stack of another thread: a real-time signal interrupts it, and its handler walks the stack.
#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tandem_threads.h"

enum { idle, asked, answering, answered };

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int request;
static _Atomic long wanted_thread;
static void *found[TANDEM_STACK_MAX + 4];
static int found_count;

int tandem_stack_signal(void) { return SIGRTMAX - 3; }

static void handle(int number, siginfo_t *info, void *context) {
  (void)number, (void)info, (void)context;
  int before = errno, expected = asked;
  if (syscall(SYS_gettid) == atomic_load(&wanted_thread) &&
      atomic_compare_exchange_strong(&request, &expected, answering)) {
    found_count = backtrace(found, TANDEM_STACK_MAX + 4);
    atomic_store(&request, answered);
  }
  errno = before;
}

// Installs the handler for as long as a stack is asked for; 0 if somebody else uses the signal.
static int install(struct sigaction *before) {
  if (sigaction(tandem_stack_signal(), NULL, before) != 0) return 0;
  if (before->sa_handler != SIG_DFL && before->sa_sigaction != handle) return 0;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  return sigaction(tandem_stack_signal(), &action, NULL) == 0;
}

int tandem_thread_stack(int64_t thread, uintptr_t *frames, int64_t nanoseconds) {
  void *one[1];
  int count = 0;
  pthread_mutex_lock(&one_at_a_time);
  // The first walk loads the unwinder, which a handler must not do.
  backtrace(one, 1);
  struct sigaction before;
  if (install(&before)) {
    atomic_store(&wanted_thread, (long)thread);
    atomic_store(&request, asked);
    if (syscall(SYS_tgkill, getpid(), (pid_t)thread, tandem_stack_signal()) == 0) {
      int64_t end = tandem_now() + nanoseconds;
      while (atomic_load(&request) != answered && tandem_now() < end) tandem_yield();
    }
    int expected = asked;
    if (!atomic_compare_exchange_strong(&request, &expected, idle)) {
      // A handler that has begun is about to end.
      while (atomic_load(&request) != answered) tandem_yield();
      // The first two are the handler and the frame by which it returns.
      for (int i = 2; i < found_count && count < TANDEM_STACK_MAX; i++) {
        frames[count++] = (uintptr_t)found[i];
      }
      atomic_store(&request, idle);
    }
    // The handler stays: a late signal with the default action would end the process.
  }
  pthread_mutex_unlock(&one_at_a_time);
  return count;
}
