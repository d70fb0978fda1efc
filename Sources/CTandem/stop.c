#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "tandem_process.h"

static atomic_int requested;

// Only what a handler may do; SA_RESETHAND has put the default action back before.
static void note_stop(int number) {
  static const char text[] =
      "\ntandem: finishing this step; once more (Ctrl-C) ends the program at once\n";
  int before = errno;
  (void)number;
  atomic_store(&requested, 1);
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) errno = before;
  errno = before;
}

void tandem_stop_watch(void) {
  struct sigaction now;
  if (sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler == SIG_IGN) return;
  struct sigaction watch = {.sa_handler = note_stop, .sa_flags = SA_RESETHAND | SA_RESTART};
  sigemptyset(&watch.sa_mask);
  sigaction(SIGINT, &watch, NULL);
}

int32_t tandem_stop_requested(void) { return atomic_load(&requested); }
