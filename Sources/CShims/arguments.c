#include <stdlib.h>

#include "CShims.h"

#if defined(__GLIBC__)
static char *const *arguments;

// Before the rest of our code, and with what the kernel gave to the process: only glibc does that.
__attribute__((constructor)) static void keep_arguments(int count, char **words) {
  (void)count;
  arguments = words;
}

char *const *atmos_arguments(void) { return arguments; }
#else
char *const *atmos_arguments(void) { return NULL; }
#endif
