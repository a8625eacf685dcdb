#if defined(__linux__)
#define _DEFAULT_SOURCE
#include <string.h>
#include "CShims.h"

void atmos_wipe(void *memory, size_t count) { explicit_bzero(memory, count); }
#else
#define __STDC_WANT_LIB_EXT1__ 1
#include <string.h>
#include "CShims.h"

void atmos_wipe(void *memory, size_t count) { (void)memset_s(memory, count, 0, count); }
#endif
