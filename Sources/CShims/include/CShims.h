// Calls that Swift cannot make well itself: variadic ones, ones behind feature macros, and ones
// whose types differ from one C library to the next. Each returns 0 or a count on success and
// -errno on failure, so that nothing can run between the call and the reading of errno.
#ifndef ATMOS_CSHIMS_H
#define ATMOS_CSHIMS_H

#include <stddef.h>
#include <stdint.h>

#include "audit.h"
#include "files.h"
#include "hardening.h"
#include "keyctl.h"
#include "process.h"
#include "sha256.h"
#include "terminal.h"

/// Overwrites memory in a way that the optimizer keeps.
void atmos_wipe(void *_Nonnull memory, size_t count);

#endif
