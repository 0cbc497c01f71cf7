#include "PartFiles.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

static struct {
  atomic_bool is_used;
  char path[PATH_MAX];
} parts[LAI_PARTS];

static const int deaths[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
enum { DEATHS = sizeof deaths / sizeof *deaths };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int used;

void lai_remove_parts(void) {
  for (int i = 0; i < LAI_PARTS; i++) {
    if (atomic_load(&parts[i].is_used)) unlink(parts[i].path);
  }
}

static void die(int signal_number) {
  lai_remove_parts();
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

/// Replaces the action `before` of the signals.
static void replace(void (*before)(int), void (*after)(int)) {
  for (int i = 0; i < DEATHS; i++) {
    struct sigaction action;
    if (sigaction(deaths[i], NULL, &action) != 0 || action.sa_flags & SA_SIGINFO ||
        action.sa_handler != before) {
      continue;
    }
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = after;
    sigaction(deaths[i], &action, NULL);
  }
}

int lai_guard_part(const char *path) {
  size_t size = strlen(path) + 1;
  int found = -1;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < LAI_PARTS && found < 0 && size <= PATH_MAX; i++) {
    if (atomic_load(&parts[i].is_used)) continue;
    memcpy(parts[i].path, path, size);
    atomic_store(&parts[i].is_used, true);
    if (used++ == 0) replace(SIG_DFL, die);
    found = i;
  }
  pthread_mutex_unlock(&lock);
  return found;
}

void lai_release_part(int part) {
  if (part < 0) return;
  pthread_mutex_lock(&lock);
  atomic_store(&parts[part].is_used, false);
  if (--used == 0) replace(die, SIG_DFL);
  pthread_mutex_unlock(&lock);
}
