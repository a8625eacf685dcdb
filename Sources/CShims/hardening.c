#include "CShims.h"

#if defined(__linux__)
#include <sys/prctl.h>

// Not RLIMIT_CORE: that would outlive execve and take core dumps from the programs that `exec`
// starts; this flag is reset by it.
void atmos_harden_process(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
#else
#include <sys/resource.h>

void atmos_harden_process(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return;
  limit.rlim_cur = 0;
  setrlimit(RLIMIT_CORE, &limit);
}
#endif
