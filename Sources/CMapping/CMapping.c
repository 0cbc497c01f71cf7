#include "CMapping.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/// The mappings, for the signal handler; 0 in a free slot.
static struct {
  _Atomic uintptr_t start, end;
} slots[LAI_MAPPINGS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction previous;
static size_t page;

static int is_mapped(uintptr_t address) {
  for (int i = 0; i < LAI_MAPPINGS; i++) {
    uintptr_t start = atomic_load(&slots[i].start);
    if (start != 0 && address >= start && address < atomic_load(&slots[i].end)) return 1;
  }
  return 0;
}

/// Maps a new page in place of one that the file has lost. The access is then tried again.
static void replace_page(int signal, siginfo_t *info, void *context) {
  (void)context;
  int error = errno;
  uintptr_t address = (uintptr_t)info->si_addr;
  if (is_mapped(address)) {
    void *start = (void *)(address & ~(uintptr_t)(page - 1));
    void *fresh = mmap(start, page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (fresh != MAP_FAILED) {
      memset(fresh, 0xff, page);
      errno = error;
      return;
    }
  }
  // Not our mapping: the previous handler runs when the access is tried again.
  sigaction(signal, &previous, NULL);
  errno = error;
}

static void install(void) {
  page = (size_t)sysconf(_SC_PAGESIZE);
  struct sigaction action = {0};
  action.sa_sigaction = replace_page;
  action.sa_flags = SA_SIGINFO;
  sigfillset(&action.sa_mask);
  sigaction(SIGBUS, &action, &previous);
}

/// Whole pages and one more, so that kernels may read up to a vector's width behind the last
/// element.
static size_t room(size_t size) { return ((size + page - 1) & ~(page - 1)) + page; }

void *lai_map(int descriptor, size_t size) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
  if (size == 0 || size > SIZE_MAX / 2) {
    errno = EINVAL;
    return NULL;
  }
  char *start = mmap(NULL, room(size), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return NULL;
  if (mmap(start, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
           descriptor, 0) != MAP_FAILED) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < LAI_MAPPINGS; i++) {
      if (atomic_load(&slots[i].start) != 0) continue;
      atomic_store(&slots[i].end, (uintptr_t)start + room(size) - page);
      atomic_store(&slots[i].start, (uintptr_t)start);
      pthread_mutex_unlock(&lock);
      return start;
    }
    pthread_mutex_unlock(&lock);
    errno = ENOMEM;
  }
  int error = errno;
  munmap(start, room(size));
  errno = error;
  return NULL;
}

void lai_unmap(void *start, size_t size) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < LAI_MAPPINGS; i++) {
    if (atomic_load(&slots[i].start) == (uintptr_t)start) atomic_store(&slots[i].start, 0);
  }
  pthread_mutex_unlock(&lock);
  munmap(start, room(size));
}

static bool keeps_freed_memory;

void lai_keep_freed_memory(void) {
#ifdef __GLIBC__
  keeps_freed_memory = true;
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 128 << 20);
#endif
}

void lai_use_one_arena(void) {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 1);
#endif
}

size_t lai_free_blocks(void) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  struct mallinfo2 info = mallinfo2();
  return info.fordblks + info.fsmblks;
#else
  return 0;
#endif
}

bool lai_return_freed_memory(void) {
#ifdef __GLIBC__
  // Whole free pages anywhere, where malloc itself returns only those at the heap's end.
  if (keeps_freed_memory) malloc_trim(0);
#endif
  return keeps_freed_memory;
}
