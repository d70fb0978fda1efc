#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>

#include "tandem_process.h"
#include "tandem_threads.h"

static sem_t interrupts;
static void (*interrupted)(void);

// A handler may do nothing but say that there is something to do. In a child made by fork nobody
// listens.
static void note_interrupt(int number) {
  int before = errno;
  if (tandem_is_forked_child()) {
    raise(number);  // once this returns: the first signal took the handler away
  } else {
    sem_post(&interrupts);
  }
  errno = before;
}

static void await_interrupt(void *unused) {
  (void)unused;
  while (sem_wait(&interrupts) != 0) {
  }
  interrupted();
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &mask, NULL);
  raise(SIGINT);
}

void tandem_watch_interrupt(void (*body)(void)) {
  static atomic_flag is_watching = ATOMIC_FLAG_INIT;
  struct sigaction now;
  if (sigaction(SIGINT, NULL, &now) != 0 || now.sa_handler != SIG_DFL) return;
  // Engines without threads watch no forks.
  tandem_watch_fork(NULL);
  if (atomic_flag_test_and_set(&is_watching) || sem_init(&interrupts, 0, 0) != 0) return;
  interrupted = body;
  uintptr_t thread = 0;
  if (tandem_start_thread(&thread, await_interrupt, &interrupts) != 0) return;
  pthread_detach((pthread_t)thread);
  struct sigaction watch = {.sa_handler = note_interrupt, .sa_flags = SA_RESETHAND | SA_RESTART};
  sigemptyset(&watch.sa_mask);
  sigaction(SIGINT, &watch, NULL);
}
